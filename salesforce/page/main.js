// Puts the components on the case page, as a Lightning record page would.
import "@lwc/synthetic-shadow";
import { createElement } from "lwc";
import CaseId from "c/casebridgeCaseId";
import SessionKey from "c/casebridgeSessionKey";
import WebKey from "c/casebridgeWebKey";
import Jump from "c/casebridgeJump";
import WebJump from "c/casebridgeWebJump";
import Sessions from "c/casebridgeSessions";
import Tools from "c/casebridgeTools";
import SessionKeyAction from "c/casebridgeSessionKeyAction";
import ConsoleKeyAction from "c/casebridgeConsoleKeyAction";
import WebKeyAction from "c/casebridgeWebKeyAction";
import JumpAction from "c/casebridgeJumpAction";
import TagAction from "c/casebridgeTagAction";
import CaseIdAction from "c/casebridgeCaseIdAction";

const COMPONENTS = {
    "c-casebridge-sessions": Sessions,
    "c-casebridge-session-key": SessionKey,
    "c-casebridge-jump": Jump,
    "c-casebridge-web-key": WebKey,
    "c-casebridge-web-jump": WebJump,
    "c-casebridge-case-id": CaseId,
    "c-casebridge-tools": Tools
};

const ACTIONS = {
    Casebridge_Session_Key: SessionKeyAction,
    Casebridge_Console_Key: ConsoleKeyAction,
    Casebridge_Web_Key: WebKeyAction,
    Casebridge_Jump: JumpAction,
    Casebridge_Tag: TagAction,
    Casebridge_Case_Id: CaseIdAction
};

/** A toast, with the links that its message names. */
function toast({ title, message = "", messageData = [] }) {
    const box = document.createElement("div");
    box.className = "slds-notify slds-notify_toast slds-theme_info toast";
    box.setAttribute("role", "status");
    const heading = document.createElement("strong");
    heading.textContent = title;
    box.append(heading, " ");
    message.split(/\{(\d+)\}/).forEach((part, index) => {
        if (index % 2 === 0) {
            box.append(part);
            return;
        }
        const link = document.createElement("a");
        link.href = messageData[part].url;
        link.textContent = messageData[part].label;
        box.append(link);
    });
    document.getElementById("toasts").replaceChildren(box);
}

function place(recordId) {
    for (const slot of document.querySelectorAll("[data-component]")) {
        const name = slot.dataset.component;
        const element = createElement(name, { is: COMPONENTS[name] });
        if (name !== "c-casebridge-tools") {
            element.recordId = recordId;
        }
        slot.append(element);
    }
    for (const button of document.querySelectorAll("[data-action]")) {
        const is = ACTIONS[button.dataset.action];
        const name = `c-${button.dataset.action.toLowerCase().replaceAll("_", "-")}-action`;
        // As the platform does: made for the click, and told of the record after it is connected.
        button.addEventListener("click", () => {
            const action = createElement(name, { is });
            action.addEventListener("lightning__showtoast", (event) => toast(event.toast));
            document.getElementById("actions").append(action);
            action.recordId = recordId;
            action.invoke();
        });
    }
}

place(document.body.dataset.record);
// As on the platform, the title says when the page is there.
document.title += " · Salesforce";
