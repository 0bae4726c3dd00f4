import { CasebridgeAction } from "c/casebridgeAction";

/** Quick action: proposes the web console's key dialog. */
export default class CasebridgeWebKeyAction extends CasebridgeAction {
    get action() {
        return "web-key";
    }
}
