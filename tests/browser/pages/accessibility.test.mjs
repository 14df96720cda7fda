// axe on every page, light and dark, English and Thai, wide and narrow: nothing serious.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readFileSync } from "node:fs";
import { article, course } from "../support/api.mjs";
import { login, require, visitor } from "../support/browser.mjs";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const LOOKS = [
  { width: 1280, dark: false, language: "en" }, { width: 1280, dark: true, language: "th" },
  { width: 390, dark: true, language: "en" }, { width: 360, dark: false, language: "th" },
];
let item;

before(async () => {
  item = await article({ status: "published", content: '<h2>Part</h2><p>Text with <a href="https://example.org/">a link</a>.</p><ul><li>one</li></ul><blockquote><p>Said</p></blockquote><pre><code>code</code></pre>' });
  await course({ description: "One line\nand another" });
});

// Run by the debugger's own evaluate: the page's policy stays as it is.
async function check(page, name) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(serious.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join(" | ")}`), []);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `${name} is ${wider} px wider than the screen`);
}

for (const look of LOOKS) {
  const name = `${look.width} px, ${look.dark ? "dark" : "light"}, ${look.language}`;
  test(`public pages: ${name}`, async () => {
    await visitor({ ...look, expected: [/404/] }, async (page) => {
      for (const path of ["/", "/articles", `/articles/${item.slug}`, "/articles/there-is-none-of-this", "/courses", "/login", "/status", "/nothing/here"]) {
        await page.goto(path);
        await page.waitForFunction(() => !document.querySelector(".skeleton, .bone, [aria-busy]"));
        await page.waitForTimeout(150);
        await check(page, path);
      }
    });
  });

  test(`pages of the staff: ${name}`, async () => {
    await visitor(look, async (page) => {
      await login(page);
      await page.waitForSelector(".table-row[data-key]");
      await page.locator(".row-check").first().check();
      await check(page, "list");
      await page.click("#bulk-delete");
      await page.waitForSelector("dialog[open]");
      await check(page, "confirmation");
      await page.keyboard.press("Escape");
      await page.goto(`/admin/articles/${item.id}`);
      await page.waitForSelector("#editor-save");
      await check(page, "editor");
      await page.goto("/admin/articles/new");
      await page.waitForSelector("#editor-save");
      await page.click("#editor-save");
      await page.waitForSelector("[aria-invalid]");
      await check(page, "editor with faults");
      await page.goto("/admin/courses");
      await page.waitForSelector(".table-row[data-key]");
      await check(page, "courses");
      await page.goto("/admin/courses/new");
      await page.waitForSelector("#editor-save");
      await check(page, "editor of a course");
      for (const view of ["categories", "users"]) {
        await page.goto(`/admin/${view}`);
        await page.waitForSelector(".plain-row");
        await check(page, view);
      }
    });
  });
}

test("the dialog of two versions", async () => {
  const { patch } = await import("../support/api.mjs");
  const mine = await article();
  for (const look of LOOKS) {
    await visitor({ ...look, language: "en", expected: [/412/] }, async (page) => {
      await login(page, `/admin/articles/${mine.id}`);
      await page.waitForSelector("#editor-save");
      await page.fill("#en-title", `Mine ${look.width} ${look.dark}`);
      await patch(mine.id, { translations: { en: { title: `Theirs ${look.width} ${look.dark}` } } });
      await page.click("#editor-save");
      await page.waitForSelector(".conflict");
      await check(page, "conflict");
    });
  }
});
