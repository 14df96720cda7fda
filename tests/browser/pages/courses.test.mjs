// Courses: the page follows what the staff do, in every window; what it says and how it is reached.
import assert from "node:assert/strict";
import { test } from "node:test";
import { course, patchCourse, removeCourse, unique } from "../support/api.mjs";
import { live, login, visitor } from "../support/browser.mjs";
import { SKIP, signal } from "../support/own_pages.mjs";

const NETWORK = [/ERR_/, /50[234]/, /WebSocket/];
const card = (page, title) => page.locator("#courses .course", { hasText: title });
const toastOf = (page, text) => page.locator(".toast", { hasText: text });

async function open(page) {
  await page.goto("/courses");
  await live(page);
}

async function everywhere(page, title, state = "attached", timeout = 10_000) {
  await card(page, title).waitFor({ state, timeout });
  await page.locator("#courses-bar a", { hasText: title }).waitFor({ state });
  await page.locator("#courses-dropdown a", { hasText: title }).waitFor({ state });
}

test("add, edit, publish, withdraw, delete: both windows follow within a second, and say so for five", async () => {
  const word = unique("school");
  await visitor({}, (reader) => visitor({ language: "th" }, (thai) => visitor({}, async (editor) => {
    await Promise.all([open(reader), open(thai)]);
    await login(editor, "/admin/courses");
    await editor.getByRole("link", { name: "Add course" }).first().click();
    await editor.fill("#title", `Draft ${word}`);
    await editor.fill("#description", "One\nTwo");
    await editor.click("#editor-save");
    await editor.waitForURL(/\/admin\/courses\/[A-Z0-9]{26}$/);
    await reader.waitForTimeout(700);
    assert.equal(await card(reader, word).count(), 0, "a draft is seen by nobody");

    await editor.click("#editor-publish");
    await toastOf(reader, `New course available: Draft ${word}`).waitFor({ timeout: 1500 });
    const shownAt = Date.now();
    await toastOf(thai, `คอร์สใหม่: Draft ${word}`).waitFor();
    await Promise.all([everywhere(reader, word), everywhere(thai, word)]);
    assert.equal(await card(reader, word).locator(".course-text").innerText(), "One\nTwo");
    await toastOf(reader, word).waitFor({ state: "detached" });
    const shownFor = Date.now() - shownAt;
    assert.ok(shownFor > 4000 && shownFor < 6500, `${shownFor} ms`);

    await editor.fill("#title", `Better ${word}`);
    await editor.click("#editor-save");
    await toastOf(reader, `Course updated: Better ${word}`).waitFor();
    await everywhere(reader, `Better ${word}`);

    await editor.locator("#editor-publish", { hasText: "Unpublish" }).click();
    await toastOf(reader, `Course removed: Better ${word}`).waitFor();
    await everywhere(reader, word, "detached");

    await editor.locator("#editor-publish", { hasText: /^Publish$/ }).click();
    await everywhere(reader, word);
    await editor.click("#editor-delete");
    await editor.locator("dialog button", { hasText: "Delete" }).click();
    await everywhere(reader, word, "detached");
    await editor.waitForURL(/\/admin\/courses$/);
  })));
});

test("the list of the staff: search, status, many at once", async () => {
  const word = unique("many");
  const made = [];
  for (let number = 0; number < 3; number++) made.push(await course({ mark: `${word}-${number}`, status: "draft" }));
  await visitor({}, (reader) => visitor({}, async (editor) => {
    await open(reader);
    await login(editor, "/admin/courses");
    await editor.fill("#filter-search", word);
    await editor.waitForFunction(() => document.querySelectorAll(".table-row[data-key]").length === 3);
    await editor.selectOption("#filter-status", "published");
    await editor.getByText("Nothing found").waitFor();
    await editor.selectOption("#filter-status", "");
    await editor.waitForFunction(() => document.querySelectorAll(".table-row[data-key]").length === 3);
    await editor.check("#select-all");
    await editor.getByRole("button", { name: "Publish selected courses", exact: true }).click();
    for (const { title } of made) await everywhere(reader, title);
    await editor.waitForFunction(() => document.querySelectorAll(".table-row .pill-published").length === 3);
    await editor.check("#select-all");
    await editor.getByRole("button", { name: "Delete selected courses" }).click();
    await editor.locator("dialog button", { hasText: "Delete" }).click();
    for (const { title } of made) await everywhere(reader, title, "detached");
    await editor.getByText("Nothing found").waitFor();
  }));
});

test("two editors at one course: the second save gets both versions", async () => {
  const item = await course();
  await visitor({ expected: [/412/] }, async (page) => {
    await login(page, `/admin/courses/${item.id}`);
    await page.fill("#title", `Mine ${item.mark}`);
    await patchCourse(item.id, { description: "Theirs\nin two lines", title: `Theirs ${item.mark}` });
    await page.click("#editor-save");
    await page.getByRole("heading", { name: "Two versions of this course" }).waitFor();
    assert.equal(await page.locator('[data-field="description"] input[value="theirs"]').isChecked(), true);
    assert.equal(await page.locator("#conflict-save").isDisabled(), true);
    await page.locator('[data-field="title"] input[value="mine"]').check();
    await page.click("#conflict-save");
    await page.locator(".toast", { hasText: "Changes published" }).waitFor();
    assert.deepEqual([await page.inputValue("#title"), await page.inputValue("#description")], [`Mine ${item.mark}`, "Theirs\nin two lines"]);
  });
});

