import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, emptyValues, fieldOf, validate, valuesOf } from "../../../functions/web/src/admin/article_form.js";
import { merged, threeWay } from "../../../functions/web/src/admin/form_values.js";

const written = { ...emptyValues(), "en.title": "Rain", "en.content": "<p>Rain.</p>", category: "news", slug: "rain" };

test("an article becomes values and values the body of a PUT, unchanged", () => {
  const article = {
    slug: "rain", status: "published", category: { slug: "news", name: "News" },
    translations: { en: { title: "Rain", excerpt: "Wet", content: "<p>Rain.</p>" }, th: { title: "ฝน", excerpt: "", content: "<p>ฝน</p>" } },
  };
  assert.deepEqual(bodyOf(valuesOf(article)), { status: "published", category: "news", slug: "rain", translations: article.translations });
});

test("a language that nobody wrote in is not sent, an empty slug neither", () => {
  assert.deepEqual(Object.keys(bodyOf(written).translations), ["en"]);
  assert.equal("slug" in bodyOf({ ...written, slug: "" }), false);
  assert.equal(bodyOf({ ...written, category: "" }).category, null);
  assert.deepEqual(Object.keys(bodyOf({ ...written, "th.content": "<p></p>" }).translations), ["en"]);
});

const WRONG = [
  ["nothing written", emptyValues(), ["en.title"]],
  ["content without a title", { ...written, "th.content": "<p>ฝน</p>" }, ["th.title"]],
  ["a title of 201 characters", { ...written, "en.title": "x".repeat(201) }, ["en.title"]],
  ["an excerpt of 501 characters", { ...written, "en.excerpt": "x".repeat(501) }, ["en.excerpt"]],
  ["content of more than 512 Ki characters", { ...written, "en.content": "ก".repeat(512 * 1024 + 1) }, ["en.content"]],
  ["a slug with capitals", { ...written, slug: "Rain" }, ["slug"]],
];
for (const [name, values, fields] of WRONG) {
  test(`refused before it is sent: ${name}`, () => {
    for (const field of fields) assert.ok(field in validate(values), `${field} of ${Object.keys(validate(values))}`);
  });
}

test("what is just within the limits is accepted; lengths count characters, not UTF-16", () => {
  assert.deepEqual(validate({ ...written, "en.title": "🌊".repeat(200), "en.excerpt": "ก".repeat(500), "en.content": "🌊".repeat(512 * 1024), slug: `a${"-".repeat(99)}` }), {});
});

test("a merge suggests the side that alone changed a field, and leaves the rest to a person", () => {
  const base = { ...written, "en.excerpt": "old", status: "draft" };
  const mine = { ...base, "en.title": "Rain again", "en.excerpt": "mine" };
  const theirs = { ...base, "en.excerpt": "theirs", status: "published" };
  const rows = threeWay(base, mine, theirs);
  assert.deepEqual(rows.map((row) => [row.field, row.suggestion]), [["en.title", "mine"], ["en.excerpt", null], ["status", "theirs"]]);
});

test("the same change on both sides is no conflict", () => {
  assert.deepEqual(threeWay(written, { ...written, "en.title": "Sun" }, { ...written, "en.title": "Sun" }), []);
});

test("a merge keeps what nobody chose as they have it", () => {
  assert.deepEqual(merged({ ...written, slug: "theirs" }, { "en.title": "mine" }), { ...written, slug: "theirs", "en.title": "mine" });
});

test("field names of the server are found, unknown ones are not", () => {
  assert.equal(fieldOf("translations.en.title"), "en.title");
  assert.equal(fieldOf("slug"), "slug");
  assert.equal(fieldOf("translations.fr.title"), null);
});
