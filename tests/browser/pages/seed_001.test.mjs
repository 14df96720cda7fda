// The script of seed 001, pasted unmodified into a page of a site's own: notifications for five seconds, dropdown and bar reloaded, reconnection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { course, patchCourse, removeCourse, unique } from "../support/api.mjs";
import { visitor } from "../support/browser.mjs";
import { SKIP, eventually, ownPage, signal } from "../support/own_pages.mjs";

const PASTED = /```javascript\n(<script>[\s\S]*<\/script>)\n```/.exec(readFileSync(new URL("../fixtures/seed_001.md", import.meta.url), "utf8"))[1];
// What such a site has around it: a dropdown in its navbar and a sticky bar, each with the function that fills it.
const PAGE = `<!doctype html><html><head><meta charset="utf-8"><title>Academy</title><link rel="icon" href="data:,"></head><body>
<nav><ul id="dropdown"></ul></nav><div id="bar"></div>
<script>
async function fill(id, tag) {
  const { results } = await (await fetch("/api/courses/?page_size=100")).json();
  document.getElementById(id).replaceChildren(...results.map(({ title }) => Object.assign(document.createElement(tag), { textContent: title })));
}
function loadCoursesDropdown() { return fill("dropdown", "li"); }
function loadCoursesBar() { return fill("bar", "span"); }
loadCoursesDropdown();
loadCoursesBar();
</script>
${PASTED}
</body></html>`;
const NETWORK = [/ERR_/, /50[234]/, /WebSocket/];

async function academy(page) {
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto(ownPage("academy.html", PAGE));
  await eventually(() => assert.ok(said.some((text) => text.includes("Real-time course sync connected"))));
  return said;
}

const notification = (page, text) => page.locator("body > div.fixed", { hasText: text });

/// How long each notification is there, by the page's own clock: window.shownFor.
function timeNotifications(page) {
  return page.evaluate(() => {
    const since = new Map();
    window.shownFor = [];
    new MutationObserver((changes) => {
      for (const { addedNodes, removedNodes } of changes) {
        for (const node of addedNodes) since.set(node, performance.now());
        for (const node of removedNodes) if (since.has(node)) window.shownFor.push(performance.now() - since.get(node));
      }
    }).observe(document.body, { childList: true });
  });
}

async function shows(page, title) {
  await page.locator("#dropdown li", { hasText: title }).waitFor();
  await page.locator("#bar span", { hasText: title }).waitFor();
}

test("a course that is added, edited and deleted is told for five seconds, and dropdown and bar follow", { skip: SKIP }, async () => {
  await visitor({}, async (page) => {
    await academy(page);
    await timeNotifications(page);
    const made = await course();
    await notification(page, `New course available: ${made.title}`).waitFor();
    await shows(page, made.title);
    await notification(page, made.title).waitFor({ state: "detached" });
    const [shownFor] = await page.evaluate(() => window.shownFor);
    assert.ok(shownFor > 4900 && shownFor < 8000, `${shownFor} ms`);

    const title = `Edited ${made.mark}`;
    await patchCourse(made.id, { title });
    await notification(page, `Course updated: ${title}`).waitFor();
    await shows(page, title);

    await removeCourse(made.id);
    await notification(page, `Course removed: ${made.slug}`).waitFor();
    await page.locator("#dropdown li", { hasText: title }).waitFor({ state: "detached" });
    await page.locator("#bar span", { hasText: title }).waitFor({ state: "detached" });
  });
});

test("drafts are silent; publishing one is a new course, withdrawing it a removed one", { skip: SKIP }, async () => {
  await visitor({}, async (page) => {
    const said = await academy(page);
    const draft = await course({ status: "draft" });
    await patchCourse(draft.id, { title: `Still a draft ${draft.mark}` });
    const fence = await course({ mark: unique("fence") });
    await notification(page, fence.title).waitFor();
    assert.ok(!said.some((text) => text.includes(draft.mark)), "nothing was said of the draft");
    await patchCourse(draft.id, { status: "published" });
    await notification(page, `New course available: Still a draft ${draft.mark}`).waitFor();
    await patchCourse(draft.id, { status: "draft" });
    await notification(page, `Course removed: ${draft.slug}`).waitFor();
  });
});

test("when the broker dies the script reconnects, and hears of what is published then", { skip: SKIP }, async () => {
  await visitor({ expected: [...NETWORK, /./] }, async (page) => {
    const said = await academy(page);
    signal("broker");
    await eventually(() => assert.equal(said.filter((text) => text.includes("sync connected")).length, 2), 60_000);
    const made = await course();
    await notification(page, `New course available: ${made.title}`).waitFor();
  });
});
