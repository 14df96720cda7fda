// The heart: what an editor does is on every open page within the second, without a refresh.
import assert from "node:assert/strict";
import { test } from "node:test";
import { article, category, patch, read, unique } from "../support/api.mjs";
import { card, live, login, timed, visitor } from "../support/browser.mjs";

const SECOND = 1000;

async function write(page, language, { title, excerpt, content }) {
  await page.fill(`#${language}-title`, title);
  await page.fill(`#${language}-excerpt`, excerpt);
  await page.click(`#panel-${language} .ProseMirror`);
  await page.keyboard.insertText(content);
}

test("an article written in both languages is a draft until it is published, then on all open pages within a second", async () => {
  const word = unique("flood");
  await category("tests");
  await visitor({}, (reader) => visitor({ language: "th" }, (thaiReader) => visitor({ width: 1500 }, async (editor) => {
    await Promise.all([reader.goto("/articles"), thaiReader.goto("/articles")]);
    await Promise.all([live(reader), live(thaiReader)]);
    const untouched = await reader.evaluate(() => (window.notReloaded = true));
    assert.ok(untouched);

    await login(editor);
    await editor.click("#add-article");
    await write(editor, "en", { title: `Water ${word}`, excerpt: "In English", content: "The river rises." });
    await write(editor, "th", { title: `น้ำ ${word}`, excerpt: "ภาษาไทย", content: "แม่น้ำขึ้นแล้ว" });
    await editor.selectOption("#category", "tests");
    await editor.click("#editor-save");
    await editor.waitForURL(/\/admin\/articles\/[A-Z0-9]{26}$/);
    await editor.waitForSelector(".pill-draft");
    await reader.waitForTimeout(700);
    assert.equal(await card(reader, word).count(), 0, "a draft is seen by nobody");

    const took = await timed(() => editor.click("#editor-publish"), () => Promise.all([card(reader, `Water ${word}`).waitFor(), card(thaiReader, `น้ำ ${word}`).waitFor()]));
    assert.ok(took < SECOND, `it took ${Math.round(took)} ms`);
    assert.equal(await reader.evaluate(() => window.notReloaded), true);
    assert.equal(await reader.locator(".live-badge").innerText(), "Live Updates");
    assert.match(await reader.locator(".live-dot").evaluate((dot) => getComputedStyle(dot).backgroundColor), /rgb\(26, 162, 81\)/, "the dot is green");
    assert.equal(await thaiReader.locator(".live-badge").innerText(), "อัปเดตสด");

    await card(reader, word).click();
    await reader.waitForSelector(".prose");
    assert.equal(await reader.locator(".prose").innerText(), "The river rises.");
    await reader.click('#language-switch [lang="th"]');
    await reader.locator("h1", { hasText: `น้ำ ${word}` }).waitFor();
    assert.equal(await reader.locator(".prose").innerText(), "แม่น้ำขึ้นแล้ว");
    assert.equal(await reader.locator("html").getAttribute("lang"), "th");
  })));
});

test("switching the language shows the same articles in it, and is kept for the next page", async () => {
  const item = await article({ status: "published" });
  await visitor({}, async (page) => {
    await page.goto("/articles");
    await card(page, `Title ${item.mark}`).waitFor();
    await page.getByRole("button", { name: "ไทย" }).click();
    await card(page, `ชื่อเรื่อง ${item.mark}`).waitFor();
    assert.equal(await card(page, `Title ${item.mark}`).count(), 0);
    await page.goto("/");
    assert.equal(await page.locator("html").getAttribute("lang"), "th");
    await page.getByRole("button", { name: "English" }).click();
    await page.locator("#latest .card", { hasText: `Title ${item.mark}` }).waitFor();
  });
});

