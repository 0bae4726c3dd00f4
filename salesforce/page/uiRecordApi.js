import { fetching } from "./fetching.js";

export const getRecord = fetching(({ recordId, fields = [], optionalFields }) => {
    if (!recordId || !optionalFields) {
        return undefined;
    }
    return `/lightning/data/records/${recordId}?fields=${[...fields, ...optionalFields].join(",")}`;
});
