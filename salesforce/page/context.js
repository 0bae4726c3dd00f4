import { fetching } from "./fetching.js";

const ADDRESS = "/lightning/apex/CasebridgeContext/load";
const Adapter = fetching(() => ADDRESS);

/** An Apex method of the platform: a wire adapter for `@wire`, and a function that is called. */
export default function load(dataCallback) {
    if (new.target) {
        return new Adapter(dataCallback);
    }
    return fetch(ADDRESS).then((answer) => answer.json());
}
