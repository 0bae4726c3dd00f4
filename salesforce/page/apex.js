export { refresh as refreshApex } from "./fetching.js";
