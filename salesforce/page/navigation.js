const Navigate = Symbol("Navigate");

/** Goes where the platform would go: to a record, or to a list of its children. */
export const NavigationMixin = (Base) =>
    class extends Base {
        [Navigate]({ attributes: { recordId, objectApiName, relationshipApiName } }) {
            const end = relationshipApiName ? `related/${relationshipApiName}/view` : "view";
            location.assign(`/lightning/r/${objectApiName}/${recordId}/${end}`);
        }
    };
NavigationMixin.Navigate = Navigate;
