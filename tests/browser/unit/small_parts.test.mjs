// Positions, health, words, addresses: the small pure parts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { covers, parsePosition } from "../../../wasm/browser/src/position.js";
import { overall, partsOf } from "../../../functions/web/src/lib/health.js";
import { chooseLanguage, message } from "../../../functions/web/src/lib/text.js";
import { en } from "../../../functions/web/src/text/en.js";
import { th } from "../../../functions/web/src/text/th.js";

test("a snapshot covers events of its epoch up to its sequence, and none of another", () => {
  assert.equal(covers("abcd1234-10", "abcd1234-10"), true);
  assert.equal(covers("abcd1234-10", "abcd1234-9"), true);
  assert.equal(covers("abcd1234-10", "abcd1234-11"), false);
  assert.equal(covers("abcd1234-10", "zzzz9999-1"), false);
  assert.equal(covers(null, "abcd1234-1"), false);
  assert.equal(covers("abcd1234-9007199254740993", "abcd1234-9007199254740992"), true);
});

test("what is no position is none", () => {
  for (const text of ["", "abc", "abc-", "-1", "abc-1x", "ABC-1", null, undefined, "abc-12345678901234567890"]) assert.equal(parsePosition(text), null);
});

const ok = { reached: true, status: 200, body: { status: "ok" }, ms: 3 };
test("the state of the whole follows its parts", () => {
  const bad = { reached: true, status: 503, body: { status: "degraded", missing: ["store"] }, ms: 3 };
  const away = { reached: false, status: 0, body: null, ms: 8000 };
  assert.equal(overall(partsOf({ alive: ok, ready: ok })), "ok");
  assert.equal(overall(partsOf({ alive: ok, ready: bad })), "degraded");
  assert.deepEqual(partsOf({ alive: ok, ready: bad }).at(-1), { name: "store", state: "down", detail: "" });
  assert.equal(overall(partsOf({ alive: away, ready: away })), "down");
});

test("parts are read from both shapes", () => {
  const named = partsOf({ alive: ok, ready: { ...ok, body: { checks: { log: { status: "ok", detail: "e-5" }, store: "failed" } } } }).slice(2);
  assert.deepEqual(named, [{ name: "log", state: "ok", detail: "e-5" }, { name: "store", state: "down", detail: "failed" }]);
  const listed = partsOf({ alive: ok, ready: { ...ok, body: { components: [{ name: "log", status: "ready" }] } } }).slice(2);
  assert.deepEqual(listed, [{ name: "log", state: "ok", detail: "" }]);
});

test("both languages say everything, with the same places", () => {
  assert.deepEqual(Object.keys(th).sort(), Object.keys(en).sort());
  const places = (entry) => [...new Set((typeof entry === "object" ? entry.other : entry).match(/\{\w+\}/g) ?? [])].sort();
  for (const key of Object.keys(en)) assert.deepEqual(places(th[key]), places(en[key]), key);
});

test("Thai text is Thai", () => {
  for (const [key, text] of Object.entries(th)) {
    if (key === "footer.api" || key === "error.refused") continue;
    assert.match(typeof text === "object" ? text.other : text, /[\u0e00-\u0e7f]/, key);
  }
});

test("every text that the code asks for exists", () => {
  const root = fileURLToPath(new URL("../../../functions/web/", import.meta.url));
  const files = ["src", "pages"].flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((name) => `${root}${folder}/${name}`)).filter((name) => /\.(js|html)$/.test(name) && !name.includes("/text/"));
  const asked = files.flatMap((name) => [...readFileSync(name, "utf8").matchAll(/"((?:nav|theme|footer|home|live|list|article|state|error|login|status|notFound|admin|editor|conflict|categories|courses|users|rich)\.[\w.]+)"/g)].map((match) => match[1]));
  assert.ok(asked.length > 150);
  for (const key of asked) assert.ok(key in en, key);
});

test("one and many differ where the language does", () => {
  assert.equal(message("list.new", { count: 1 }, "en"), "1 new article");
  assert.equal(message("list.new", { count: 1234 }, "en"), "1,234 new articles");
  assert.equal(message("list.new", { count: 3 }, "th"), "บทความใหม่ 3 เรื่อง");
  assert.throws(() => message("no.such.key"));
});

test("the language is the address's, then the reader's choice, then the browser's", () => {
  assert.equal(chooseLanguage({ search: "?language=th", stored: "en", preferred: ["en"] }), "th");
  assert.equal(chooseLanguage({ search: "?language=fr", stored: "th", preferred: ["en"] }), "th");
  assert.equal(chooseLanguage({ search: "", stored: null, preferred: ["th-TH", "en"] }), "th");
  assert.equal(chooseLanguage({ search: "", stored: "xx", preferred: ["fr", "de"] }), "en");
});
