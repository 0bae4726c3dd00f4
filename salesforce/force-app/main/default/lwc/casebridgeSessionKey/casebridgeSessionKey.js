import { LightningElement, api } from "lwc";
import title from "@salesforce/label/c.Casebridge_Session_Key";
import generate from "@salesforce/label/c.Casebridge_Generate_Session_Key";
import refresh from "@salesforce/label/c.Casebridge_Refresh";

/** Creates a session key, and lists the keys of the case with their URLs and an e-mail button. */
export default class CasebridgeSessionKey extends LightningElement {
    @api recordId;

    label = { title, generate, refresh };

    get values() {
        return { case: this.recordId };
    }

    handleRefresh() {
        return this.template.querySelector("c-casebridge-keys").refresh();
    }
}
