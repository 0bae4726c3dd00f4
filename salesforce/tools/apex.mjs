// Checks the Apex without an org: types against our own objects (apex-ls), then the rules of PMD. Needs Java 17.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import core from "@salesforce/code-analyzer-core";
import pmd from "@salesforce/code-analyzer-pmd-engine";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const JARS = path.join(ROOT, "node_modules/@salesforce/code-analyzer-pmd-engine/dist/java-lib/*");

/** Rules that we leave: ApexDoc tags would repeat what names say, and what cannot be raised is said in the debug log. */
const LEFT = ["ApexDoc", "AvoidDebugStatements"];

const types = spawnSync(
    "java",
    ["-cp", JARS, "io.github.apexdevtools.apexls.CheckForIssues", "-n", "-d", "warnings", "-w", ROOT],
    { stdio: "inherit" }
);
if (types.error) {
    throw types.error;
}

const analyzer = new core.CodeAnalyzer(core.CodeAnalyzerConfig.withDefaults());
await analyzer.addEnginePlugin(new pmd.PmdCpdEnginesPlugin());
const workspace = await analyzer.createWorkspace(
    ["classes", "triggers"].map((folder) => path.join(ROOT, "force-app/main/default", folder))
);
const rules = await analyzer.selectRules(["pmd"], { workspace });
const results = await analyzer.run(rules, { workspace });
const violations = results.getViolations().filter((violation) => !LEFT.includes(violation.getRule().getName()));
for (const violation of violations) {
    const place = violation.getPrimaryLocation();
    const file = path.relative(ROOT, place.getFile());
    console.error(`${file}:${place.getStartLine()}: ${violation.getRule().getName()}: ${violation.getMessage()}`);
}
console.log(`    ${rules.getCount()} rules, ${violations.length} violations`);
process.exitCode = types.status === 0 && violations.length === 0 && rules.getCount() > 0 ? 0 : 1;
