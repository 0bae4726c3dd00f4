import { createElement } from "lwc";
import CasebridgeCaseId from "c/casebridgeCaseId";

const CASE = "500Hs00001EgWGhIAN";

function show() {
    const element = createElement("c-casebridge-case-id", { is: CasebridgeCaseId });
    element.recordId = CASE;
    document.body.appendChild(element);
    return element;
}

describe("c-casebridge-case-id", () => {
    afterEach(() => document.body.replaceChildren());

    it.each([
        ["copied", jest.fn().mockResolvedValue(), "c.Casebridge_Copied"],
        ["refused by the browser", jest.fn().mockRejectedValue(new Error("no")), "c.Casebridge_Not_Copied"]
    ])("shows the id and says that it was %s", async (_, writeText, said) => {
        Object.assign(navigator, { clipboard: { writeText } });
        const element = show();
        expect(element.shadowRoot.querySelector("code").textContent).toBe(CASE);
        element.shadowRoot.querySelector("lightning-button-icon").click();
        expect(writeText).toHaveBeenCalledWith(CASE);
        await Promise.resolve().then(() => {});
        expect(element.shadowRoot.querySelector("[role=status]").textContent).toBe(said);
    });
});
