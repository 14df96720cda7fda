// Processes of the site are killed, hard, while a page is open. infra/up starts them again; the page has to say what is going on and miss nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { article } from "../support/api.mjs";
import { card, live, visitor } from "../support/browser.mjs";
import { SKIP, eventually, signal } from "../support/own_pages.mjs";

const NETWORK = [/50[234]/, /ERR_/];
const TIMEOUT = { timeout: 40_000 };

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
    signal("broker");
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
    signal("nats");
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
    signal("store");
    signal("functions");
    await page.goto("/articles");
    await card(page, item.mark).waitFor(TIMEOUT);
    await page.waitForSelector('.live-badge[data-state="live"]', TIMEOUT);
  });
});
