// Checks what an org would check of the metadata when it is deployed, as far as that is known without one: that each
// file lies and is named where its type wants it (converted to the metadata format), and that each element exists, is
// of its type, and is not missing.
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import sdr from "@salesforce/source-deploy-retrieve";
import { XMLParser } from "fast-xml-parser";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const problems = [];

async function xmlFiles(folder) {
    const entries = await readdir(path.join(ROOT, folder), { recursive: true });
    return entries.filter((name) => name.endsWith("-meta.xml")).map((name) => path.join(folder, name));
}

/** Type name to its properties: name, type as written, optional or not. And enum name to its values. */
async function readTypes() {
    const text = await readFile(path.join(ROOT, "node_modules/@salesforce/types/lib/metadata.d.ts"), "utf8");
    const types = new Map();
    for (const [, name, base, body] of text.matchAll(/^export type (\w+) = (?:(\w+) & )?\{\n([\s\S]*?)^\};/gm)) {
        const own = [...body.matchAll(/^ {4}(\w+)(\??): (.+);$/gm)];
        types.set(name, {
            base,
            properties: new Map(own.map(([, key, optional, type]) => [key, { type, optional: Boolean(optional) }]))
        });
    }
    const enums = new Map();
    for (const [, name, values] of text.matchAll(/^export type (\w+) = ('[^;]*);$/gm)) {
        enums.set(name, new Set([...values.matchAll(/'([^']*)'/g)].map(([, value]) => value)));
    }
    return { types, enums };
}

function propertiesOf(types, name) {
    const { base, properties } = types.get(name);
    return base && types.has(base) ? new Map([...propertiesOf(types, base), ...properties]) : properties;
}

function checkValue(schema, type, value, where) {
    const list = Array.isArray(value) ? value : [value];
    const item = type.replace(/\[\]$/, "");
    if (list.length > 1 && item === type) {
        problems.push(`${where}: stands more than once`);
    }
    for (const one of list) {
        checkOne(schema, item, one, where);
    }
}

function checkOne({ types, enums }, type, value, where) {
    if (types.has(type)) {
        checkElements({ types, enums }, type, value, where);
    } else if (enums.has(type)) {
        if (!enums.get(type).has(value)) {
            problems.push(`${where}: ${value} is none of ${[...enums.get(type)].join(", ")}`);
        }
    } else if (type === "boolean" && !["true", "false"].includes(value)) {
        problems.push(`${where}: ${value} is no boolean`);
    } else if (type === "number" && !/^-?\d+(\.\d+)?$/.test(value)) {
        problems.push(`${where}: ${value} is no number`);
    }
}

function checkElements(schema, type, node, where) {
    const properties = propertiesOf(schema.types, type);
    const elements = typeof node === "object" ? node : {};
    for (const [name, value] of Object.entries(elements)) {
        // Attributes, which say the type of a custom metadata value or the size of a screen.
        const key = name.replace(/^@_/, "");
        if (key !== name && (key.startsWith("xmlns") || key.startsWith("xsi:") || key === "type")) {
            continue;
        }
        const property = properties.get(key);
        if (!property) {
            problems.push(`${where}: ${type} has no ${key}`);
        } else if (name === key) {
            checkValue(schema, property.type, value, `${where}/${key}`);
        }
    }
    for (const [name, { type: wanted, optional }] of properties) {
        // The file's name stands for a missing full name; a missing list is an empty one.
        if (!optional && name !== "fullName" && !wanted.endsWith("[]") && !(name in elements)) {
            problems.push(`${where}: ${type} needs ${name}`);
        }
    }
}

/** A folder of reports, which the list of types leaves out (Metadata API guide, Folder). */
const FOLDERS = {
    ReportFolder: { name: "string", folderShares: "FolderShare[]" },
    FolderShare: { accessLevel: "FolderShareAccessLevel", sharedTo: "string", sharedToType: "FolderSharedToType" }
};

async function checkSchema(files) {
    const schema = await readTypes();
    for (const [name, properties] of Object.entries(FOLDERS)) {
        const own = Object.entries(properties).map(([key, type]) => [key, { type, optional: false }]);
        schema.types.set(name, { base: undefined, properties: new Map(own) });
    }
    const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false, ignoreDeclaration: true });
    for (const file of files) {
        const [[type, node]] = Object.entries(parser.parse(await readFile(path.join(ROOT, file), "utf8")));
        if (schema.types.has(type)) {
            checkElements(schema, type, node, file);
        } else {
            problems.push(`${file}: there is no metadata type ${type}`);
        }
    }
}

async function convert(folder) {
    const set = sdr.ComponentSet.fromSource(path.join(ROOT, folder));
    const out = path.join(ROOT, "dist/metadata");
    await rm(out, { recursive: true, force: true });
    const { packagePath } = await new sdr.MetadataConverter().convert(set, "metadata", {
        type: "directory",
        outputDirectory: out,
        packageName: path.basename(folder)
    });
    await readFile(path.join(packagePath, "package.xml"));
    return set.getSourceComponents().toArray().length;
}

/** Permission sets name each field of our objects that can be granted, and no field that does not exist. */
async function checkPermissions(files) {
    const parser = new XMLParser({ parseTagValue: false });
    const read = async (file) => parser.parse(await readFile(path.join(ROOT, file), "utf8"));
    const grantable = new Map();
    for (const file of files.filter((name) => /(Support_Session\w*|Casebridge_Log)__c\/fields\//.test(name))) {
        const { CustomField: field } = await read(file);
        const name = `${file.split("/objects/")[1].split("/")[0]}.${field.fullName}`;
        // Required fields and those of a master are not granted: who may use the row has them.
        grantable.set(name, field.required !== "true" && field.type !== "MasterDetail");
    }
    for (const file of files.filter((name) => name.endsWith(".permissionset-meta.xml"))) {
        const { PermissionSet: set } = await read(file);
        const granted = new Set(set.fieldPermissions.map(({ field }) => field));
        const objects = new Set(set.objectPermissions.map(({ object }) => object));
        for (const field of granted) {
            if (field !== "User.BeyondTrust_Username__c" && !grantable.get(field)) {
                problems.push(`${file}: ${field} cannot be granted`);
            }
        }
        for (const [field, can] of grantable) {
            if (can && objects.has(field.split(".")[0]) && !granted.has(field)) {
                problems.push(`${file}: ${field} is missing`);
            }
        }
    }
}

const folders = ["force-app", "starting-values", "sign-in-app"];
const files = [...(await Promise.all(folders.map(xmlFiles))).flat(), ...(await xmlFiles("templates"))];
await checkSchema(files);
await checkPermissions(files);
for (const folder of folders) {
    console.log(`    ${folder}: ${await convert(folder)} components can be deployed`);
}
console.log(`    ${files.length} files, ${problems.length} problems`);
problems.forEach((problem) => console.error(problem));
process.exitCode = problems.length === 0 ? 0 : 1;
