import { LightningElement, api, wire } from "lwc";
import FORM_FACTOR from "@salesforce/client/formFactor";
import { refreshApex } from "@salesforce/apex";
import { getRelatedListRecords } from "lightning/uiRelatedListApi";
import loadContext from "@salesforce/apex/CasebridgeContext.load";
import key from "@salesforce/label/c.Casebridge_Key";
import keys from "@salesforce/label/c.Casebridge_Keys_Of_Case";
import email from "@salesforce/label/c.Casebridge_Email";
import copyKey from "@salesforce/label/c.Casebridge_Copy_Key";
import copyUrl from "@salesforce/label/c.Casebridge_Copy_URL";
import copied from "@salesforce/label/c.Casebridge_Copied";
import notCopied from "@salesforce/label/c.Casebridge_Key_Not_Copied";
import validUntil from "@salesforce/label/c.Casebridge_Valid_Until";
import expired from "@salesforce/label/c.Casebridge_Expired";
import notRead from "@salesforce/label/c.Casebridge_Not_Read";
import none from "@salesforce/label/c.Casebridge_No_Keys";
import off from "@salesforce/label/c.Casebridge_Keys_Off";

const OBJECT = "Support_Session_Key__c";
const COPY = "utility:copy";

/** The session keys of the case that its representative has used, newest first: key, URL and e-mail. */
export default class CasebridgeKeys extends LightningElement {
    @api recordId;

    said = "";
    label = { key, keys, email, copyKey, copyUrl, notRead, none, off };
    _copied;

    @wire(loadContext)
    context = {};

    @wire(getRelatedListRecords, {
        parentRecordId: "$recordId",
        relatedListId: "Support_Session_Keys__r",
        fields: [`${OBJECT}.Short_Key__c`, `${OBJECT}.Expires_On__c`],
        optionalFields: [`${OBJECT}.Key_URL__c`, `${OBJECT}.Appliance__c`],
        sortBy: [`-${OBJECT}.Expires_On__c`],
        pageSize: 5
    })
    related = {};

    /** Reads the keys again. */
    @api
    refresh() {
        return refreshApex(this.related);
    }

    connectedCallback() {
        window.addEventListener("focus", this.handleFocus);
    }

    disconnectedCallback() {
        window.removeEventListener("focus", this.handleFocus);
    }

    /** Who comes back from Casebridge may have used a key there. */
    handleFocus = () => {
        if (this.isRead) {
            this.refresh();
        }
    };

    get isOff() {
        return this.context.data?.sessionKeysOff === true;
    }

    get isComputer() {
        return FORM_FACTOR !== "Small";
    }

    get failed() {
        return Boolean(this.related.error);
    }

    get isRead() {
        return Boolean(this.related.data);
    }

    get keys() {
        const now = Date.now();
        return (this.related.data?.records ?? []).map(({ id, fields }) => {
            const expires = fields.Expires_On__c.value;
            const counts = Date.parse(expires) > now;
            const shortKey = fields.Short_Key__c.value;
            const url = fields.Key_URL__c?.value;
            return {
                id,
                shortKey,
                url,
                expires,
                counts,
                state: counts ? validUntil : expired,
                classes: counts ? "slds-text-heading_small" : "slds-text-color_weak",
                icon: this.icon(shortKey),
                urlIcon: this.icon(url),
                // The record, not the key: links are seen by others.
                link: { case: this.recordId, appliance: fields.Appliance__c?.value, record: id }
            };
        });
    }

    icon(text) {
        return text && text === this._copied ? "utility:check" : COPY;
    }

    async handleCopy(event) {
        const text = event.target.value;
        try {
            await navigator.clipboard.writeText(text);
            this._copied = text;
            this.said = copied;
        } catch {
            this.said = notCopied;
        }
    }
}
