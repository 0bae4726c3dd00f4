import { LightningElement, api } from "lwc";
import title from "@salesforce/label/c.Casebridge_Jump_To";

/** Jumps to a computer through the representative console. */
export default class CasebridgeJump extends LightningElement {
    @api recordId;

    label = { title };
}
