// The editor: two people at one article, text that must not be lost, and what may be written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { article, patch, read, remove, unique } from "../support/api.mjs";
import { login, visitor } from "../support/browser.mjs";

const WIDE = { width: 1500 };

async function open(page, item) {
  const path = `/admin/articles/${item.id}`;
  if (page.url() === "about:blank") await login(page, path);
  else await page.goto(path);
  await page.waitForFunction((title) => document.querySelector("#en-title")?.value === title, item.translations.en.title);
}

async function bothChanged(page) {
  const item = await article();
  await open(page, item);
  await page.fill("#en-title", `Mine ${item.mark}`);
  await page.fill("#en-excerpt", "Only I wrote this");
  await patch(item.id, { translations: { en: { title: `Theirs ${item.mark}`, content: "<p>Only they wrote this</p>" } } });
  await page.click("#editor-save");
  await page.getByRole("heading", { name: "Two versions of this article" }).waitFor();
  return item;
}

test("who saves second sees both versions, and what only one side changed is chosen already", async () => {
  await visitor({ ...WIDE, expected: [/412/] }, async (page) => {
    const item = await bothChanged(page);
    assert.deepEqual(await page.locator(".conflict-row legend").allInnerTexts(), ["Title (English)", "Excerpt (English)", "Content (English)"]);
    const sides = page.locator('.conflict-row[data-field="en.title"]');
    assert.match(await sides.locator('[data-side="theirs"]').innerText(), new RegExp(`Theirs ${item.mark}`));
    assert.match(await sides.locator('[data-side="mine"]').innerText(), new RegExp(`Mine ${item.mark}`));
    assert.equal(await sides.locator('[data-side="mine"] ins').innerText(), "Mine");
    assert.equal(await sides.locator('[data-side="mine"] del').innerText(), "Title");
    assert.equal(await page.locator("#conflict-open").innerText(), "1 choice left");
    assert.equal(await page.locator("#conflict-save").isDisabled(), true);
    await sides.getByLabel("Theirs").check();
    await page.click("#conflict-save");
    await page.getByText("Draft saved").waitFor();
    const { en } = (await read(item.id)).body.translations;
    assert.deepEqual(en, { title: `Theirs ${item.mark}`, excerpt: "Only I wrote this", content: "<p>Only they wrote this</p>" });
  });
});

test("keep mine everywhere, take theirs everywhere, merge by hand: each does what it says", async () => {
  for (const choice of ["mine", "theirs", "hand"]) {
    await visitor({ ...WIDE, expected: [/412/] }, async (page) => {
      const item = await bothChanged(page);
      if (choice === "mine") await page.click("#keep-mine");
      if (choice === "theirs") await page.click("#take-theirs");
      if (choice === "hand") {
        const title = page.locator('.conflict-row[data-field="en.title"]');
        await title.getByLabel("Merge by hand").check();
        await title.locator("textarea").fill(`Together ${item.mark}`);
        const content = page.locator('.conflict-row[data-field="en.content"]');
        await content.getByLabel("Merge by hand").check();
        await content.locator(".ProseMirror").click();
        await page.keyboard.press("Control+End");
        await page.keyboard.insertText(" by both");
      }
      await page.click("#conflict-save");
      await page.locator("dialog").waitFor({ state: "detached" });
      await page.waitForFunction(() => document.querySelector("#editor-state").textContent === "All changes saved");
      const { en } = (await read(item.id)).body.translations;
      assert.deepEqual(en, {
        mine: { title: `Mine ${item.mark}`, excerpt: "Only I wrote this", content: `<p>Content ${item.mark}</p>` },
        theirs: { title: `Theirs ${item.mark}`, excerpt: `Excerpt ${item.mark}`, content: "<p>Only they wrote this</p>" },
        hand: { title: `Together ${item.mark}`, excerpt: "Only I wrote this", content: `<p>Content ${item.mark} by both</p>` },
      }[choice], choice);
      assert.equal(await page.inputValue("#en-title"), en.title);
    });
  }
});

test("an untouched editor follows the other one by itself; a touched one is warned and keeps its text", async () => {
  const item = await article();
  await visitor(WIDE, async (page) => {
    await open(page, item);
    await patch(item.id, { translations: { en: { title: `Second ${item.mark}` } } });
    await page.waitForFunction((title) => document.querySelector("#en-title").value === title, `Second ${item.mark}`, { timeout: 15_000 });
    await page.fill("#en-title", "Mine, not saved");
    await patch(item.id, { translations: { en: { title: `Third ${item.mark}` } } });
    await page.getByText("Somebody else has just saved this article.").waitFor({ timeout: 15_000 });
    assert.equal(await page.inputValue("#en-title"), "Mine, not saved");
    await page.getByRole("button", { name: "Compare the versions" }).click();
    await page.getByRole("heading", { name: "Two versions of this article" }).waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.inputValue("#en-title"), "Mine, not saved");
  });
});