test("an edit, a withdrawal, a return and a deletion are followed by list and article", async () => {
  const item = await article({ status: "published" });
  await visitor({}, (list) => visitor({}, (reading) => visitor({ width: 1500 }, async (editor) => {
    await list.goto("/articles");
    await reading.goto(`/articles/${item.slug}`);
    await Promise.all([live(list), live(reading), card(list, item.mark).waitFor()]);
    await login(editor, `/admin/articles/${item.id}`);
    await editor.fill("#en-title", `Changed ${item.mark}`);
    const edited = await timed(() => editor.click("#editor-save"), () => Promise.all([card(list, `Changed ${item.mark}`).waitFor(), reading.locator("h1", { hasText: "Changed" }).waitFor()]));
    assert.ok(edited < SECOND, `editing took ${Math.round(edited)} ms`);

    await editor.locator("#editor-publish", { hasText: "Unpublish" }).click();
    await Promise.all([card(list, item.mark).waitFor({ state: "detached" }), reading.getByRole("heading", { name: "This article has been withdrawn" }).waitFor()]);

    await editor.locator("#editor-publish", { hasText: /^Publish$/ }).click();
    await Promise.all([card(list, item.mark).waitFor(), reading.locator("h1", { hasText: "Changed" }).waitFor()]);

    await editor.click("#editor-delete");
    await editor.locator("dialog button", { hasText: "Delete" }).click();
    await Promise.all([card(list, item.mark).waitFor({ state: "detached" }), reading.getByRole("heading", { name: "This article has been removed" }).waitFor()]);
  })));
});

test("a page of an article that does not exist yet shows it when it is published", async () => {
  const item = await article();
  await visitor({ expected: [/404/] }, async (page) => {
    await page.goto(`/articles/${item.slug}`);
    await page.getByText("There is no such article").waitFor();
    await live(page);
    await patch(item.id, { status: "published" });
    await page.locator(".prose", { hasText: `Content ${item.mark}` }).waitFor();
  });
});

test("ten drafts are selected and published in one step, and all ten appear", async () => {
  const word = unique("batch");
  const drafts = [];
  for (let number = 0; number < 10; number++) drafts.push(await article({ mark: `${word}-${number}` }));
  await visitor({}, (reader) => visitor({}, async (editor) => {
    await reader.goto("/articles");
    await live(reader);
    await login(editor);
    await editor.fill("#filter-search", word);
    await editor.waitForFunction(() => document.querySelectorAll(".table-row[data-key]").length === 10);
    await editor.check("#select-all");
    assert.equal(await editor.locator("#selected-count").innerText(), "10 selected");
    const took = await timed(() => editor.getByRole("button", { name: "Publish selected articles", exact: true }).click(),
      () => reader.waitForFunction((mark) => [...document.querySelectorAll("#articles .card")].filter((node) => node.textContent.includes(mark)).length === 10, word, { polling: 20 }));
    assert.ok(took < SECOND, `it took ${Math.round(took)} ms`);
    await editor.waitForFunction(() => document.querySelectorAll(".table-row .pill-published").length === 10);

    await editor.check("#select-all");
    await editor.getByRole("button", { name: "Unpublish selected articles" }).click();
    await editor.locator("dialog button", { hasText: "Unpublish" }).click();
    await reader.waitForFunction((mark) => !document.querySelector("#articles").textContent.includes(mark), word);
    assert.equal((await read(drafts[3].id)).body.status, "draft");

    await editor.waitForFunction(() => document.querySelectorAll(".table-row .pill-draft").length === 10);
    await editor.check("#select-all");
    await editor.getByRole("button", { name: "Delete selected articles" }).click();
    await editor.locator("dialog button", { hasText: "Delete" }).click();
    await editor.getByText("Nothing found").waitFor();
    await assert.rejects(read(drafts[3].id), /404/);
  }));
});

test("what another editor changes appears in the staff's list, drafts too", async () => {
  const word = unique("shared");
  await visitor({}, async (editor) => {
    await login(editor);
    await live(editor);
    const draft = await article({ mark: word });
    await editor.locator(".table-row", { hasText: word }).waitFor({ timeout: 12_000 });
    await patch(draft.id, { status: "published" });
    await editor.locator(".table-row", { hasText: word }).locator(".pill-published").waitFor({ timeout: 2000 });
  });
});
