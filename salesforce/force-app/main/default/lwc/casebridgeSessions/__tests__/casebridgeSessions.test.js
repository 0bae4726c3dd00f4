import { createElement } from "lwc";
import CasebridgeSessions from "c/casebridgeSessions";
import { getRelatedListRecords } from "lightning/uiRelatedListApi";
import { navigated } from "lightning/navigation";
import loadContext from "@salesforce/apex/CasebridgeContext.load";

jest.mock(
    "@salesforce/apex/CasebridgeContext.load",
    () => {
        const { createApexTestWireAdapter } = jest.requireActual("@salesforce/sfdx-lwc-jest");
        return { default: createApexTestWireAdapter(jest.fn()) };
    },
    { virtual: true }
);

const CASE = "500Hs00001EgWGhIAN";
const LSID = "0123456789abcdef0123456789abcdef";
const COLUMNS = [
    { fieldName: "Primary_Customer__c", label: "Primary Customer", type: "STRING" },
    { fieldName: "Start_Time__c", label: "Start Time", type: "DATETIME" },
    { fieldName: "End_Time__c", label: "End Time", type: "DATETIME" },
    { fieldName: "Duration_Seconds__c", label: "Duration (Seconds)", type: "DOUBLE" }
];

function session(values = {}) {
    const all = {
        LSID__c: LSID,
        Primary_Customer__c: "Rosa Marin",
        Start_Time__c: "2026-11-20T09:00:00Z",
        End_Time__c: "2026-11-20T10:02:03Z",
        Duration_Seconds__c: 3723,
        Chat_View_URL__c: "https://support.example.com/chat",
        Recording_Count__c: 1,
        ...values
    };
    const fields = Object.entries(all).map(([name, value]) => [name, { value, displayValue: null }]);
    return { id: "a00000000000001AAA", fields: Object.fromEntries(fields) };
}

async function show(records, context = {}, page = {}) {
    const element = createElement("c-casebridge-sessions", { is: CasebridgeSessions });
    element.recordId = CASE;
    document.body.appendChild(element);
    await loadContext.emit({ columns: COLUMNS, ...context });
    await getRelatedListRecords.emit({ records, ...page });
    return {
        query: (selector) => element.shadowRoot.querySelector(selector),
        cells: () => [...element.shadowRoot.querySelectorAll("tbody td")].map((cell) => cell.textContent)
    };
}

describe("c-casebridge-sessions", () => {
    afterEach(() => {
        document.body.replaceChildren();
        navigated.mockClear();
    });

    it("asks for the newest sessions with the columns of the field set", async () => {
        await show([]);
        const config = getRelatedListRecords.getLastConfig();
        expect(config).toMatchObject({
            parentRecordId: CASE,
            relatedListId: "Support_Sessions__r",
            sortBy: ["-Support_Session__c.Start_Time__c"]
        });
        expect(config.fields).toEqual(["Support_Session__c.LSID__c"]);
        expect(config.optionalFields).toContain("Support_Session__c.Primary_Customer__c");
    });

    it("shows customer, times and duration", async () => {
        const list = await show([session()]);
        expect(list.cells()[0]).toBe("Rosa Marin");
        expect(list.cells()[3]).toBe("1:02:03");
        expect(list.query("lightning-formatted-date-time").value).toBe("2026-11-20T09:00:00Z");
    });

    it("says that a session without an end is running", async () => {
        const list = await show([session({ End_Time__c: null, Duration_Seconds__c: null })]);
        expect(list.cells().slice(2, 4)).toEqual(["c.Casebridge_Running", ""]);
    });

    it("leads to transcript and recording", async () => {
        const list = await show([session()], { recordingBaseUrl: "https://recordings.example.com/play" });
        expect(list.query(".transcript").href).toBe("https://support.example.com/chat");
        expect(list.query(".recording").href).toBe(`https://recordings.example.com/play?lsid=${LSID}`);
    });

    it.each([
        ["https://recordings.example.com/?lsid=", `https://recordings.example.com/?lsid=${LSID}`],
        ["https://recordings.example.com/?LSID=x&kind=rs", `https://recordings.example.com/?LSID=${LSID}&kind=rs`]
    ])("gives the parameter of %s the LSID", async (recordingBaseUrl, expected) => {
        const list = await show([session()], { recordingBaseUrl });
        expect(list.query(".recording").href).toBe(expected);
    });

    it("offers no recording at what is no address", async () => {
        const list = await show([session()], { recordingBaseUrl: "https://" });
        expect(list.query(".recording")).toBeNull();
    });

    it("offers no recording where there is none", async () => {
        const bases = { recordingBaseUrl: "https://recordings.example.com/?lsid=" };
        const list = await show([session({ Recording_Count__c: 0 })], bases);
        expect(list.query(".recording")).toBeNull();
    });

    it("leaves empty what may not be seen", async () => {
        const hidden = session();
        delete hidden.fields.Primary_Customer__c;
        delete hidden.fields.Chat_View_URL__c;
        const list = await show([hidden]);
        expect(list.cells()[0]).toBe("");
        expect(list.query(".transcript")).toBeNull();
    });

    it("opens no address that is not of the web", async () => {
        // eslint-disable-next-line no-script-url -- what must not be opened
        const list = await show([session({ Chat_View_URL__c: "javascript:alert(1)" })], {
            recordingBaseUrl: "file:///"
        });
        expect(list.query(".transcript")).toBeNull();
        expect(list.query(".recording")).toBeNull();
    });

    it.each([
        ["record", { type: "standard__recordPage", attributes: { objectApiName: "Support_Session__c" } }],
        ["Survey_Responses__r", { type: "standard__recordRelationshipPage" }],
        ["Recordings__r", { attributes: { relationshipApiName: "Recordings__r" } }]
    ])("opens %s of a session", async (value, where) => {
        const list = await show([session()]);
        list.query("lightning-button-menu").dispatchEvent(new CustomEvent("select", { detail: { value } }));
        expect(navigated.mock.calls[0][0]).toMatchObject(where);
        expect(navigated.mock.calls[0][0].attributes.recordId).toBe("a00000000000001AAA");
    });

    it("leads to all of them when there are more", async () => {
        const list = await show([session()], {}, { nextPageToken: "10" });
        list.query("lightning-button").click();
        expect(navigated.mock.calls[0][0].attributes).toMatchObject({
            recordId: CASE,
            relationshipApiName: "Support_Sessions__r"
        });
    });

    it("has a sentence for no sessions, and one with a next step for what cannot be read", async () => {
        const list = await show([]);
        expect(list.query("p").textContent).toBe("c.Casebridge_No_Sessions");
        await getRelatedListRecords.error();
        expect(list.query("[role=alert]").textContent).toBe("c.Casebridge_Not_Read");
    });
});
