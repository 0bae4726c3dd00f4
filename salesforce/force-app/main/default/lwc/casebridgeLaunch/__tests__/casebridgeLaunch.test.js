import { createElement } from "lwc";
import CasebridgeLaunch from "c/casebridgeLaunch";
import { PATIENCE } from "c/casebridgeLink";
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

function show(properties = {}) {
    const element = createElement("c-casebridge-launch", { is: CasebridgeLaunch });
    Object.assign(element, { action: "jump", text: "Jump", values: { case: CASE, method: "item" } }, properties);
    document.body.appendChild(element);
    return element;
}

const query = (element, selector) => element.shadowRoot.querySelector(selector);

describe("c-casebridge-launch", () => {
    beforeEach(() => {
        jest.useFakeTimers();
    });
    afterEach(() => {
        document.body.replaceChildren();
        jest.useRealTimers();
    });

    it("is a link before anything was loaded", () => {
        const link = query(show(), "a");
        expect(link.href).toBe(`casebridge://jump?case=${CASE}&method=item`);
        expect(link.textContent).toBe("Jump");
    });

    it("adds the org behind the case once it is known", async () => {
        const element = show();
        await loadContext.emit({ organizationId: "00DHs00001Eft7uMAB" });
        expect(query(element, "a").href).toBe(`casebridge://jump?case=${CASE}&org=00DHs00001Eft7uMAB&method=item`);
    });

    it("offers the download when nothing opens, and never speaks of a failure", async () => {
        const element = show();
        await loadContext.emit({ downloadUrl: "https://downloads.example.com/" });
        query(element, "a").click();
        await Promise.resolve();
        expect(query(element, ".download")).toBeNull();
        jest.advanceTimersByTime(PATIENCE);
        await Promise.resolve();
        expect(query(element, ".download").href).toBe("https://downloads.example.com/");
        expect(element.shadowRoot.textContent).not.toMatch(/fail|error/i);
    });

    it("has a next step where no download is set", async () => {
        const element = show();
        query(element, "a").click();
        jest.advanceTimersByTime(PATIENCE);
        await Promise.resolve();
        expect(query(element, "[role=status]").textContent).toContain("c.Casebridge_Ask_Administrator");
    });

    it("is no link while something is missing", () => {
        const element = show({ disabled: true });
        expect(query(element, "a")).toBeNull();
        expect(query(element, "lightning-button").disabled).toBe(true);
    });
});
