import { LightningElement, api, wire } from "lwc";
import { refreshApex } from "@salesforce/apex";
import { getRelatedListRecords } from "lightning/uiRelatedListApi";
import sessionKey from "@salesforce/label/c.Casebridge_Session_Key";
import generate from "@salesforce/label/c.Casebridge_Generate_Session_Key";
import keys from "@salesforce/label/c.Casebridge_Keys_Of_Case";
import refresh from "@salesforce/label/c.Casebridge_Refresh";
import validUntil from "@salesforce/label/c.Casebridge_Valid_Until";
import expired from "@salesforce/label/c.Casebridge_Expired";
import notRead from "@salesforce/label/c.Casebridge_Not_Read";

const FIELDS = ["Support_Session_Key__c.Short_Key__c", "Support_Session_Key__c.Expires_On__c"];

/** Makes a session key, and lists the keys of the case that the org knows, newest first. */
export default class CasebridgeSessionKey extends LightningElement {
    @api recordId;

    label = { sessionKey, generate, keys, refresh, notRead };

    @wire(getRelatedListRecords, {
        parentRecordId: "$recordId",
        relatedListId: "Support_Session_Keys__r",
        fields: FIELDS,
        sortBy: ["-Support_Session_Key__c.Expires_On__c"],
        pageSize: 5
    })
    related = {};

    get values() {
        return { case: this.recordId };
    }

    get failed() {
        return Boolean(this.related.error);
    }

    get keys() {
        const now = Date.now();
        return (this.related.data?.records ?? []).map(({ id, fields }) => {
            const expires = fields.Expires_On__c.value;
            const isOver = Date.parse(expires) <= now;
            return {
                id,
                shortKey: fields.Short_Key__c.value,
                expires,
                state: isOver ? expired : validUntil,
                classes: isOver ? "slds-text-color_weak" : "slds-text-heading_small"
            };
        });
    }

    handleRefresh() {
        return refreshApex(this.related);
    }
}
