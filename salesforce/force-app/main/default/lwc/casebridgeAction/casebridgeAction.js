import { LightningElement, api } from "lwc";
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
 * How long a click waits for the org's id, in milliseconds. A browser opens another program for some seconds after a
 * click; a link may do without the org.
 */
export const WAIT = 500;

/**
 * A quick action without a window that opens Casebridge for the case. The platform makes it for the click, and tells
 * the record only after it is connected.
 */
export class CasebridgeAction extends LightningElement {
    @api recordId;

    /** The verb of the link. */
    get action() {
        throw new Error("an action names its verb");
    }

    @api
    async invoke() {
        if (FORM_FACTOR === "Small") {
            this.say({ title: onlyOnComputers, variant: "info" });
            return;
        }
        const context = await Promise.race([loadContext().catch(() => undefined), waited()]);
        window.open(casebridgeLink(this.action, { case: this.recordId, org: context?.organizationId }), "_self");
        whenNothingOpens(() => this.hint(context?.downloadUrl));
    }

    hint(url) {
        const next = url
            ? { message: downloadFrom, messageData: [{ url, label: download }] }
            : { message: askAdministrator };
        this.say({ title: nothingOpened, variant: "info", ...next });
    }

    say(toast) {
        this.dispatchEvent(new ShowToastEvent(toast));
    }
}

function waited() {
    return new Promise((resolve) => {
        // eslint-disable-next-line @lwc/lwc/no-async-operation -- it only ends the wait
        setTimeout(resolve, WAIT);
    });
}
