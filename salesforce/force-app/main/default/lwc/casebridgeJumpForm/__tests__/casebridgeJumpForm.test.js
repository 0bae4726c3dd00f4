import { createElement } from "lwc";
import CasebridgeJumpForm from "c/casebridgeJumpForm";
import { getRecord } from "lightning/uiRecordApi";
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
const parent = (field, value) => ({ value: { fields: { [field]: { value } } } });

async function show(properties = {}) {
    const element = createElement("c-casebridge-jump-form", { is: CasebridgeJumpForm });
    Object.assign(element, { recordId: CASE, action: "jump" }, properties);
    document.body.appendChild(element);
    await Promise.resolve();
    const input = (name) => {
        const all = [...element.shadowRoot.querySelectorAll("lightning-input, lightning-combobox")];
        return all.find((one) => one.name === name);
    };
    return {
        element,
        input,
        launch: () => element.shadowRoot.querySelector("c-casebridge-launch"),
        async enter(name, value) {
            input(name).dispatchEvent(new CustomEvent("change", { detail: { value } }));
            await Promise.resolve();
        }
    };
}

describe("c-casebridge-jump-form", () => {
    afterEach(() => document.body.replaceChildren());

    it("is filled in from the computer that the case knows", async () => {
        const form = await show();
        await loadContext.emit({ assetHostField: "Host_Name__c", contactHostField: "Computer__c" });
        expect(getRecord.getLastConfig()).toEqual({
            recordId: CASE,
            optionalFields: ["Case.CaseNumber", "Case.Asset.Host_Name__c", "Case.Contact.Computer__c"]
        });
        await getRecord.emit({
            fields: { Asset: parent("Host_Name__c", "FRONTDESK-3"), Contact: parent("Computer__c", "PC-MARIN") }
        });
        expect(form.input("search").value).toBe("FRONTDESK-3");
        expect(form.launch().values).toEqual({ case: CASE, method: "item", search: "FRONTDESK-3", jumpoint: "" });
        const [, contact] = form.element.shadowRoot.querySelectorAll(".suggestion");
        contact.dispatchEvent(new CustomEvent("click"));
        await Promise.resolve();
        expect(form.launch().values.search).toBe("PC-MARIN");
    });

    it("takes the name of the asset where no field is set", async () => {
        await show();
        await loadContext.emit({});
        expect(getRecord.getLastConfig().optionalFields).toEqual(["Case.CaseNumber", "Case.Asset.Name"]);
    });

    it.each(["push-local", "push-remote", "rdp", "vnc", "shell", "vpro"])("asks %s for a target", async (method) => {
        const form = await show();
        await form.enter("method", method);
        expect(form.launch().disabled).toBe(true);
        await form.enter("target", " PC-1 ");
        const takesJumpoint = method !== "push-local";
        expect(Boolean(form.input("jumpoint"))).toBe(takesJumpoint);
        if (takesJumpoint) {
            await form.enter("jumpoint", "Branch 7");
        }
        expect(form.launch().disabled).toBe(false);
        expect(form.launch().values).toEqual({
            case: CASE,
            method,
            target: "PC-1",
            jumpoint: takesJumpoint ? "Branch 7" : ""
        });
    });

    it("needs a Jumpoint for vPro", async () => {
        const form = await show();
        await form.enter("method", "vpro");
        await form.enter("target", "PC-1");
        expect(form.launch().disabled).toBe(true);
    });

    it("row_36 has five methods for the web console", async () => {
        const form = await show({ action: "web-jump" });
        const offered = form.input("method").options.map(({ value }) => value);
        expect(offered).toEqual(["item", "push-local", "push-remote", "rdp", "shell"]);
        await form.enter("search", "FRONTDESK");
        expect(form.launch().action).toBe("web-jump");
        expect(form.launch().values).toMatchObject({ method: "item", search: "FRONTDESK" });
        await form.enter("method", "shell");
        await form.enter("target", "SW-CORE");
        await form.enter("jumpoint", "Data Centre");
        expect(form.launch().values).toEqual({
            case: CASE,
            method: "shell",
            target: "SW-CORE",
            jumpoint: "Data Centre"
        });
    });
});
