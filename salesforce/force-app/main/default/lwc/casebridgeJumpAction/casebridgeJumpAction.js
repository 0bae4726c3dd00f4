import { CasebridgeAction } from "c/casebridgeAction";

/** Quick action: opens the jump window. */
export default class CasebridgeJumpAction extends CasebridgeAction {
    get action() {
        return "jump";
    }
}
