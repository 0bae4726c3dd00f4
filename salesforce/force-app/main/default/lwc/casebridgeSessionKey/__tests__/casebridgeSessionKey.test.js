import { createElement } from "lwc";
import CasebridgeSessionKey from "c/casebridgeSessionKey";
import { getRelatedListRecords } from "lightning/uiRelatedListApi";

const CASE = "500Hs00001EgWGhIAN";
const key = (id, code, expires) => ({
    id,
    fields: { Short_Key__c: { value: code }, Expires_On__c: { value: expires } }
});

function show() {
    const element = createElement("c-casebridge-session-key", { is: CasebridgeSessionKey });
    element.recordId = CASE;
    document.body.appendChild(element);
    return element;
}

describe("c-casebridge-session-key", () => {
    afterEach(() => document.body.replaceChildren());

    it("offers a key for its case", () => {
        const launch = show().shadowRoot.querySelector("c-casebridge-launch");
        expect(launch.action).toBe("session-key");
        expect(launch.values).toEqual({ case: CASE });
    });

    it("lists the keys of the case and tells which have run out", async () => {
        const element = show();
        await getRelatedListRecords.emit({
            records: [key("1", "7654321", "2999-01-01T00:00:00Z"), key("2", "1234567", "2020-01-01T00:00:00Z")]
        });
        const [first, second] = element.shadowRoot.querySelectorAll("li");
        expect(first.textContent).toContain("7654321");
        expect(first.textContent).toContain("c.Casebridge_Valid_Until");
        expect(second.textContent).toContain("c.Casebridge_Expired");
        expect(getRelatedListRecords.getLastConfig()).toMatchObject({
            parentRecordId: CASE,
            relatedListId: "Support_Session_Keys__r"
        });
    });

    it("shows no list without keys, and a next step when they cannot be read", async () => {
        const element = show();
        await getRelatedListRecords.emit({ records: [] });
        expect(element.shadowRoot.querySelector("ul")).toBeNull();
        await getRelatedListRecords.error();
        expect(element.shadowRoot.querySelector("[role=alert]").textContent).toBe("c.Casebridge_Not_Read");
    });
});
