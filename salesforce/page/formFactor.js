export default new URLSearchParams(location.search).get("formFactor") ?? "Large";
