import { createElement } from "lwc";
import CasebridgeKeys from "c/casebridgeKeys";
import { refreshApex } from "@salesforce/apex";
import { getRelatedListRecords } from "lightning/uiRelatedListApi";
import loadContext from "@salesforce/apex/CasebridgeContext.load";

jest.mock(
    "@salesforce/apex/CasebridgeContext.load",
    () => {
        const { createApexTestWireAdapter } = jest.requireActual("@salesforce/sfdx-lwc-jest");
        return { default: createApexTestWireAdapter(jest.fn()) };
    },
    { virtual: true }
);
jest.mock("@salesforce/apex", () => ({ refreshApex: jest.fn().mockResolvedValue() }), { virtual: true });

const CASE = "500Hs00001EgWGhIAN";
const ROW = "a0BHs00000AbCdEMAV";
const URL = "https://support.example.com/?ak=0123456789abcdef";
const key = (id, code, expires) => ({
    id,
    fields: {
        Short_Key__c: { value: code },
        Expires_On__c: { value: expires },
        Key_URL__c: { value: URL },
        Appliance__c: { value: "Default" }
    }
});
const NEW = key(ROW, "7654321", "2999-01-01T00:00:00Z");
const OLD = key("a0BHs00000AbCdFMAV", "1234567", "2020-01-01T00:00:00Z");

async function show(records = [NEW, OLD]) {
    const element = createElement("c-casebridge-keys", { is: CasebridgeKeys });
    element.recordId = CASE;
    document.body.appendChild(element);
    if (records) {
        await getRelatedListRecords.emit({ records });
    }
    return element;
}

describe("c-casebridge-keys", () => {
    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
    });

    it("row_36 shows key and URL, and tells which have expired", async () => {
        const element = await show();
        const [first, second] = element.shadowRoot.querySelectorAll("li");
        expect(first.querySelector("code").textContent).toBe("7654321");
        expect(first.querySelector(".url").textContent).toBe(URL);
        expect(first.textContent).toContain("c.Casebridge_Valid_Until");
        expect(second.textContent).toContain("c.Casebridge_Expired");
        expect(second.querySelector(".url, c-casebridge-launch, .copy-key")).toBeNull();
        expect(getRelatedListRecords.getLastConfig()).toMatchObject({
            parentRecordId: CASE,
            relatedListId: "Support_Session_Keys__r"
        });
    });

    it("row_36 proposes an e-mail by the record, so that no link has the key", async () => {
        const element = await show();
        const launch = element.shadowRoot.querySelector("c-casebridge-launch");
        expect(launch.action).toBe("email-key");
        expect(launch.values).toEqual({ case: CASE, appliance: "Default", record: ROW });
        expect(JSON.stringify(launch.values)).not.toContain("7654321");
    });

    it("copies what was clicked", async () => {
        const writeText = jest.fn().mockResolvedValue();
        Object.assign(navigator, { clipboard: { writeText } });
        const element = await show();
        for (const [selector, text] of [
            [".copy-key", "7654321"],
            [".copy-url", URL]
        ]) {
            element.shadowRoot.querySelector(selector).click();
            expect(writeText).toHaveBeenLastCalledWith(text);
        }
        await Promise.resolve();
        await Promise.resolve();
        expect(element.shadowRoot.querySelector("[role=status]").textContent).toBe("c.Casebridge_Copied");
    });

    it("says so where the browser forbids copying", async () => {
        Object.assign(navigator, { clipboard: { writeText: jest.fn().mockRejectedValue(new Error("no")) } });
        const element = await show();
        element.shadowRoot.querySelector(".copy-key").click();
        await Promise.resolve();
        await Promise.resolve();
        expect(element.shadowRoot.querySelector("[role=status]").textContent).toBe("c.Casebridge_Key_Not_Copied");
    });

    it("row_36 says that keys stay in Casebridge where an administrator wants it so", async () => {
        const element = await show();
        await loadContext.emit({ sessionKeysOff: true });
        expect(element.shadowRoot.querySelector(".off").textContent).toBe("c.Casebridge_Keys_Off");
        expect(element.shadowRoot.querySelector("li")).toBeNull();
    });

    it("says when a key appears, and what to do when none can be read", async () => {
        const element = await show([]);
        await loadContext.emit({ sessionKeysOff: false });
        expect(element.shadowRoot.querySelector(".none").textContent).toBe("c.Casebridge_No_Keys");
        await getRelatedListRecords.error();
        expect(element.shadowRoot.querySelector("[role=alert]").textContent).toBe("c.Casebridge_Not_Read");
    });

    it("reads again when somebody comes back from Casebridge", async () => {
        const element = await show();
        window.dispatchEvent(new CustomEvent("focus"));
        expect(refreshApex).toHaveBeenCalledTimes(1);
        element.remove();
        window.dispatchEvent(new CustomEvent("focus"));
        expect(refreshApex).toHaveBeenCalledTimes(1);
    });
});
