import { CasebridgeAction } from "c/casebridgeAction";

/** Quick action: proposes the console's key dialog. */
export default class CasebridgeConsoleKeyAction extends CasebridgeAction {
    get action() {
        return "console-key";
    }
}