test("unsaved text survives a closed tab and is offered again", async () => {
  const item = await article();
  await visitor(WIDE, async (page) => {
    await open(page, item);
    await page.fill("#th-title", "ยังไม่ได้บันทึก");
    await page.click("#panel-en .ProseMirror");
    await page.keyboard.press("Control+End");
    await page.keyboard.insertText(" and more");
    await page.getByText("Unsaved; kept in this browser").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Restore it" }).click();
    assert.equal(await page.inputValue("#th-title"), "ยังไม่ได้บันทึก");
    assert.equal(await page.locator("#panel-en .ProseMirror").innerText(), `Content ${item.mark} and more`);
    await page.click("#editor-save");
    await page.getByText("Draft saved").waitFor();
    await page.reload();
    await page.waitForFunction(() => document.querySelector("#th-title")?.value === "ยังไม่ได้บันทึก");
    assert.equal(await page.getByRole("button", { name: "Restore it" }).count(), 0);
  });
});

test("restored text that is older than somebody else's save is a conflict, not an overwrite", async () => {
  const item = await article();
  await visitor({ ...WIDE, expected: [/412/] }, async (page) => {
    await open(page, item);
    await page.fill("#en-title", "Mine from yesterday");
    await page.getByText("Unsaved; kept in this browser").waitFor();
    await patch(item.id, { translations: { en: { title: "Theirs from today" } } });
    await page.reload();
    await page.getByRole("button", { name: "Restore it" }).click();
    await page.click("#editor-save");
    await page.getByRole("heading", { name: "Two versions of this article" }).waitFor();
    assert.equal((await read(item.id)).body.translations.en.title, "Theirs from today");
  });
});

test("an article deleted by somebody else can be saved as a new one", async () => {
  const item = await article();
  await visitor({ ...WIDE, expected: [/404/, /412/] }, async (page) => {
    await open(page, item);
    await page.fill("#en-title", "Too good to lose");
    await remove(item.id);
    await page.click("#editor-save");
    await page.getByRole("heading", { name: "This article was deleted" }).waitFor();
    await page.getByRole("button", { name: "Save as new article" }).click();
    await page.getByText("Draft saved").waitFor();
    await page.waitForURL((url) => url.pathname.startsWith("/admin/articles/") && !url.pathname.endsWith(item.id));
    assert.equal((await read(page.url().split("/").at(-1))).body.translations.en.title, "Too good to lose");
  });
});

test("what is wrong is said at its field before anything is sent, and a taken slug after", async () => {
  const taken = await article();
  await visitor({ ...WIDE, expected: [/409/] }, async (page) => {
    await login(page, "/admin/articles/new");
    await page.click("#editor-save");
    await page.locator("#en-title-error", { hasText: "Please give it a title." }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "en-title");
    await page.fill("#en-title", "x".repeat(201));
    await page.fill("#slug", "Not A Slug");
    await page.click("#editor-save");
    await page.locator("#en-title-error", { hasText: "At most 200 characters." }).waitFor();
    await page.locator("#slug-error", { hasText: "small letters" }).waitFor();
    await page.fill("#en-title", "Short");
    await page.fill("#slug", taken.slug);
    await page.selectOption("#category", "tests");
    await page.click("#editor-save");
    await page.locator("#slug-error", { hasText: "This slug is taken." }).waitFor();
    await page.fill("#slug", unique("free"));
    await page.click("#editor-save");
    await page.getByText("Draft saved").waitFor();
  });
});

