// The list for readers: pages that stand still, filters, search, and the words about what is new.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { article, category, remove, unique } from "../support/api.mjs";
import { card, live, visitor } from "../support/browser.mjs";

const word = unique("paged"), slug = unique("category").toLowerCase();
const titles = (page) => page.locator("#articles .card h3").allInnerTexts();
const loaded = (page) => page.waitForSelector("#articles:not([aria-busy])");

before(async () => {
  await category(slug);
  for (let number = 0; number < 27; number++) await article({ mark: `${word}-${number}`, category: slug, status: "published" });
});

test("later pages stand still while new articles arrive, and say so", async () => {
  await visitor({}, async (page) => {
    await page.goto(`/articles?category=${slug}`);
    await live(page);
    await loaded(page);
    const first = await titles(page);
    assert.equal(first.length, 12);
    await page.locator("#pager a", { hasText: "Older" }).click();
    await page.getByText("Page 2 of 3").waitFor();
    const second = await titles(page);
    assert.equal(second.length, 12);
    assert.deepEqual(second.filter((title) => first.includes(title)), []);

    for (let number = 0; number < 3; number++) await article({ mark: `${word}-new-${number}`, category: slug, status: "published" });
    await page.locator("#new-articles", { hasText: "3 new articles" }).waitFor();
    assert.deepEqual(await titles(page), second);
    await page.reload();
    await loaded(page);
    assert.deepEqual(await titles(page), second, "the address holds the place");
    await page.locator("#pager a", { hasText: "Older" }).click();
    await page.getByText(/Page 3 of/).waitFor();
    await loaded(page);
    assert.deepEqual((await titles(page)).filter((title) => first.includes(title) || second.includes(title)), [], "no article on two pages");

    await page.goBack();
    await page.getByText(/Page 2 of/).waitFor();
    await loaded(page);
    assert.deepEqual(await titles(page), second);
    await article({ mark: `${word}-last`, category: slug, status: "published" });
    await page.locator("#new-articles", { hasText: "1 new article" }).click();
    await card(page, `${word}-last`).waitFor();
    await page.getByText(/Page 1 of/).waitFor();
  });
});

test("who reads further down is not moved: the news wait behind a chip", async () => {
  await visitor({ width: 390 }, async (page) => {
    await page.goto(`/articles?category=${slug}`);
    await live(page);
    await loaded(page);
    const before = await titles(page);
    await page.evaluate(() => scrollTo(0, 1200));
    const item = await article({ mark: `${word}-below`, category: slug, status: "published" });
    await page.locator("#new-articles", { hasText: "1 new article" }).waitFor();
    assert.deepEqual(await titles(page), before);
    await page.locator("#new-articles").click();
    await card(page, item.mark).waitFor();
    assert.ok((await page.evaluate(() => scrollY)) < 200);
    assert.equal(await page.locator("#new-articles").isVisible(), false);
  });
});

test("search waits for the typing to pause, finds in both languages, and follows new articles", async () => {
  const mark = unique("needle");
  await article({ mark, status: "published" });
  await visitor({}, async (page) => {
    const asked = [];
    page.on("request", (request) => request.url().includes("search=") && asked.push(new URL(request.url()).searchParams.get("search")));
    await page.goto("/articles");
    await live(page);
    await page.locator("#search").pressSequentially(mark, { delay: 20 });
    await card(page, mark).waitFor();
    await page.getByText("1 article", { exact: true }).waitFor();
    assert.deepEqual([...new Set(asked)], [mark], "one question, for the whole word");
    await article({ mark: `${mark}b`, title: `Title ${mark} again`, status: "published" });
    await page.waitForFunction(() => document.querySelectorAll("#articles .card").length === 2);
    await page.fill("#search", `${mark}-nothing`);
    await page.getByText("Nothing found").waitFor();
    await page.getByRole("button", { name: "Show all articles" }).click();
    await page.waitForFunction(() => document.querySelectorAll("#articles .card").length > 2);
    assert.equal(await page.inputValue("#search"), "");
  });
  await visitor({ language: "th" }, async (page) => {
    await page.goto("/articles");
    await loaded(page);
    await page.fill("#search", `ชื่อเรื่อง ${mark}`);
    await card(page, mark).first().waitFor();
  });
});

test("a category shows its own, and an article of another does not come in", async () => {
  await category("tests");
  await visitor({}, async (page) => {
    await page.goto("/articles");
    await live(page);
    await page.locator("#categories .chip", { hasText: `Name of ${slug}` }).click();
    await loaded(page);
    for (const kicker of await page.locator("#articles .card-kicker").allInnerTexts()) assert.equal(kicker, `Name of ${slug}`);
    const stranger = await article({ category: "tests", status: "published" });
    const own = await article({ mark: `${word}-own`, category: slug, status: "published" });
    await card(page, own.mark).waitFor();
    assert.equal(await card(page, stranger.mark).count(), 0);
  });
});

test("an article of one language only is shown in it, and says so", async () => {
  const mark = unique("single");
  await article({ mark, status: "published", translations: { en: { title: `Only ${mark}`, content: "<p>x</p>" } } });
  await visitor({ language: "th" }, async (page) => {
    await page.goto("/articles");
    await card(page, mark).locator(".tag", { hasText: "English" }).waitFor();
    await card(page, mark).click();
    await page.getByText("บทความนี้ยังไม่มีภาษาไทย").waitFor();
  });
});

test("an address that no page has is a 404 with a way home", async () => {
  await visitor({ expected: [/404/] }, async (page) => {
    const response = await page.goto("/there/is/nothing");
    assert.equal(response.status(), 404);
    await page.getByRole("heading", { name: "This page does not exist" }).waitFor();
    await page.getByRole("link", { name: "Go to the home page" }).click();
    await page.waitForURL((url) => url.pathname === "/");
  });
});

test("the home page shows the newest, live", async () => {
  await visitor({}, async (page) => {
    await page.goto("/");
    await live(page);
    const item = await article({ status: "published" });
    await page.locator("#latest .card").first().getByText(`Title ${item.mark}`).waitFor();
    await page.locator("#ticker li").first().getByText(`Title ${item.mark}`).waitFor();
    assert.equal(await page.locator("#latest .card").count(), 6);
    await remove(item.id);
    await page.locator("#latest", { hasText: item.mark }).waitFor({ state: "detached" });
    await page.locator("#ticker", { hasText: item.mark }).waitFor({ state: "detached" });
    assert.equal(await page.locator("#latest .card").count(), 6);
  });
});
