import { LightningElement, api } from "lwc";
import title from "@salesforce/label/c.Casebridge_Web_Session_Key";
import generate from "@salesforce/label/c.Casebridge_Generate_Web_Key";
import note from "@salesforce/label/c.Casebridge_Web_Key_Note";
import oneConsole from "@salesforce/label/c.Casebridge_One_Console";
import refresh from "@salesforce/label/c.Casebridge_Refresh";

/** Opens the key dialog of the web console for the case, and lists the keys that Casebridge knows. */
export default class CasebridgeWebKey extends LightningElement {
    @api recordId;

    label = { title, generate, note, oneConsole, refresh };

    get values() {
        return { case: this.recordId };
    }

    handleRefresh() {
        return this.template.querySelector("c-casebridge-keys").refresh();
    }
}
