import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEvent, listFrom } from "../../../functions/web/src/lib/article_list.js";

const article = (number, fields = {}) => ({
  id: `01ARTICLE${String(number).padStart(17, "0")}`, slug: `a-${number}`, title: `A ${number}`, category: { slug: "news", name: "News" },
  published_at: `2026-01-01T00:00:${String(number).padStart(2, "0")}Z`, ...fields,
});
const page = (numbers, { filter = {}, first = true, next = "more" } = {}) =>
  listFrom({ results: numbers.map((number) => article(number)), count: 40, next }, { filter: { category: "", search: "", ...filter }, first });
const ids = (list) => list.items.map((item) => item.slug).join(" ");
const event = (type, item) => ({ type: `article_${type}`, article: item });

test("a published article is put where the API would list it", () => {
  const { list, change } = applyEvent(page([9, 8, 6]), event("published", article(10)));
  assert.equal(ids(list), "a-10 a-9 a-8 a-6");
  assert.equal(list.count, 41);
  assert.equal(change.kind, "added");
  assert.equal(ids(applyEvent(page([9, 8, 6]), event("published", article(7))).list), "a-9 a-8 a-7 a-6");
});

test("an article older than the page belongs to a later one, unless there is none", () => {
  assert.equal(applyEvent(page([9, 8, 6]), event("published", article(3))).change.kind, "none");
  assert.equal(ids(applyEvent(page([9, 8, 6], { next: null }), event("published", article(3))).list), "a-9 a-8 a-6 a-3");
});

test("a later page stands still and says that there is something new", () => {
  const before = page([9, 8, 6], { first: false });
  const { list, change } = applyEvent(before, event("published", article(20)));
  assert.equal(list, before);
  assert.equal(change.kind, "elsewhere");
});

test("what only the search of the server can judge is not guessed", () => {
  const before = page([9, 8], { filter: { search: "river" } });
  const { list, change } = applyEvent(before, event("published", article(20)));
  assert.equal(list, before);
  assert.equal(change.kind, "elsewhere");
});

test("an update replaces in place, on every page, also under a search", () => {
  for (const options of [{}, { first: false }, { filter: { search: "x" } }]) {
    const { list, change } = applyEvent(page([9, 8, 6], options), event("updated", article(8, { title: "New" })));
    assert.equal(list.items[1].title, "New");
    assert.equal(list.count, 40);
    assert.equal(change.kind, "updated");
  }
});

test("the same event twice changes nothing the second time", () => {
  const once = applyEvent(page([9, 8]), event("published", article(10))).list;
  const twice = applyEvent(once, event("published", article(10))).list;
  assert.deepEqual(twice, once);
});

test("an article that leaves the category leaves the page, one that enters comes in", () => {
  const sport = { category: { slug: "sport", name: "Sport" } };
  const left = applyEvent(page([9, 8], { filter: { category: "news" } }), event("updated", article(8, sport)));
  assert.equal(ids(left.list), "a-9");
  assert.equal(left.change.kind, "removed");
  assert.equal(applyEvent(page([9], { filter: { category: "news" } }), event("published", article(10, sport))).change.kind, "none");
  assert.equal(ids(applyEvent(page([9, 7], { filter: { category: "news" } }), event("updated", article(8))).list), "a-9 a-8 a-7");
});

test("unpublished and deleted articles go, by id alone; unknown ones are nothing", () => {
  for (const type of ["unpublished", "deleted"]) {
    const { list, change } = applyEvent(page([9, 8]), event(type, { id: article(9).id, slug: "a-9" }));
    assert.equal(ids(list), "a-8");
    assert.equal(list.count, 39);
    assert.equal(change.kind, "removed");
    assert.equal(applyEvent(page([9]), event(type, { id: article(1).id, slug: "a-1" })).change.kind, "none");
  }
});

test("an event of a type that is not known yet is nothing", () => {
  assert.equal(applyEvent(page([9]), event("translated", article(9))).change.kind, "none");
});

test("the first page grows to a limit and then only counts", () => {
  let list = page([1], { next: "more" });
  for (let number = 0; number < 400; number++) {
    list = applyEvent(list, event("published", article(number, { id: `N${number}`, published_at: `2027-01-01T00:00:00.${String(number).padStart(3, "0")}Z` }))).list;
  }
  assert.equal(list.items.length, 200);
});

test("articles of one batch stand as the API lists them, the later in the log first, and an edit moves none", () => {
  const same = { published_at: "2026-01-01T00:00:30.000Z" };
  let list = page([9]);
  for (const number of [1, 3, 2]) list = applyEvent(list, event("published", article(number, same))).list;
  assert.equal(ids(list), "a-2 a-3 a-1 a-9");
  assert.equal(ids(applyEvent(list, event("updated", article(1, { ...same, title: "Edited" }))).list), "a-2 a-3 a-1 a-9");
});
