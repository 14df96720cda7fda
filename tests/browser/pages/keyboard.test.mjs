// The staff's work without a mouse, from login to deletion. Only keys: no click, no fill.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD, USERNAME, category, unique } from "../support/api.mjs";
import { visitor } from "../support/browser.mjs";

const TABS_MAX = 60;

/// Presses Tab until the focus is on what `selector` names, as a person would.
async function tabTo(page, selector, key = "Tab") {
  for (let presses = 0; presses < TABS_MAX; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the focus never came to ${selector}; it is on ${await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))}`);
}

async function focusIsVisible(page) {
  const { width, style } = await page.evaluate(() => {
    const outline = getComputedStyle(document.activeElement);
    return { width: parseFloat(outline.outlineWidth), style: outline.outlineStyle };
  });
  assert.ok(width >= 2 && style !== "none", `the focus has an outline of ${width} ${style}`);
}

test("log in, write in both languages, publish, select, unpublish and delete by keyboard alone", async () => {
  await category("tests");
  const word = unique("keys");
  await visitor({ width: 1500 }, async (page) => {
    await page.goto("/admin/");
    await page.waitForURL(/\/login/);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip-link");
    await page.keyboard.press("Enter");
    await tabTo(page, "#username");
    await page.keyboard.type(USERNAME);
    await tabTo(page, "#password");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#add-article");

    await tabTo(page, "#add-article");
    await focusIsVisible(page);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#en-title:focus");
    await page.keyboard.type(`Keys ${word}`);
    await tabTo(page, "#panel-en .ProseMirror");
    await page.keyboard.type("Typed.");
    await page.keyboard.press("Control+b");
    await page.keyboard.type(" Bold.");
    await tabTo(page, "#th-title");
    await page.keyboard.type("แป้นพิมพ์");
    await tabTo(page, "#category");
    await page.keyboard.type("Name of tests");
    await page.keyboard.press("Control+s");
    await page.waitForURL(/\/admin\/articles\/[A-Z0-9]{26}$/);
    await tabTo(page, "#editor-publish", "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".pill-published");

    await tabTo(page, '.editor-head a[href="/admin/"]', "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#filter-search");
    await tabTo(page, "#filter-search");
    await page.keyboard.type(word);
    await page.waitForFunction(() => document.querySelectorAll(".table-row[data-key]").length === 1);
    await tabTo(page, "#select-all");
    await page.keyboard.press("Space");
    await tabTo(page, "#bulk-unpublish");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await tabTo(page, "dialog .primary");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".table-row .pill-draft");

    await tabTo(page, "#select-all", "Shift+Tab");
    await page.keyboard.press("Space");
    await tabTo(page, "#bulk-delete");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.waitForSelector("#bulk-delete:focus");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await tabTo(page, "dialog .danger");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing found").waitFor();
  });
});

test("a dialog keeps the focus inside", async () => {
  await visitor({ width: 1500 }, async (page) => {
    await page.goto("/login?next=/admin/articles/new");
    await page.fill("#username", USERNAME);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.click('#panel-en [data-tool="image"]');
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog") !== null));
    }
  });
});

test("the toolbar is one stop of the Tab key, and the arrows walk in it", async () => {
  await visitor({ width: 1500 }, async (page) => {
    await page.goto("/login?next=/admin/articles/new");
    await page.fill("#username", USERNAME);
    await page.fill("#password", PASSWORD);
    await page.click("#login-button");
    await page.locator("#en-excerpt").focus();
    await page.keyboard.press("Tab");
    await page.waitForSelector("#panel-en .block-type:focus");
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector('#panel-en [data-tool="strong"]:focus');
    await page.keyboard.press("Tab");
    await page.waitForSelector("#panel-en .ProseMirror:focus");
    await page.keyboard.press("Shift+Tab");
    await page.waitForSelector('#panel-en [data-tool="strong"]:focus');
  });
});
