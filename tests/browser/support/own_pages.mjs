// Pages of a site's own, under /site/: without our policy and our bundler, as a customer writes them.
//
// followed(page, channel)    a page that follows a channel with the SDK as it lies in wasm/browser; window.heard is what it was told
// ownPage(name, html)        puts a page there, and gives its address
// Needs FRESHET_BROWSER_DATA (the site's data folder) and, for what the broker counts, FRESHET_BROWSER_BROKER.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DATA = process.env.FRESHET_BROWSER_DATA, BROKER = process.env.FRESHET_BROWSER_BROKER;
const SDK = fileURLToPath(new URL("../../../wasm/browser/src", import.meta.url));
export const SKIP = DATA ? false : "the folder and the processes of this site are not ours: FRESHET_BROWSER_DATA is not set";
export const SKIP_COUNT = SKIP || (BROKER ? false : "FRESHET_BROWSER_BROKER, where the broker's /metrics are, is not set");

export function ownPage(name, html) {
  const folder = join(DATA, "site");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), html);
  return `/site/${name}`;
}

export async function followed(page, channel, { since = "" } = {}) {
  cpSync(SDK, join(DATA, "site/sdk"), { recursive: true });
  const address = ownPage("follow.html", `<!doctype html><meta charset="utf-8"><title>follow</title><link rel="icon" href="data:,"><script type="module">
    import { connect } from "./sdk/index.js";
    const asked = new URLSearchParams(location.search);
    window.heard = [];
    window.states = [];
    window.resets = [];
    window.following = connect().subscribe(asked.get("channel"), {
      since: asked.get("since") || null,
      onEvent: ({ type, data, position }) => heard.push({ type, id: (data.article ?? data.course).id, position }),
      onState: ({ name }) => states.push(name),
      onReset: (position, reason) => resets.push(reason),
    });
  </script>`);
  await page.goto(`${address}?${new URLSearchParams({ channel, since })}`);
  await page.waitForFunction(() => window.states?.at(-1) === "live");
}

export const heard = (page) => page.evaluate(() => window.heard);
export const position = (page) => page.evaluate(() => window.following.position);

/// Waits until the page has been told of `count` events, and a little longer for one too many.
export async function hears(page, count, timeout = 40_000) {
  await page.waitForFunction((wanted) => window.heard.length >= wanted, count, { timeout });
  await page.waitForTimeout(300);
  return heard(page);
}

/// The process of a part of the site; null while there is none.
export function pidOf(part) {
  return JSON.parse(readFileSync(join(DATA, "status.json"), "utf8")).parts[part].pid;
}

/// Kills it (-9), stops or continues it; infra/up starts a dead one again.
export function signal(part, name = "SIGKILL") {
  const pid = pidOf(part);
  process.kill(pid, name);
  return pid;
}

/// How many streams the broker holds.
export async function streams() {
  const text = await (await fetch(`${BROKER}/metrics`)).text();
  return Number(/^freshet_broker_streams (\d+)$/m.exec(text)[1]);
}

export async function eventually(act, timeout = 30_000) {
  for (const until = Date.now() + timeout; ; ) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
