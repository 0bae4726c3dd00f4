import { LightningElement, api, wire } from "lwc";
import FORM_FACTOR from "@salesforce/client/formFactor";
import loadContext from "@salesforce/apex/CasebridgeContext.load";
import onlyOnComputers from "@salesforce/label/c.Casebridge_Only_On_Computers";
import nothingOpened from "@salesforce/label/c.Casebridge_Nothing_Opened";
import download from "@salesforce/label/c.Casebridge_Download";
import askAdministrator from "@salesforce/label/c.Casebridge_Ask_Administrator";
import { casebridgeLink, whenNothingOpens } from "c/casebridgeLink";

/**
 * A button that opens Casebridge. It is a real link, computed before the click, because a browser lets a page open
 * another program only within the click itself.
 */
export default class CasebridgeLaunch extends LightningElement {
    /** The verb of the link, such as session-key. */
    @api action;
    /** The text of the button. */
    @api text;
    /** The keys of the link without the org, which is added here. */
    @api values = {};
    @api disabled = false;
    /** brand or neutral. */
    @api variant = "neutral";

    hint = false;
    label = { onlyOnComputers, nothingOpened, download, askAdministrator };
    _stopWaiting;

    @wire(loadContext)
    context = {};

    get isPhone() {
        return FORM_FACTOR === "Small";
    }

    get href() {
        const { case: caseId, ...others } = this.values;
        return casebridgeLink(this.action, { case: caseId, org: this.context.data?.organizationId, ...others });
    }

    get classes() {
        return `slds-button slds-button_${this.variant}`;
    }

    get downloadUrl() {
        return this.context.data?.downloadUrl;
    }

    disconnectedCallback() {
        this._stopWaiting?.();
    }

    handleClick() {
        this.hint = false;
        this._stopWaiting?.();
        this._stopWaiting = whenNothingOpens(() => {
            this.hint = true;
        });
    }
}
