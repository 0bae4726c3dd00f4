import { createElement } from "lwc";
import SessionKeyAction from "c/casebridgeSessionKeyAction";
import ConsoleKeyAction from "c/casebridgeConsoleKeyAction";
import WebKeyAction from "c/casebridgeWebKeyAction";
import JumpAction from "c/casebridgeJumpAction";
import TagAction from "c/casebridgeTagAction";
import CaseIdAction from "c/casebridgeCaseIdAction";
import { WAIT } from "c/casebridgeAction";
import { PATIENCE } from "c/casebridgeLink";
import loadContext from "@salesforce/apex/CasebridgeContext.load";

jest.mock("@salesforce/apex/CasebridgeContext.load", () => ({ default: jest.fn() }), { virtual: true });

const CASE = "500Hs00001EgWGhIAN";

function place(is) {
    const element = createElement("c-action", { is });
    const toast = jest.fn();
    element.addEventListener("lightning__showtoast", (event) => toast(event.detail));
    document.body.appendChild(element);
    // As the platform does: after the component is connected.
    element.recordId = CASE;
    return { element, toast };
}

describe("quick actions", () => {
    beforeEach(() => {
        jest.useFakeTimers();
        window.open = jest.fn();
        loadContext.mockResolvedValue({ organizationId: "00DHs00001Eft7uMAB", downloadUrl: undefined });
    });
    afterEach(() => {
        document.body.replaceChildren();
        jest.useRealTimers();
    });

    it.each([
        ["session-key", SessionKeyAction],
        ["console-key", ConsoleKeyAction],
        ["web-key", WebKeyAction],
        ["jump", JumpAction],
        ["tag", TagAction]
    ])("%s opens its link in the page itself, within the click", async (verb, is) => {
        await place(is).element.invoke();
        expect(window.open).toHaveBeenCalledTimes(1);
        expect(window.open).toHaveBeenCalledWith(`casebridge://${verb}?case=${CASE}&org=00DHs00001Eft7uMAB`, "_self");
    });

    it.each([
        ["the org does not answer", () => new Promise(() => {})],
        ["the org refuses", () => Promise.reject(new Error("no"))]
    ])("open the link without the org when %s", async (_, answer) => {
        loadContext.mockImplementation(answer);
        const invoked = place(JumpAction).element.invoke();
        jest.advanceTimersByTime(WAIT);
        await invoked;
        expect(window.open).toHaveBeenCalledWith(`casebridge://jump?case=${CASE}`, "_self");
    });

    it("show where to get Casebridge when nothing opens", async () => {
        loadContext.mockResolvedValue({ downloadUrl: "https://downloads.example.com/" });
        const { element, toast } = place(JumpAction);
        await element.invoke();
        expect(toast).not.toHaveBeenCalled();
        jest.advanceTimersByTime(PATIENCE);
        const [[shown]] = toast.mock.calls;
        expect(shown.variant).toBe("info");
        expect(shown.messageData[0].url).toBe("https://downloads.example.com/");
    });

    it("copy the id of the case and show it", async () => {
        const writeText = jest.fn().mockResolvedValue();
        Object.assign(navigator, { clipboard: { writeText } });
        const { element, toast } = place(CaseIdAction);
        await element.invoke();
        expect(writeText).toHaveBeenCalledWith(CASE);
        expect(toast.mock.calls[0][0]).toMatchObject({ title: CASE, message: "c.Casebridge_Copied" });
    });

    it("show the id also where the browser forbids copying", async () => {
        Object.assign(navigator, { clipboard: { writeText: jest.fn().mockRejectedValue(new Error("no")) } });
        const { element, toast } = place(CaseIdAction);
        await element.invoke();
        expect(toast.mock.calls[0][0]).toMatchObject({ title: CASE, message: "c.Casebridge_Case_Id" });
    });
});
