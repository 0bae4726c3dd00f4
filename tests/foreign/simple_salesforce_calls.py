"""Calls the simulated org through simple_salesforce, which nobody here wrote, and prints a line a call.

The argument is a file with the line that the simulator prints when it is ready.
"""

import base64
import hashlib
import json
import secrets
import sys
from urllib.parse import parse_qs, urlsplit

import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceError

LSID = "f0e1d2c3b4a5968778695a4b3c2d1e0f"


def sign_in(http, org, username):
    """Signs in as this person, with PKCE; the page allows it without a click."""
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    callback = f"http://localhost:{org['redirect_ports'][0]}/OauthRedirect"
    place = f"{org['login_url']}/services/oauth2"
    page = http.get(
        f"{place}/authorize",
        params={
            "response_type": "code",
            "client_id": org["client_id"],
            "redirect_uri": callback,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            "login_hint": username,
        },
        headers={"x-simulator-allow": "1"},
        allow_redirects=False,
    )
    code = parse_qs(urlsplit(page.headers["location"]).query)["code"][0]
    form = {
        "grant_type": "authorization_code",
        "client_id": org["client_id"],
        "redirect_uri": callback,
        "code": code,
        "code_verifier": verifier,
    }
    return http.post(f"{place}/token", data=form).json()


def call(name, what):
    """Prints what a call gives, or by which error it ends."""
    try:
        print(f"{name}: {what()}", flush=True)
    except SalesforceError as error:
        code = error.content[0]["errorCode"]
        print(f"{name}: {type(error).__name__} {code}", flush=True)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        ready = json.load(file)
    http = requests.Session()
    http.verify = ready["ca_file"]
    http.trust_env = False

    def control(action, **body):
        http.post(f"{ready['control_url']}/control/{action}", json=body).raise_for_status()

    token = sign_in(http, ready["org"], ready["reps"][0]["org_username"])
    org = Salesforce(
        instance_url=token["instance_url"],
        session_id=token["access_token"],
        session=http,
        version="64.0",
    )
    case = ready["case_id"]
    session = org.Support_Session__c

    one = f"SELECT Id, CaseNumber FROM Case WHERE CaseNumber = '{ready['case_number']}'"
    call("query", lambda: [row["Id"] == case for row in org.query(one)["records"]])
    plain = lambda: org.restful("query", params={"q": one})
    call("query without a slash", lambda: plain()["totalSize"])
    control("fault", name="small_pages")
    call("query_all in pages", lambda: org.query_all("SELECT Id FROM Case")["totalSize"])
    call("query_all_iter", lambda: len(list(org.query_all_iter("SELECT Id FROM Case"))))
    control("faults/clear")
    call("describe", lambda: "Case" in [one["name"] for one in org.describe()["sobjects"]])
    fields = {one["name"]: one for one in session.describe()["fields"]}
    call("describe of an object", lambda: fields["LSID__c"]["externalId"])
    call("metadata", lambda: org.Case.metadata()["objectDescribe"]["keyPrefix"])

    call("get", lambda: org.Case.get(case)["CaseNumber"])
    call("upsert that creates", lambda: session.upsert(f"LSID__c/{LSID}", {"Session_Type__c": "support"}))
    call("upsert that changes", lambda: session.upsert(f"LSID__c/{LSID}", {"Primary_Customer__c": "Rosa"}))
    call("get_by_custom_id", lambda: session.get_by_custom_id("LSID__c", LSID)["Primary_Customer__c"])
    made = org.Case.create({"Subject": "Made by simple_salesforce"})
    call("create", lambda: (made["success"], org.Case.get(made["id"])["Status"]))
    call("update", lambda: org.Case.update(made["id"], {"Status": "Working"}))
    call("get after update", lambda: org.Case.get(made["id"])["Status"])
    call("delete", lambda: org.Case.delete(made["id"]))
    call("get after delete", lambda: org.Case.get(made["id"]))
    call("delete twice", lambda: org.Case.delete(made["id"]))
    deleted = "SELECT Id FROM Case WHERE IsDeleted = true"
    call("query_all with deleted", lambda: org.query_all(deleted, include_deleted=True)["totalSize"])

    call("limits", lambda: org.limits()["DailyApiRequests"]["Max"])
    call("api_usage", lambda: org.api_usage["api-usage"].total)
    found = lambda: org.search("FIND {printer} IN ALL FIELDS RETURNING Case(Id, CaseNumber)")
    call("search", lambda: [row["CaseNumber"] for row in found()["searchRecords"]][:1])
    call("quick_search", lambda: len(org.quick_search("spooler")["searchRecords"]))

    rows = [{"attributes": {"type": kind}, field: "Made"} for kind, field in
            [("Account", "Name"), ("Contact", "LastName"), ("Account", "Nothing")]]
    many = lambda: org.restful("composite/sobjects", method="POST", json={"records": rows})
    codes = lambda row: [error["statusCode"] for error in row["errors"]]
    call("collections", lambda: [row["success"] or codes(row) for row in many()])
    base = "/services/data/v64.0"
    parts = [
        {"method": "GET", "url": f"{base}/query/?q=SELECT+Id+FROM+Case+LIMIT+1", "referenceId": "find"},
        {"method": "GET", "url": f"{base}/sobjects/Case/@{{find.records[0].Id}}", "referenceId": "read"},
    ]
    several = lambda: org.restful("composite", method="POST", json={"compositeRequest": parts})
    call("composite", lambda: [one["httpStatusCode"] for one in several()["compositeResponse"]])
    parts[1]["url"] = f"{base}/sobjects/Case/{case}?fields=Nothing"
    whole = {"compositeRequest": parts, "allOrNone": True}
    all_or_none = lambda: org.restful("composite", method="POST", json=whole)
    call("composite, all or none", lambda: [
        one["body"][0]["errorCode"] for one in all_or_none()["compositeResponse"]])
    call("userinfo", lambda: org.oauth2("userinfo")["preferred_username"])
    who = lambda: http.get(org.restful("")["identity"], headers=org.headers).json()
    call("identity", lambda: who()["username"])

    call("a bad field in a query", lambda: org.query("SELECT Nothing FROM Case"))
    call("a bad field in a row", lambda: org.Case.create({"Nothing": "x"}))
    call("a bad query", lambda: org.query("SELECT FROM Case"))
    call("a bad id", lambda: org.Case.get("1026"))
    call("an id with a bad checksum", lambda: org.Case.get(case[:15] + "AAA"))
    call("a bad object", lambda: org.Nothing__c.get(case))
    control("fault", name="session_expired")
    call("an expired token", lambda: org.query(one))


if __name__ == "__main__":
    main()
