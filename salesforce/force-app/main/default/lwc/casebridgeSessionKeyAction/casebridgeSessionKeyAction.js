import { CasebridgeAction } from "c/casebridgeAction";

/** Quick action: makes a session key. */
export default class CasebridgeSessionKeyAction extends CasebridgeAction {
    get action() {
        return "session-key";
    }
}
