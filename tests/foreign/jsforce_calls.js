// Calls the simulated org through jsforce, which nobody here wrote, and prints a line a call.
//
// The argument is a file with the line that the simulator prints when it is ready; the authority that
// signed its certificate is named in NODE_EXTRA_CA_CERTS.

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import jsforce from "jsforce";

const LSID = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const ready = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** Signs in as this person, with PKCE; the page allows it without a click. */
async function signIn(org, username) {
  const verifier = randomBytes(48).toString("base64url");
  const callback = `http://localhost:${org.redirect_ports[0]}/OauthRedirect`;
  const place = `${org.login_url}/services/oauth2`;
  const query = new URLSearchParams({
    response_type: "code",
    client_id: org.client_id,
    redirect_uri: callback,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    login_hint: username,
  });
  const headers = { "x-simulator-allow": "1" };
  const page = await fetch(`${place}/authorize?${query}`, { headers, redirect: "manual" });
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: org.client_id,
    redirect_uri: callback,
    code: new URL(page.headers.get("location")).searchParams.get("code"),
    code_verifier: verifier,
  });
  return (await fetch(`${place}/token`, { method: "POST", body: form })).json();
}

async function control(action, body = {}) {
  const headers = { "content-type": "application/json" };
  const to = `${ready.control_url}/control/${action}`;
  const answer = await fetch(to, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${action}: ${answer.status}`);
}

/** Prints what a call gives, or by which error it ends. */
async function call(name, what) {
  try {
    console.log(`${name}: ${JSON.stringify(await what())}`);
  } catch (error) {
    if (!error.errorCode) throw error;
    console.log(`${name}: error ${error.errorCode}`);
  }
}

const token = await signIn(ready.org, ready.reps[0].org_username);
const version = "64.0";
const oauth2 = { loginUrl: ready.org.login_url, clientId: ready.org.client_id };
const instance = { instanceUrl: token.instance_url, accessToken: token.access_token, version };
const org = new jsforce.Connection({ ...instance, oauth2, refreshToken: token.refresh_token });
const cases = org.sobject("Case");
const sessions = org.sobject("Support_Session__c");

const one = `SELECT Id, CaseNumber FROM Case WHERE CaseNumber = '${ready.case_number}'`;
await call("query", async () => (await org.query(one)).records.map((row) => row.Id === ready.case_id));
await call("query with a slash", async () =>
  (await org.request(`/query/?q=${encodeURIComponent(one)}`)).totalSize);
await control("fault", { name: "small_pages" });
const all = "SELECT Id FROM Case";
await call("query in pages", async () => (await org.query(all, { autoFetch: true })).records.length);
await control("faults/clear");
await call("find", () => cases.find({ Status: "Closed" }, ["CaseNumber"]).sort("CaseNumber").execute()
  .then((rows) => rows.map((row) => row.CaseNumber)));
await call("describeGlobal", async () =>
  (await org.describeGlobal()).sobjects.some((object) => object.name === "Case"));
await call("describe", async () =>
  (await sessions.describe()).fields.find((field) => field.name === "LSID__c").externalId);
await call("recent", async () => (await org.recent("Account")).length > 0);

await call("retrieve", async () => (await cases.retrieve(ready.case_id)).CaseNumber);
await call("upsert that creates", async () =>
  (await sessions.upsert({ LSID__c: LSID, Session_Type__c: "support" }, "LSID__c")).created);
await call("upsert that changes", async () =>
  (await sessions.upsert({ LSID__c: LSID, Primary_Customer__c: "Rosa" }, "LSID__c")).created);
await call("retrieve by a key", async () =>
  (await sessions.retrieve(`LSID__c/${LSID}`)).Primary_Customer__c);
const made = await cases.create({ Subject: "Made by jsforce" });
await call("create", async () => [made.success, (await cases.retrieve(made.id)).Status]);
await call("update", async () => (await cases.update({ Id: made.id, Status: "Working" })).success);
await call("retrieve after update", async () => (await cases.retrieve(made.id)).Status);
await call("destroy", async () => (await cases.destroy(made.id)).success);
await call("retrieve after destroy", () => cases.retrieve(made.id));
await call("destroy twice", () => cases.destroy(made.id));
const deleted = "SELECT Id FROM Case WHERE IsDeleted = true";
await call("query with deleted", async () => (await org.query(deleted, { scanAll: true })).totalSize);

await call("limits", async () => (await org.limits()).DailyApiRequests.Max);
await call("limitInfo", () => org.limitInfo.apiUsage.limit);
await call("search", async () =>
  (await org.search("FIND {printer} IN ALL FIELDS RETURNING Case(Id, CaseNumber)"))
    .searchRecords.map((row) => row.CaseNumber).slice(0, 1));

const contacts = org.sobject("Contact");
const many = await contacts.create([{ LastName: "One" }, { LastName: "Two" }, { Nothing: "x" }]);
await call("create many", () =>
  many.map((row) => row.success || row.errors.map((error) => error.statusCode)));
const ids = many.filter((row) => row.success).map((row) => row.id);
await call("update many", async () =>
  (await contacts.update(ids.map((Id) => ({ Id, FirstName: "New" })))).map((row) => row.success));
await call("retrieve many", async () => (await contacts.retrieve(ids)).map((row) => row.Name));
await call("upsert many", async () =>
  (await sessions.upsert([{ LSID__c: LSID }, { LSID__c: `${LSID.slice(1)}f` }], "LSID__c"))
    .map((row) => row.created));
await call("destroy many", async () => (await contacts.destroy(ids)).map((row) => row.success));
const base = `/services/data/v${version}`;
await call("composite", async () =>
  (await org.requestPost("/composite", {
    compositeRequest: [
      { method: "GET", url: `${base}/query?q=SELECT+Id+FROM+Case+LIMIT+1`, referenceId: "find" },
      { method: "GET", url: `${base}/sobjects/Case/@{find.records[0].Id}`, referenceId: "read" },
    ],
  })).compositeResponse.map((part) => part.httpStatusCode));
await call("identity", async () => (await org.identity()).username);

await call("a bad field in a query", () => org.query("SELECT Nothing FROM Case"));
await call("a bad field in a row", () => cases.create({ Nothing: "x" }));
await call("a bad query", () => org.query("SELECT FROM Case"));
await call("a bad id", () => cases.retrieve("1026"));
await call("an id with a bad checksum", () => cases.retrieve(`${ready.case_id.slice(0, 15)}AAA`));
await call("a bad object", () => org.sobject("Nothing__c").retrieve(ready.case_id));
await control("fault", { name: "session_expired" });
await call("an expired token, refreshed", async () => (await org.query(one)).totalSize);
const other = new jsforce.Connection(instance);
await call("an expired token", () => other.query(one));
