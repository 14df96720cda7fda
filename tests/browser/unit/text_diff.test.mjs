import assert from "node:assert/strict";
import { test } from "node:test";
import { diff, words } from "../../../functions/web/src/lib/text_diff.js";

const before = (parts) => parts.filter((part) => part.kind !== "added").map((part) => part.text).join("");
const after = (parts) => parts.filter((part) => part.kind !== "removed").map((part) => part.text).join("");

const CASES = [
  ["", ""], ["", "new"], ["old", ""], ["the same", "the same"], ["the river rises", "the river falls"], ["a b c d e", "a c d x e"],
  ["x x x x", "x x"], ["แม่น้ำขึ้นในเดือนมิถุนายน", "แม่น้ำลงในเดือนกรกฎาคม"], ["line one\nline two", "line two\nline three"],
];

for (const [a, b] of CASES) {
  test(`the parts give both texts back: ${JSON.stringify(a)} → ${JSON.stringify(b)}`, () => {
    const parts = diff(a, b);
    assert.equal(before(parts), a);
    assert.equal(after(parts), b);
  });
}

test("only the word that changed is marked, in Thai too", () => {
  assert.deepEqual(diff("the river rises fast", "the river falls fast").filter((part) => part.kind !== "same"),
    [{ kind: "removed", text: "rises" }, { kind: "added", text: "falls" }]);
  assert.deepEqual(diff("แม่น้ำขึ้น", "แม่น้ำลง"), [{ kind: "same", text: "แม่น้ำ" }, { kind: "removed", text: "ขึ้น" }, { kind: "added", text: "ลง" }]);
});

test("Thai is cut into words, not at every letter", () => {
  assert.deepEqual(words("ยินดีต้อนรับ"), ["ยินดี", "ต้อนรับ"]);
});

test("random texts always come back, and a long rewrite ends", () => {
  let state = 42;
  const random = (below) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
  for (let round = 0; round < 300; round++) {
    const text = () => Array.from({ length: random(30) }, () => "abc "[random(4)]).join("");
    const a = text(), b = text(), parts = diff(a, b);
    assert.equal(before(parts), a);
    assert.equal(after(parts), b);
  }
  const a = Array.from({ length: 4000 }, (_, at) => `a${at}`).join(" "), b = Array.from({ length: 4000 }, (_, at) => `b${at}`).join(" ");
  const parts = diff(a, b);
  assert.equal(before(parts), a);
  assert.equal(after(parts), b);
});
