import { casebridgeLink, whenNothingOpens, PATIENCE } from "c/casebridgeLink";

describe("links", () => {
    it("carry the keys that have a value, encoded", () => {
        const values = { case: "500Hs00001EgWGhIAN", org: undefined, search: "a&b=c d#\u00e9", jumpoint: "" };
        expect(casebridgeLink("jump", values)).toBe(
            "casebridge://jump?case=500Hs00001EgWGhIAN&search=a%26b%3Dc%20d%23%C3%A9"
        );
    });

    it("need no keys", () => {
        expect(casebridgeLink("tag", {})).toBe("casebridge://tag");
    });

    it("leave out what their verb does not take", () => {
        expect(casebridgeLink("settings", { org: "00DHs00001Eft7uMAB" })).toBe("casebridge://settings");
    });
});

describe("waiting for something to open", () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    it("calls back when the page kept the focus", () => {
        const callback = jest.fn();
        whenNothingOpens(callback);
        jest.advanceTimersByTime(PATIENCE - 1);
        expect(callback).not.toHaveBeenCalled();
        jest.advanceTimersByTime(1);
        expect(callback).toHaveBeenCalledTimes(1);
    });

    it.each([
        ["the window lost the focus", () => window.dispatchEvent(new CustomEvent("blur"))],
        ["the page was hidden", () => document.dispatchEvent(new CustomEvent("visibilitychange"))]
    ])("says nothing when %s", (_, leave) => {
        const callback = jest.fn();
        whenNothingOpens(callback);
        leave();
        jest.advanceTimersByTime(PATIENCE * 2);
        expect(callback).not.toHaveBeenCalled();
    });
});
