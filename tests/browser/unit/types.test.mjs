// The SDK's types: they compile in strict mode, refuse what is wrong, and name exactly what the module exports.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { installed } from "../../../functions/web/dependencies.mjs";
import * as sdk from "../../../wasm/browser/src/index.js";

const HERE = fileURLToPath(new URL("..", import.meta.url)), SDK = fileURLToPath(new URL("../../../wasm/browser/", import.meta.url));
const TSC = join(installed(HERE, "browser"), "node_modules/typescript/bin/tsc");
const OPTIONS = { strict: true, noEmit: true, target: "es2022", module: "nodenext", lib: ["es2022", "dom"], types: [], exactOptionalPropertyTypes: true };

// As an application has it: the package under node_modules, found by its package.json.
function compile(source) {
  const folder = mkdtempSync(join(tmpdir(), "freshet-types-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(SDK, join(folder, "node_modules/freshet-client"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(join(folder, "usage.ts"), source);
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: OPTIONS, files: ["usage.ts"] }));
    const run = spawnSync(process.execPath, [TSC, "-p", folder], { encoding: "utf8" });
    return { status: run.status, output: run.stdout + run.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("what a user writes compiles, and what is wrong does not", () => {
  const source = readFileSync(join(HERE, "types/usage.ts"), "utf8");
  assert.deepEqual(compile(source), { status: 0, output: "" });
  const { status, output } = compile(source.replaceAll(/\/\/ @ts-expect-error.*/g, ""));
  assert.notEqual(status, 0);
  assert.equal(output.match(/error TS/g).length, 4, output);
});

test("types and module name the same things", () => {
  const types = readFileSync(join(SDK, "index.d.ts"), "utf8");
  const declared = [...types.matchAll(/^export declare (?:function|class|const) (\w+)/gm)].map(([, name]) => name).sort();
  assert.deepEqual(Object.keys(sdk).sort(), declared);
});
