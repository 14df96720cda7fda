// installed(source, name): the folder whose node_modules hold what source/package-lock.json pins.
//
// Where    $FRESHET_DEPS_DIR/<name>, else <repository>/.deps/<name>: never inside the tree.
// Order    installed beside and renamed into place, so that two builds at once do not see half of it.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const DEPS = process.env.FRESHET_DEPS_DIR || join(ROOT, ".deps");
const FILES = ["package.json", "package-lock.json", ".npmrc"];

export function installed(source, name) {
  const target = join(DEPS, name);
  const digest = createHash("sha256").update(FILES.map((file) => readFileSync(join(source, file))).join("\0")).digest("hex");
  const stamp = join(target, ".installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return target;
  const fresh = `${target}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  for (const file of FILES) cpSync(join(source, file), join(fresh, file));
  const run = spawnSync(npm(), ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: fresh, stdio: ["ignore", "ignore", "inherit"] });
  if (run.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`npm ci failed for ${name}`);
  }
  writeFileSync(join(fresh, ".installed"), digest);
  swap(fresh, target);
  return target;
}

// infra/setup's, else the one of the PATH.
function npm() {
  const pinned = join(DEPS, "bin/npm");
  return existsSync(pinned) ? pinned : "npm";
}

function swap(fresh, target) {
  const old = `${target}.old.${process.pid}`;
  if (existsSync(target)) renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (error) {
    if (!existsSync(join(target, ".installed"))) throw error;
    rmSync(fresh, { recursive: true, force: true }); // another build was faster
  }
  rmSync(old, { recursive: true, force: true });
}
