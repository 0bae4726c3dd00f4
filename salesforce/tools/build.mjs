// Compiles the components, with Lightning's own base components and its style, for a case page outside Salesforce:
// dist/casebridge.js and dist/casebridge.css. The simulator serves both.
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import lwc from "@lwc/rollup-plugin";
import replace from "@rollup/plugin-replace";
import { XMLParser } from "fast-xml-parser";
import { rollup } from "rollup";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SOURCE = path.join(ROOT, "force-app/main/default");
const PAGE = path.join(ROOT, "page");
const DIST = path.join(ROOT, "dist");

/** Modules that the platform makes: labels from our labels file, and what page/ plays for the rest. */
function platform(labels) {
    const made = "\0platform:";
    return {
        name: "platform",
        resolveId(id) {
            if (id.startsWith("@salesforce/label/c.")) {
                return made + id;
            }
            const played = {
                "@salesforce/apex": "apex.js",
                "@salesforce/apex/CasebridgeContext.load": "context.js",
                "@salesforce/client/formFactor": "formFactor.js",
                // Needs native shadow DOM, where Lightning's style does not reach.
                "@salesforce/gate/bc.260.enableComboboxElementInternals": "closedGate.js"
            }[id];
            return played ? path.join(PAGE, played) : null;
        },
        load(id) {
            if (!id.startsWith(made)) {
                return null;
            }
            const name = id.split("/c.").at(-1);
            if (!labels.has(name)) {
                throw new Error(`the label ${name} does not exist`);
            }
            return `export default ${JSON.stringify(labels.get(name))};`;
        }
    };
}

async function customLabels() {
    const xml = await readFile(path.join(SOURCE, "labels/CustomLabels.labels-meta.xml"), "utf8");
    const { labels } = new XMLParser({ parseTagValue: false }).parse(xml).CustomLabels;
    return new Map(labels.map(({ fullName, value }) => [fullName, value]));
}

async function modules() {
    const ours = await readdir(path.join(SOURCE, "lwc"), { withFileTypes: true });
    const bundles = ours.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return [
        ...bundles.map((name) => ({ name: `c/${name}`, path: path.join(SOURCE, "lwc", name, `${name}.js`) })),
        ...["navigation", "platformShowToastEvent", "uiRecordApi", "uiRelatedListApi"].map((name) => ({
            name: `lightning/${name}`,
            path: path.join(PAGE, `${name}.js`)
        })),
        { npm: "lightning-base-components" }
    ];
}

const bundle = await rollup({
    input: path.join(PAGE, "main.js"),
    plugins: [
        platform(await customLabels()),
        lwc({
            rootDir: PAGE,
            modules: await modules(),
            enableDynamicComponents: true,
            disableSyntheticShadowSupport: false
        }),
        replace({
            "process.env.NODE_ENV": JSON.stringify("production"),
            "import.meta.env.SSR": "false",
            preventAssignment: true
        })
    ],
    onwarn(warning, warn) {
        // Circular imports and unused ones are Lightning's own.
        if (
            !warning.ids?.some((id) => id.includes("node_modules")) &&
            !["CIRCULAR_DEPENDENCY", "UNUSED_EXTERNAL_IMPORT"].includes(warning.code)
        ) {
            warn(warning);
        }
    }
});
await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
await bundle.write({
    file: path.join(DIST, "casebridge.js"),
    format: "iife",
    name: "casebridge",
    inlineDynamicImports: true
});
await bundle.close();
const style = path.join(
    ROOT,
    "node_modules/@salesforce-ux/design-system/assets/styles/salesforce-lightning-design-system.min.css"
);
await copyFile(style, path.join(DIST, "casebridge.css"));
