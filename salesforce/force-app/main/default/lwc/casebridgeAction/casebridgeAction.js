import { LightningElement, api, wire } from "lwc";
import { ShowToastEvent } from "lightning/platformShowToastEvent";
import FORM_FACTOR from "@salesforce/client/formFactor";
import loadContext from "@salesforce/apex/CasebridgeContext.load";
import onlyOnComputers from "@salesforce/label/c.Casebridge_Only_On_Computers";
import nothingOpened from "@salesforce/label/c.Casebridge_Nothing_Opened";
import downloadFrom from "@salesforce/label/c.Casebridge_Download_From";
import askAdministrator from "@salesforce/label/c.Casebridge_Ask_Administrator";
import download from "@salesforce/label/c.Casebridge_Download";
import { casebridgeLink, whenNothingOpens } from "c/casebridgeLink";

/**
 * A quick action without a window that opens Casebridge for the case.
 *
 * The page that runs the action may tell the record only after the component is connected, and loads the context at
 * its own pace. The click is not delayed for it: a link may do without the org.
 */
export class CasebridgeAction extends LightningElement {
    @api recordId;

    @wire(loadContext)
    context = {};

    /** The verb of the link. */
    get action() {
        throw new Error("an action names its verb");
    }

    @api
    invoke() {
        if (FORM_FACTOR === "Small") {
            this.say({ title: onlyOnComputers, variant: "info" });
            return;
        }
        window.open(
            casebridgeLink(this.action, { case: this.recordId, org: this.context.data?.organizationId }),
            "_self"
        );
        whenNothingOpens(() => this.hint());
    }

    hint() {
        const url = this.context.data?.downloadUrl;
        if (url) {
            this.say({
                title: nothingOpened,
                message: downloadFrom,
                messageData: [{ url, label: download }],
                variant: "info"
            });
        } else {
            this.say({ title: nothingOpened, message: askAdministrator, variant: "info" });
        }
    }

    say(toast) {
        this.dispatchEvent(new ShowToastEvent(toast));
    }
}
