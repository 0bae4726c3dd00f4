import { LightningElement, api } from "lwc";
import { ShowToastEvent } from "lightning/platformShowToastEvent";
import caseId from "@salesforce/label/c.Casebridge_Case_Id";
import copied from "@salesforce/label/c.Casebridge_Copied";

/** Quick action: copies the id of the case and shows it. */
export default class CasebridgeCaseIdAction extends LightningElement {
    @api recordId;

    @api
    async invoke() {
        let message = copied;
        try {
            await navigator.clipboard.writeText(this.recordId);
        } catch {
            // The id is on screen all the same, where it can be selected.
            message = caseId;
        }
        this.dispatchEvent(new ShowToastEvent({ title: this.recordId, message, variant: "info", mode: "sticky" }));
    }
}
