import { LightningElement, api, wire } from "lwc";
import { getRecord } from "lightning/uiRecordApi";
import loadContext from "@salesforce/apex/CasebridgeContext.load";
import method from "@salesforce/label/c.Casebridge_Method";
import item from "@salesforce/label/c.Casebridge_Method_Item";
import pushLocal from "@salesforce/label/c.Casebridge_Method_Push_Local";
import pushRemote from "@salesforce/label/c.Casebridge_Method_Push_Remote";
import rdp from "@salesforce/label/c.Casebridge_Method_RDP";
import vnc from "@salesforce/label/c.Casebridge_Method_VNC";
import shell from "@salesforce/label/c.Casebridge_Method_Shell";
import vpro from "@salesforce/label/c.Casebridge_Method_VPro";
import search from "@salesforce/label/c.Casebridge_Search";
import target from "@salesforce/label/c.Casebridge_Target";
import jumpoint from "@salesforce/label/c.Casebridge_Jumpoint";
import jump from "@salesforce/label/c.Casebridge_Jump";
import ofAsset from "@salesforce/label/c.Casebridge_Of_Asset";
import ofContact from "@salesforce/label/c.Casebridge_Of_Contact";

const METHODS = [
    { value: "item", label: item },
    { value: "push-local", label: pushLocal },
    { value: "push-remote", label: pushRemote },
    { value: "rdp", label: rdp },
    { value: "vnc", label: vnc },
    { value: "shell", label: shell },
    { value: "vpro", label: vpro }
];

/** What the vendor's component for the web console has. */
const WEB_METHODS = ["item", "push-local", "push-remote", "rdp", "shell"];

/**
 * What to jump to, and how. The window of Casebridge has the rest of a method's settings; nothing starts before a
 * click there.
 */
export default class CasebridgeJumpForm extends LightningElement {
    @api recordId;
    /** The verb of the link: jump for the desktop console, web-jump for the web console. */
    @api action = "jump";

    method = "item";
    jumpoint = "";
    label = { method, jumpoint, jump };
    _typed;

    @wire(loadContext)
    context = {};

    @wire(getRecord, { recordId: "$recordId", optionalFields: "$hostFields" })
    record = {};

    get methods() {
        return this.action === "web-jump" ? METHODS.filter(({ value }) => WEB_METHODS.includes(value)) : METHODS;
    }

    get isItem() {
        return this.method === "item";
    }

    /** The link's key for what is jumped to. */
    get whereName() {
        return this.isItem ? "search" : "target";
    }

    get whereLabel() {
        return this.isItem ? search : target;
    }

    get takesJumpoint() {
        return !["item", "push-local"].includes(this.method);
    }

    get needsJumpoint() {
        return this.method === "vpro";
    }

    get incomplete() {
        return !this.where.trim() || (this.needsJumpoint && !this.jumpoint.trim());
    }

    get assetField() {
        return this.context.data?.assetHostField || "Name";
    }

    get contactField() {
        return this.context.data?.contactHostField;
    }

    /** Undefined until the settings are known, so that the case is read once. */
    get hostFields() {
        if (!this.context.data) {
            return undefined;
        }
        const contact = this.contactField ? [`Case.Contact.${this.contactField}`] : [];
        return ["Case.CaseNumber", `Case.Asset.${this.assetField}`, ...contact];
    }

    get suggestions() {
        const fields = this.record.data?.fields ?? {};
        const ofParent = (parent, field) => fields[parent]?.value?.fields?.[field]?.value;
        return [
            { from: ofAsset, value: ofParent("Asset", this.assetField) },
            { from: ofContact, value: this.contactField && ofParent("Contact", this.contactField) }
        ]
            .filter(({ value }) => value)
            .map(({ from, value }) => ({ value, label: `${from} ${value}` }));
    }

    /** What was typed, else the first computer that the case knows. */
    get where() {
        return this._typed ?? this.suggestions[0]?.value ?? "";
    }

    get values() {
        const where = this.where.trim();
        return {
            case: this.recordId,
            method: this.method,
            [this.whereName]: where,
            jumpoint: this.takesJumpoint ? this.jumpoint.trim() : ""
        };
    }

    handleChange(event) {
        const { name } = event.target;
        const { value } = event.detail;
        if (name === "method") {
            this.method = value;
        } else if (name === "jumpoint") {
            this.jumpoint = value;
        } else {
            this._typed = value;
        }
    }

    handleSuggestion(event) {
        this._typed = event.target.value;
    }
}
