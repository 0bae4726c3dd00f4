import { createElement } from "lwc";
import CasebridgeLaunch from "c/casebridgeLaunch";
import JumpAction from "c/casebridgeJumpAction";

jest.mock("@salesforce/client/formFactor", () => ({ __esModule: true, default: "Small" }), { virtual: true });

describe("on a phone", () => {
    afterEach(() => document.body.replaceChildren());

    it("a button says that Casebridge works on a computer", () => {
        const element = createElement("c-casebridge-launch", { is: CasebridgeLaunch });
        Object.assign(element, { action: "jump", text: "Jump" });
        document.body.appendChild(element);
        expect(element.shadowRoot.querySelector("a")).toBeNull();
        expect(element.shadowRoot.textContent).toContain("c.Casebridge_Only_On_Computers");
    });

    it("an action opens nothing, and says why", () => {
        window.open = jest.fn();
        const toast = jest.fn();
        const element = createElement("c-casebridge-jump-action", { is: JumpAction });
        element.addEventListener("lightning__showtoast", (event) => toast(event.detail));
        document.body.appendChild(element);
        element.recordId = "500Hs00001EgWGhIAN";
        element.invoke();
        expect(window.open).not.toHaveBeenCalled();
        expect(toast.mock.calls[0][0].title).toBe("c.Casebridge_Only_On_Computers");
    });
});
