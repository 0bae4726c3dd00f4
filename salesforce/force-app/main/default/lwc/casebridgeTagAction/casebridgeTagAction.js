import { CasebridgeAction } from "c/casebridgeAction";

/** Quick action: proposes the case for a running session. */
export default class CasebridgeTagAction extends CasebridgeAction {
    get action() {
        return "tag";
    }
}
