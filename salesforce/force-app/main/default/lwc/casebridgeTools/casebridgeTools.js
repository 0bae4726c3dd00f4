import { LightningElement } from "lwc";
import tag from "@salesforce/label/c.Casebridge_Tag_Running_Session";
import jump from "@salesforce/label/c.Casebridge_Jump";
import settings from "@salesforce/label/c.Casebridge_Settings";

/** Opens Casebridge where there is no case: in the utility bar of an app. */
export default class CasebridgeTools extends LightningElement {
    tools = [
        { action: "tag", text: tag },
        { action: "jump", text: jump },
        { action: "settings", text: settings }
    ];
}
