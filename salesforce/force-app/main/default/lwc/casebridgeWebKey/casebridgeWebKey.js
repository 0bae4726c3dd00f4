import { LightningElement, api } from "lwc";
import webKey from "@salesforce/label/c.Casebridge_Web_Session_Key";
import open from "@salesforce/label/c.Casebridge_Open_Web_Key";
import oneConsole from "@salesforce/label/c.Casebridge_One_Console";

/** Opens the key dialog of the web console for the case. */
export default class CasebridgeWebKey extends LightningElement {
    @api recordId;

    label = { webKey, open, oneConsole };

    get values() {
        return { case: this.recordId };
    }
}
