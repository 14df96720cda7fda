// Bad days, as a reader sees them: what is said, and that nothing is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { article, publish, unpublish } from "../support/api.mjs";
import { card, live, visitor } from "../support/browser.mjs";

const NETWORK = [/ERR_INTERNET_DISCONNECTED/, /ERR_NETWORK/, /ERR_ABORTED/, /ERR_FAILED/, /503/, /502/];
const states = (page) => page.evaluate(() => {
  window.seenStates = [];
  const badge = document.querySelector(".live-badge");
  new MutationObserver(() => window.seenStates.push(badge.dataset.state)).observe(badge, { attributes: true, attributeFilter: ["data-state"] });
});

test("offline is said with its time; back online the page catches up with all that was missed", async () => {
  const stays = await article({ status: "published" }), missed = [await article(), await article(), await article()];
  await visitor({ expected: NETWORK }, async (page, context) => {
    await page.goto("/articles");
    await live(page);
    await card(page, stays.mark).waitFor();
    await states(page);
    await context.setOffline(true);
    await page.waitForSelector('.live-badge[data-state="offline-since"]');
    assert.match(await page.locator(".live-badge").innerText(), /^Offline since \d\d:\d\d$/);
    await publish(...missed.map((item) => item.id));
    await unpublish(stays.id);
    await page.waitForTimeout(500);
    assert.equal(await card(page, missed[0].mark).count(), 0);

    await context.setOffline(false);
    for (const item of missed) await card(page, item.mark).waitFor();
    await card(page, stays.mark).waitFor({ state: "detached" });
    await live(page);
    const seen = await page.evaluate(() => window.seenStates);
    assert.ok(seen.includes("catching-up"), `${seen}`);
    assert.ok(seen.indexOf("offline-since") < seen.indexOf("catching-up") && seen.lastIndexOf("live") > seen.indexOf("catching-up"), `${seen}`);
    for (const item of missed) assert.equal(await card(page, item.mark).count(), 1, "once, not twice");
  });
});

test("a page that cannot load says why, and loads by itself when the server is back", async () => {
  const item = await article({ status: "published" });
  await visitor({ expected: NETWORK }, async (page) => {
    await page.route("**/api/content/api/articles/?*", (route) => route.fulfill({ status: 503, headers: { "Retry-After": "0" }, contentType: "application/problem+json", body: '{"status":503,"title":"away"}' }));
    await page.goto("/articles");
    await page.getByRole("heading", { name: "That did not work" }).waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await page.unroute("**/api/content/api/articles/?*");
    await card(page, item.mark).waitFor();
  });
});

test("where no stream gets through, the page asks: late, and it says so; live as soon as a stream opens", async () => {
  const item = await article({ status: "published" });
  await visitor({ expected: NETWORK }, async (page) => {
    await page.route("**/api/content/events/**", (route) => route.fulfill({ status: 503 }));
    await page.goto("/articles");
    await card(page, item.mark).waitFor();
    await page.waitForSelector('.live-badge[data-state="degraded"]', { timeout: 30_000 });
    assert.equal(await page.locator(".live-badge").innerText(), "Updates delayed");
    const asked = await article({ status: "published" });
    await card(page, asked.mark).waitFor({ timeout: 20_000 });
    assert.equal(await page.locator(".live-badge").getAttribute("data-state"), "degraded");
    await page.unroute("**/api/content/events/**");
    await page.waitForSelector('.live-badge[data-state="live"]', { timeout: 60_000 });
    const late = await article({ status: "published" });
    await card(page, late.mark).waitFor({ timeout: 3000 });
  });
});

test("the status page tells what the server says of itself, and notices when it is gone", async () => {
  await visitor({ expected: NETWORK }, async (page, context) => {
    await page.goto("/status");
    await page.getByRole("heading", { name: "Everything is working" }).waitFor();
    assert.ok((await page.locator(".part").count()) >= 3);
    await context.setOffline(true);
    await page.getByRole("heading", { name: "The service cannot be reached" }).waitFor();
    await context.setOffline(false);
    await page.getByRole("heading", { name: "Everything is working" }).waitFor();
  });
});
