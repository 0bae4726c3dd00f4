import { LightningElement, api } from "lwc";
import title from "@salesforce/label/c.Casebridge_Web_Jump_To";
import oneConsole from "@salesforce/label/c.Casebridge_One_Console";

/** Jumps to a computer through the web console. */
export default class CasebridgeWebJump extends LightningElement {
    @api recordId;

    label = { title, oneConsole };
}
