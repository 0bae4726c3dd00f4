/** How long a page that a link was clicked on may keep the focus before a hint is due, in milliseconds. */
export const PATIENCE = 3000;

/** Verbs whose links take no keys at all. */
const BARE = ["activity", "settings"];

/**
 * The link that asks Casebridge for something. Keys without a value are left out.
 *
 * @param {string} action a verb of Casebridge's links, such as session-key
 * @param {Object<string, string>} values the keys that the verb takes, such as case and org
 * @returns {string} such as casebridge://jump?case=500…&method=item
 */
export function casebridgeLink(action, values) {
    const query = Object.entries(BARE.includes(action) ? {} : values)
        .filter(([, value]) => value)
        .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
        .join("&");
    return query ? `casebridge://${action}?${query}` : `casebridge://${action}`;
}

/**
 * Calls back when the page has kept the focus for PATIENCE after a link was opened: then probably nothing
 * answered it. A browser does not tell whether a program is installed, and a slow start looks the same, so the
 * callback may show a hint, but not a failure.
 *
 * @param {Function} callback called at most once
 * @returns {Function} stops waiting
 */
export function whenNothingOpens(callback) {
    let timer;
    const stop = () => {
        clearTimeout(timer);
        window.removeEventListener("blur", stop);
        document.removeEventListener("visibilitychange", stop);
    };
    // eslint-disable-next-line @lwc/lwc/no-async-operation -- the caller stops it when it goes away
    timer = setTimeout(() => {
        stop();
        callback();
    }, PATIENCE);
    window.addEventListener("blur", stop);
    document.addEventListener("visibilitychange", stop);
    return stop;
}