test("a title with signs that would be markup is refused at its field", async () => {
  await visitor({}, async (page) => {
    await login(page, "/admin/courses/new");
    await page.fill("#title", "a <b> c");
    await page.click("#editor-save");
    await page.locator("#title-error", { hasText: "The signs < and > cannot stand in a title." }).waitFor();
  });
});

test("offline it says since when; back again it has exactly what happened, in order", async () => {
  const stays = await course(), goes = await course();
  await visitor({ expected: NETWORK }, async (page, context) => {
    await open(page);
    await everywhere(page, goes.title);
    await context.setOffline(true);
    await page.waitForSelector('.live-badge[data-state="offline-since"]');
    assert.match(await page.locator(".live-badge").innerText(), /^Offline since \d\d:\d\d$/);
    await removeCourse(goes.id);
    await patchCourse(stays.id, { title: `Renamed ${stays.mark}` });
    const comes = await course();
    await page.evaluate(() => {
      window.said = [];
      new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => node.matches?.(".toast") && window.said.push(node.innerText.trim()))))
        .observe(document.body, { childList: true, subtree: true });
    });
    await context.setOffline(false);
    await everywhere(page, comes.title);
    await everywhere(page, goes.title, "detached");
    await everywhere(page, `Renamed ${stays.mark}`);
    await live(page);
    const said = await page.evaluate(() => window.said);
    assert.deepEqual(said, [`Course removed: ${goes.title}`, `Course updated: Renamed ${stays.mark}`, `New course available: ${comes.title}`]);
  });
});

test("the broker is killed: the page resumes and misses nothing", { skip: SKIP }, async () => {
  await visitor({ expected: NETWORK }, async (page) => {
    await open(page);
    signal("broker");
    const item = await course();
    await card(page, item.title).waitFor({ timeout: 40_000 });
    await page.waitForSelector('.live-badge[data-state="live"]', { timeout: 40_000 });
    assert.equal(await card(page, item.title).count(), 1);
  });
});

test("where WebSockets do not get through, SSE carries the same; where nothing does, asking", async () => {
  await visitor({ expected: NETWORK }, async (page) => {
    await page.routeWebSocket(/\/ws\/courses\//, (ws) => ws.close({ code: 1011 }));
    await open(page);
    const item = await course();
    await toastOf(page, item.title).waitFor({ timeout: 1500 });
    await page.route("**/events/courses/**", (route) => route.fulfill({ status: 503 }));
    await page.reload();
    await page.waitForSelector('.live-badge[data-state="degraded"]', { timeout: 30_000 });
    const late = await course();
    await everywhere(page, late.title, "attached", 20_000); // it asks every ten seconds or so
  });
});

test("dropdown and bar by keyboard: open, choose, arrive; Escape goes back", async () => {
  const item = await course();
  await visitor({ width: 390 }, async (page) => {
    await open(page);
    await everywhere(page, item.title);
    await page.locator("#courses-menu summary").focus();
    await page.keyboard.press("Enter");
    await page.locator("#courses-dropdown a").first().waitFor({ state: "visible" });
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "SUMMARY");
    await page.keyboard.press("Enter");
    await page.locator("#courses-dropdown a", { hasText: item.title }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction((title) => document.activeElement.tagName === "H3" && document.activeElement.textContent === title, item.title);
    assert.equal(await page.locator("#courses-menu").getAttribute("open"), null);
    const box = await card(page, item.title).boundingBox(), bar = await page.locator("#courses-nav").boundingBox();
    assert.ok(box.y >= bar.y + bar.height, "the bar does not lie over the course");
  });
});

test("an address that names a course arrives at it", async () => {
  const item = await course();
  await visitor({}, async (page) => {
    await page.goto(`/courses#course-${item.slug}`);
    await page.waitForFunction((slug) => document.querySelector(".course:target")?.id === `course-${slug}`, item.slug);
    await page.waitForFunction((slug) => document.getElementById(`course-${slug}`).getBoundingClientRect().top < innerHeight, item.slug);
  });
});

test("nothing there, nothing reached: each is said", async () => {
  await visitor({ expected: NETWORK }, async (page) => {
    await page.route("**/api/courses/**", (route) => route.fulfill({ json: { count: 0, next: null, previous: null, results: [] }, headers: { "Freshet-Position": "abcd1234-1" } }));
    await page.goto("/courses");
    await page.getByRole("heading", { name: "No courses yet" }).waitFor();
    assert.equal(await page.locator("#courses-nav").isVisible(), false);
    await page.unroute("**/api/courses/**");
    await page.route("**/api/courses/**", (route) => route.fulfill({ status: 503, headers: { "Retry-After": "0" }, contentType: "application/problem+json", body: '{"status":503,"title":"away"}' }));
    await page.reload();
    await page.getByRole("heading", { name: "That did not work" }).waitFor();
    await page.unroute("**/api/courses/**");
    const item = await course();
    await everywhere(page, item.title);
  });
});
