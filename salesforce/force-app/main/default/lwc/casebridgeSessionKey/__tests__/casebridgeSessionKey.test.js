import { createElement } from "lwc";
import SessionKey from "c/casebridgeSessionKey";
import WebKey from "c/casebridgeWebKey";

const CASE = "500Hs00001EgWGhIAN";

function show(is) {
    const element = createElement("c-card", { is });
    element.recordId = CASE;
    document.body.appendChild(element);
    return element.shadowRoot;
}

describe("the cards of session keys", () => {
    afterEach(() => document.body.replaceChildren());

    it.each([
        ["session-key", SessionKey],
        ["web-key", WebKey]
    ])("row_36 %s generates a key and lists the keys of the case", (verb, is) => {
        const card = show(is);
        const launch = card.querySelector("c-casebridge-launch");
        expect(launch.action).toBe(verb);
        expect(launch.values).toEqual({ case: CASE });
        const keys = card.querySelector("c-casebridge-keys");
        expect(keys.recordId).toBe(CASE);
        keys.refresh = jest.fn();
        card.querySelector("lightning-button-icon").click();
        expect(keys.refresh).toHaveBeenCalledTimes(1);
    });
});
