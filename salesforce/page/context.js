import { fetching } from "./fetching.js";

export default fetching(() => "/lightning/apex/CasebridgeContext/load");
