import { LightningElement, api } from "lwc";
import caseId from "@salesforce/label/c.Casebridge_Case_Id";
import copy from "@salesforce/label/c.Casebridge_Copy";
import copied from "@salesforce/label/c.Casebridge_Copied";
import notCopied from "@salesforce/label/c.Casebridge_Not_Copied";

/** The id of the case, for the external key of a session. */
export default class CasebridgeCaseId extends LightningElement {
    @api recordId;

    said = "";
    label = { caseId, copy };

    get icon() {
        return this.said === copied ? "utility:check" : "utility:copy";
    }

    async handleCopy() {
        try {
            await navigator.clipboard.writeText(this.recordId);
            this.said = copied;
        } catch {
            this.said = notCopied;
        }
    }
}
