// A browser and its visitors. Each visitor is a profile of its own; when it leaves, its pages must have broken no rule of the content
// security policy, thrown nothing, and logged no error.
import assert from "node:assert/strict";
import { after } from "node:test";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PASSWORD, USERNAME } from "./api.mjs";

export const BASE = process.env.FRESHET_BROWSER_URL;
export const require = createRequire(join(process.env.FRESHET_BROWSER_DEPS, "package.json"));
const { chromium } = require("playwright-core");
const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

let browser = null;
after(() => browser?.close());

/// visitor({language, dark, width, expected}, async (page, context) => …): `expected` are patterns of errors that the scenario provokes.
export async function visitor(options, scenario) {
  const { language = "en", dark = false, width = 1280, expected = [] } = options;
  browser ??= await chromium.launch({ executablePath: process.env.FRESHET_CHROMIUM, args: ARGUMENTS });
  const context = await browser.newContext({
    baseURL: BASE, viewport: { width, height: 860 }, locale: language === "th" ? "th-TH" : "en-GB", colorScheme: dark ? "dark" : "light", reducedMotion: "reduce",
  });
  context.setDefaultTimeout(10_000);
  const faults = [];
  await context.exposeBinding("reportViolation", (_, text) => faults.push(text));
  await context.addInitScript(() => addEventListener("securitypolicyviolation", (event) =>
    window.reportViolation(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`)));
  context.on("page", (page) => {
    page.on("pageerror", (error) => faults.push(`thrown: ${error.stack}`));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(`console: ${message.text()} ${message.location().url}`);
    });
  });
  try {
    const page = await context.newPage();
    await scenario(page, context);
    assert.deepEqual(faults.filter((fault) => !expected.some((pattern) => pattern.test(fault))), []);
  } finally {
    await context.close();
  }
}

export async function login(page, next = "/admin/") {
  await page.goto(`/login?next=${encodeURIComponent(next)}`);
  await page.fill("#username", USERNAME);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL((url) => url.pathname === next);
}

export async function live(page) {
  await page.waitForSelector('.live-badge[data-state="live"]');
}

/// A card of the list by a word in its title.
export function card(page, word) {
  return page.locator("#articles .card", { hasText: word });
}

/// Milliseconds until `probe` is done, measured from `act`.
export async function timed(act, probe) {
  const begun = performance.now();
  await act();
  await probe();
  return performance.now() - begun;
}
