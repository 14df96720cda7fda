// tests/browser/run [unit|pages] [part of a file name]: installs what is pinned, brings a site up, runs the files one after another.
//
// unit     needs nothing but node
// pages    needs Chromium (FRESHET_CHROMIUM, default /usr/bin/chromium) and the product: infra/up on free ports with a data
//          folder of its own, or a site that runs already: FRESHET_BROWSER_URL with FRESHET_BROWSER_ADMIN=user:password
//          (and FRESHET_BROWSER_DATA, its data folder, when its processes may be killed; FRESHET_BROWSER_BROKER, where its broker is asked)
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed } from "../../functions/web/dependencies.mjs";
import { startSite } from "./support/site.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const [wanted, part = ""] = ["unit", "pages"].includes(process.argv[2]) ? process.argv.slice(2) : [null, process.argv[2]];

function files(folder) {
  return readdirSync(join(HERE, folder)).filter((name) => name.endsWith(".test.mjs") && name.includes(part)).sort().map((name) => join(HERE, folder, name));
}

function runFiles(names, environment = {}) {
  if (names.length === 0) return 0;
  const run = spawnSync(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...names], { stdio: "inherit", env: { ...process.env, ...environment } });
  return run.status ?? 1;
}

let status = wanted === "pages" ? 0 : runFiles(files("unit"));
const pages = wanted === "unit" ? [] : files("pages");
if (pages.length > 0) {
  const chromium = process.env.FRESHET_CHROMIUM || "/usr/bin/chromium";
  if (!existsSync(chromium)) throw new Error(`${chromium} is missing: install chromium or set FRESHET_CHROMIUM`);
  const dependencies = installed(HERE, "browser");
  // An interrupt ends the tests, which are children; the site still has to be taken down.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  const site = await startSite();
  try {
    status = runFiles(pages, {
      FRESHET_CHROMIUM: chromium, FRESHET_BROWSER_DEPS: dependencies, FRESHET_BROWSER_URL: site.url, FRESHET_BROWSER_ADMIN: site.admin, FRESHET_BROWSER_DATA: site.data, FRESHET_BROWSER_BROKER: site.broker,
    }) || status;
  } finally {
    site.stop();
  }
}
process.exit(status);
