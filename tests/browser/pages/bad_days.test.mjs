// Processes of the site are killed, hard, while a page is open. infra/up starts them again; the page has to say what is going on and miss nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { article } from "../support/api.mjs";
import { card, live, visitor } from "../support/browser.mjs";

const DATA = process.env.FRESHET_BROWSER_DATA;
const SKIP = DATA ? false : "the processes of this site are not ours to kill: FRESHET_BROWSER_DATA is not set";
const NETWORK = [/50[234]/, /ERR_/];
const TIMEOUT = { timeout: 40_000 };

function kill(part) {
  process.kill(JSON.parse(readFileSync(join(DATA, "status.json"), "utf8")).parts[part].pid, "SIGKILL");
}

async function eventually(act) {
  for (const until = Date.now() + 30_000; ; ) {
    try {
      return await act();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function watched(page) {
  await page.goto("/articles");
  await live(page);
  await page.evaluate(() => {
    window.seenStates = [];
    const badge = document.querySelector(".live-badge");
    new MutationObserver(() => window.seenStates.push(badge.dataset.state)).observe(badge, { attributes: true, attributeFilter: ["data-state"] });
  });
}

test("the broker is killed: the page resumes, and what was published meanwhile is there once", { skip: SKIP }, async () => {
  await visitor({ expected: NETWORK }, async (page) => {
    await watched(page);
    kill("broker");
    const item = await article({ status: "published" });
    await card(page, item.mark).waitFor(TIMEOUT);
    await page.waitForSelector('.live-badge[data-state="live"]', TIMEOUT);
    const seen = await page.evaluate(() => window.seenStates);
    assert.ok(seen.includes("connecting") && seen.includes("catching-up"), `${seen}`);
    assert.equal(await card(page, item.mark).count(), 1);
  });
});

test("nats-server is killed: the page says that updates are delayed, stays readable, and follows when it is back", { skip: SKIP }, async () => {
  const before = await article({ status: "published" });
  await visitor({ expected: NETWORK }, async (page) => {
    await watched(page);
    kill("nats");
    const item = await eventually(() => article({ status: "published" }));
    assert.equal(await card(page, before.mark).isVisible(), true);
    await card(page, item.mark).waitFor(TIMEOUT);
    await page.waitForSelector('.live-badge[data-state="live"]', TIMEOUT);
    const seen = await page.evaluate(() => window.seenStates);
    assert.ok(seen.includes("degraded"), `${seen}`);
  });
});

test("the store and the functions are killed: a page that is opened then loads as soon as they are back", { skip: SKIP }, async () => {
  const item = await article({ status: "published" });
  await visitor({ expected: NETWORK }, async (page) => {
    kill("store");
    kill("functions");
    await page.goto("/articles");
    await card(page, item.mark).waitFor(TIMEOUT);
    await page.waitForSelector('.live-badge[data-state="live"]', TIMEOUT);
  });
});