test("everything the toolbar can make passes the server unchanged", async () => {
  await visitor({ ...WIDE, expected: [/ERR_/] }, async (page) => {
    await login(page, "/admin/articles/new");
    const box = page.locator("#panel-en .ProseMirror"), tool = (name) => page.locator(`#panel-en [data-tool="${name}"]`);
    await page.fill("#en-title", "All of it");
    await page.selectOption("#category", "tests");
    await box.click();
    for (const name of ["strong", "em", "underline", "strike", "code"]) {
      await tool(name).click();
      await page.keyboard.insertText(name);
      await tool(name).click();
      if (name !== "code") await page.keyboard.insertText(" ");
    }
    await page.keyboard.press("Enter");
    await page.keyboard.type("## Heading");
    await page.keyboard.press("Enter");
    await page.keyboard.type("- one");
    await page.keyboard.press("Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.keyboard.type("3. three");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.keyboard.type("> said");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await tool("rule").click();
    await tool("link").click();
    await page.fill("#ask-input", "example.org/page");
    await page.locator("dialog button.primary").click();
    await tool("image").click();
    await page.fill("#image-src", "https://example.org/picture.png");
    await page.fill("#image-alt", "A picture");
    await page.locator("dialog button.primary").click();
    await tool("html").click();
    const written = await page.locator("#panel-en .html-source").inputValue();
    for (const part of ["<strong>strong</strong>", "<em>em</em>", "<u>underline</u>", "<s>strike</s>", "<code>code</code>", "<h2>Heading</h2>", "<ul><li><p>one</p></li><li><p>two</p></li></ul>",
      '<ol start="3"><li><p>three</p></li></ol>', "<blockquote><p>said</p></blockquote>", "<hr>", '<a href="https://example.org/page"', '<img src="https://example.org/picture.png" alt="A picture">']) {
      assert.ok(written.includes(part), `${part} in ${written}`);
    }
    await tool("html").click();
    await page.click("#editor-save");
    await page.getByText("Draft saved").waitFor();
    await page.reload();
    await page.waitForFunction(() => document.querySelector("#en-title")?.value === "All of it");
    assert.equal(await tool("html").getAttribute("aria-pressed"), "false", "the prose view shows all of it");
    await tool("html").click();
    assert.equal(await page.locator("#panel-en .html-source").inputValue(), written);
  });
});

const BEYOND_THE_TOOLBAR = [
  "<table><tbody><tr><td>1</td><td>2</td></tr></tbody></table>", '<p lang="th">ไทย</p>', '<img src="https://example.org/a.png" width="40" height="30">',
  "<h5>Small</h5>", "<figure><img src=\"/a.png\" alt=\"a\"><figcaption>b</figcaption></figure>", '<p><span dir="rtl">x</span></p>', '<img src="http://example.org/a.png">',
];

test("what the prose view cannot hold stays in the HTML view, and saving beside it loses nothing", async () => {
  await visitor({ ...WIDE, expected: [/ERR_/, /404/, /img-src/] }, async (page) => {
    for (const content of BEYOND_THE_TOOLBAR) {
      const item = await article({ content: `<p>Before</p>${content}` });
      const stored = (await read(item.id)).body.translations.en.content;
      await open(page, item);
      assert.equal(await page.locator("#panel-en .html-source").isVisible(), true, content);
      assert.equal(await page.locator("#panel-th .html-source").isVisible(), false);
      await page.fill("#en-excerpt", "Changed beside it");
      await page.click("#editor-save");
      await page.getByText("Draft saved").first().waitFor();
      assert.equal((await read(item.id)).body.translations.en.content, stored, content);
    }
  });
});

const WITHIN_THE_TOOLBAR = [
  "<p><b>bold</b> <i>italic</i> H<sub>2</sub>O x<sup>2</sup></p>", '<ul><li>one</li><li><p>two</p><ul><li>three</li></ul></li></ul>', "<pre>  code\n  more</pre>",
  '<p><a href="/articles" title="All">here</a><br>next line</p>', "<h2>a</h2><h3>b</h3><h4>c</h4><hr><blockquote><p>d</p></blockquote>", '<ol start="4"><li>four</li></ol>',
];

test("what the toolbar can make is shown as prose, and only what is edited changes", async () => {
  await visitor(WIDE, async (page) => {
    for (const content of WITHIN_THE_TOOLBAR) {
      const item = await article({ content });
      const stored = (await read(item.id)).body.translations.en.content;
      await open(page, item);
      assert.equal(await page.locator("#panel-en .html-source").isVisible(), false, content);
      await page.fill("#en-excerpt", "Changed beside it");
      await page.click("#editor-save");
      await page.getByText("Draft saved").first().waitFor();
      assert.equal((await read(item.id)).body.translations.en.content, stored, content);
    }
  });
});

test("pasted markup becomes what may be written, and runs nothing", async () => {
  // The browser reports what the pasted text would have liked to do, from the detached document that it is read in.
  const attempts = [/(script|style)-src-attr/, /inline event handler/, /inline style/];
  await visitor({ ...WIDE, expected: attempts }, async (page) => {
    await login(page, "/admin/articles/new");
    await page.locator("#panel-en .ProseMirror").click();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData("text/html", `<h1 onclick="window.ran=1">Big</h1><p style="color:red">Red <b>bold</b> <a href="javascript:window.ran=1">link</a>
        <script>window.ran=1<\/script><img src=x onerror="window.ran=1"><svg onload="window.ran=1"></svg></p>`);
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await page.locator("#panel-en .ProseMirror strong", { hasText: "bold" }).waitFor();
    await page.locator('#panel-en [data-tool="html"]').click();
    assert.equal(await page.locator("#panel-en .html-source").inputValue(), "<h2>Big</h2><p>Red <strong>bold</strong> link</p>");
    assert.equal(await page.evaluate(() => window.ran), undefined);
  });
});

test("the way back from the editor leads to the list as it was left", async () => {
  const item = await article();
  await visitor({}, async (page) => {
    await login(page);
    await page.selectOption("#filter-status", "draft");
    await page.fill("#filter-search", item.mark);
    await page.waitForFunction(() => document.querySelectorAll(".table-row[data-key]").length === 1);
    await page.locator(".cell-title a").click();
    await page.waitForSelector("#editor-save");
    await page.getByRole("link", { name: "To the list of articles" }).click();
    await page.locator(".table-row", { hasText: item.mark }).waitFor();
    assert.deepEqual([await page.inputValue("#filter-status"), await page.inputValue("#filter-search")], ["draft", item.mark]);
    assert.equal(await page.locator(".table-row[data-key]").count(), 1);
  });
});
