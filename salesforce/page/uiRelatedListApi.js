import { fetching } from "./fetching.js";

export const getRelatedListRecords = fetching((config) => {
    const { parentRecordId, relatedListId, fields, sortBy = [], pageSize = 50 } = config;
    // What names a property that is undefined waits for it.
    if (!parentRecordId || !fields || ("optionalFields" in config && !config.optionalFields)) {
        return undefined;
    }
    const wanted = [...fields, ...(config.optionalFields ?? [])];
    const query = new URLSearchParams({ fields: wanted.join(","), sortBy: sortBy.join(","), pageSize });
    return `/lightning/data/related/${parentRecordId}/${relatedListId}?${query}`;
});
