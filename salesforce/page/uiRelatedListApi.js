import { fetching } from "./fetching.js";

export const getRelatedListRecords = fetching(
    ({ parentRecordId, relatedListId, fields, sortBy = [], pageSize = 50 }) => {
        if (!parentRecordId || !fields) {
            return undefined;
        }
        const query = new URLSearchParams({ fields: fields.join(","), sortBy: sortBy.join(","), pageSize });
        return `/lightning/data/related/${parentRecordId}/${relatedListId}?${query}`;
    }
);
