import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser } from "../../../wasm/browser/src/event_parser.js";

const bytes = (text) => new TextEncoder().encode(text);
const all = (text, options) => new EventParser(options).feed(bytes(text));

// WHATWG HTML, server-sent events, interpretation
const CASES = [
  ["an event has a type, data and the last id", "event: add\ndata: 73857293\nid: 7\n\n", [{ type: "add", data: "73857293", id: "7" }]],
  ["lines of data are joined by a newline", "data: YHOO\ndata: +2\ndata: 10\n\n", [{ type: "message", data: "YHOO\n+2\n10", id: "" }]],
  ["one space after the colon is dropped, a second stays", "data:test\n\ndata: test\n\ndata:  test\n\n",
    [{ type: "message", data: "test", id: "" }, { type: "message", data: "test", id: "" }, { type: "message", data: " test", id: "" }]],
  ["a field without a colon is an empty one", "data\n\ndata\ndata\n\ndata:", [{ type: "message", data: "", id: "" }, { type: "message", data: "\n", id: "" }]],
  ["an event without data is none, but its id counts", "id: 9\n\ndata: x\n\n", [{ type: "message", data: "x", id: "9" }]],
  ["an id with NUL is ignored", "id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n", [{ type: "message", data: "a", id: "1" }, { type: "message", data: "b", id: "1" }]],
  ["an empty id clears it", "id: 1\ndata: a\n\nid\ndata: b\n\n", [{ type: "message", data: "a", id: "1" }, { type: "message", data: "b", id: "" }]],
  ["the type does not outlive its event", "event: a\ndata: 1\n\ndata: 2\n\n", [{ type: "a", data: "1", id: "" }, { type: "message", data: "2", id: "" }]],
  ["all three line ends are known", "data: a\r\n\r\ndata: b\r\rdata: c\n\n",
    [{ type: "message", data: "a", id: "" }, { type: "message", data: "b", id: "" }, { type: "message", data: "c", id: "" }]],
  ["a comment is told", ": degraded\n\ndata: a\n\n", [{ comment: "degraded" }, { type: "message", data: "a", id: "" }]],
  ["a byte order mark at the start is dropped", "\ufeffdata: a\n\n", [{ type: "message", data: "a", id: "" }]],
  ["Thai text arrives whole", "data: ข่าววันนี้ 🌊\n\n", [{ type: "message", data: "ข่าววันนี้ 🌊", id: "" }]],
  ["an unknown field is nothing", "colour: red\ndata: a\n\n", [{ type: "message", data: "a", id: "" }]],
];

for (const [name, text, expected] of CASES) {
  test(`${name}, in one piece and cut at every byte`, () => {
    assert.deepEqual(all(text), expected);
    const whole = bytes(text);
    for (let cut = 1; cut < whole.length; cut++) {
      const parser = new EventParser();
      assert.deepEqual([...parser.feed(whole.slice(0, cut)), ...parser.feed(whole.slice(cut))], expected, `cut at ${cut}`);
    }
  });
}

test("retry is kept when it is digits only", () => {
  const parser = new EventParser();
  parser.feed(bytes("retry: 1500\n\nretry: soon\n\n"));
  assert.equal(parser.retryMs, 1500);
});

test("an event past the limit throws, however it is cut", () => {
  assert.throws(() => all(`data: ${"x".repeat(200)}`, { charactersMax: 100 }));
  const parser = new EventParser({ charactersMax: 100 });
  assert.throws(() => {
    for (let line = 0; line < 30; line++) parser.feed(bytes("data: xxxxxxxxx\n"));
  });
});
