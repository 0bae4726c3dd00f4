import js from "@eslint/js";
import recommended from "@salesforce/eslint-config-lwc/recommended.js";
import globals from "globals";

export default [
    { ignores: ["dist/", "node_modules/"] },
    ...recommended.map((config) => ({ ...config, files: ["force-app/**/lwc/**/*.js"] })),
    {
        files: ["**/__tests__/**"],
        rules: { "@lwc/lwc/no-unexpected-wire-adapter-usages": "off" }
    },
    // The rules of components hold for what runs in an org; the rest runs in Node or on the simulator's page.
    { ...js.configs.recommended, files: ["page/**/*.js", "tests/**/*.js", "tools/**/*.mjs", "*.js", "*.mjs"] },
    {
        files: ["page/**/*.js", "tests/**/*.js"],
        languageOptions: { sourceType: "module", globals: { ...globals.browser, ...globals.jest } }
    },
    { files: ["tools/**/*.mjs", "*.mjs", "jest.config.js"], languageOptions: { globals: globals.node } }
];
