// The small pure parts of the SDK: waits, transports, states, frames, what is kept for tabs that come later.
import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs, endOfClose, endOfStatus, waitAfter } from "../../../wasm/browser/src/backoff.js";
import { frameOfEvent, frameOfMessage } from "../../../wasm/browser/src/frames.js";
import { Ladder } from "../../../wasm/browser/src/ladder.js";
import { further } from "../../../wasm/browser/src/position.js";
import { Recent } from "../../../wasm/browser/src/recent.js";
import { Standing } from "../../../wasm/browser/src/standing.js";

test("waits are drawn from the whole interval, which doubles to 30 s", () => {
  const bounds = Array.from({ length: 9 }, (_, failures) => backoffMs(failures, () => 1));
  assert.deepEqual(bounds, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(backoffMs(5, () => 0), 0);
  assert.equal(backoffMs(5, () => 0.25), 4000);
});

test("what the server asks for is the least, whatever chance says", () => {
  for (const why of ["cut", "busy", "final"]) {
    for (const chance of [0, 0.5, 1]) assert.ok(waitAfter({ why, askedMs: 7000 }, 0, () => chance) >= 7000, why);
  }
  assert.ok(waitAfter({ why: "final" }, 0, () => 0) >= 60_000);
});

test("close codes and statuses say what to do", () => {
  const codes = { 1000: "cut", 1006: "cut", 1009: "cut", 1012: "cut", 1013: "busy", 4001: "login", 4003: "final", 4004: "final", 4008: "final" };
  for (const [code, why] of Object.entries(codes)) assert.equal(endOfClose(Number(code)), why, code);
  const statuses = { 401: "login", 403: "final", 404: "final", 429: "busy", 500: "cut", 502: "cut", 503: "cut" };
  for (const [status, why] of Object.entries(statuses)) assert.equal(endOfStatus(Number(status)), why, status);
});

function climb(ladder, steps) {
  return [...steps].map((step) => {
    const rung = ladder.rung;
    if (step === "x") ladder.failed();
    else if (step === "r") ladder.failed(true);
    else {
      ladder.opened();
      ladder.ended();
    }
    return rung;
  }).concat(ladder.rung).join(" ");
}

const LADDERS = [
  ["two tries a rung, then down, then from the top", "xxxxxxx", "socket socket sse sse poll poll socket socket"],
  ["who was open begins at the top", "xxo", "socket socket sse socket"],
  ["after polling each rung above gets one try", "xxxxoxxo", "socket socket sse sse poll socket sse poll socket"],
  ["a transport that opened is believed again", "xxxxooxx", "socket socket sse sse poll socket socket socket sse"],
  ["a refusal is not asked twice", "rr", "socket sse poll"],
];
for (const [name, steps, rungs] of LADDERS) {
  test(`ladder: ${name}`, () => assert.equal(climb(new Ladder(["socket", "sse", "poll"]), steps), rungs));
}

test("a ladder of one rung stays on it, and says that there is no other", () => {
  const ladder = new Ladder(["sse"]);
  assert.equal(ladder.failed(true), false);
  assert.equal(ladder.rung, "sse");
});

// [what happens, the states that are told]
const STANDINGS = [
  ["t o0", "connecting live"],
  ["t o0 l t o1 s", "connecting live connecting catching-up live"],
  ["t o0 l t l t l t o1 s", "connecting live connecting offline-since catching-up live"],
  ["t l t l t o0", "connecting offline-since live"],
  ["t o0 d r", "connecting live degraded live"],
  ["t o0 d l t o1 s", "connecting live degraded connecting catching-up live"],
  ["t l t l t p t l t l p t o1", "connecting offline-since degraded catching-up"],
  ["t l t l t p L t", "connecting offline-since degraded offline-since"],
  ["t o0 L", "connecting live offline-since"],
  ["t o0 s r", "connecting live"],
];
for (const [steps, expected] of STANDINGS) {
  test(`standing: ${steps}`, () => {
    const standing = new Standing(), told = [];
    const calls = {
      t: () => standing.trying(), o0: () => standing.opened(false), o1: () => standing.opened(true), s: () => standing.settled(), d: () => standing.serverSays(true),
      r: () => standing.serverSays(false), l: () => standing.lost(5), L: () => standing.lost(9, 2), p: () => standing.polled(7),
    };
    for (const step of steps.split(" ")) if (calls[step]()) told.push(standing.state.name);
    assert.equal(told.join(" "), expected);
  });
}

test("offline since is the moment of the first loss, or of the last answer", () => {
  const standing = new Standing();
  standing.opened(false);
  standing.lost(100);
  standing.lost(200);
  assert.deepEqual(standing.state, { name: "offline-since", since: 100 });
  standing.polled(300);
  standing.lost(400, 2);
  assert.deepEqual(standing.state, { name: "offline-since", since: 300 });
});

const MESSAGES = [
  [{ type: "stream-open", position: "e-1" }, { kind: "open", position: "e-1" }],
  [{ type: "stream-reset", position: "e-1", reason: "epoch" }, { kind: "reset", position: "e-1", reason: "epoch" }],
  [{ type: "heartbeat" }, { kind: "mark", position: null }],
  [{ type: "status", state: "degraded" }, { kind: "status", degraded: true }],
  [{ type: "status", state: "live" }, { kind: "status", degraded: false }],
  [{ type: "auth-ok" }, { kind: "mark", position: null }],
  [{ type: "notification", notification_type: "token_expiring" }, { kind: "expiring" }],
  [{ type: "course_created", course: {}, position: "e-2" }, { kind: "event", event: { type: "course_created", data: { type: "course_created", course: {}, position: "e-2" }, position: "e-2" } }],
  [{ event: "blog-created", data: {}, position: "e-3" }, { kind: "event", event: { type: "blog-created", data: { event: "blog-created", data: {}, position: "e-3" }, position: "e-3" } }],
  [{ type: "user_typing" }, { kind: "event", event: { type: "user_typing", data: { type: "user_typing" }, position: null } }],
];
test("messages of a socket", () => {
  for (const [message, frame] of MESSAGES) assert.deepEqual(frameOfMessage(JSON.stringify(message)), frame);
  for (const text of ["", "x", "[]", "null", "3", '"a"']) assert.throws(() => frameOfMessage(text), text);
});

test("an SSE event has the position of its own id; one that only inherits an id has none", () => {
  const data = '{"type":"article_published"}';
  assert.equal(frameOfEvent({ type: "message", data, id: "e-5" }, "e-4").event.position, "e-5");
  assert.equal(frameOfEvent({ type: "message", data, id: "e-5" }, "e-5").event.position, null);
  assert.equal(frameOfEvent({ type: "message", data, id: "" }, "").event.position, null);
  assert.deepEqual(frameOfEvent({ comment: "degraded" }, ""), { kind: "status", degraded: true });
  assert.deepEqual(frameOfEvent({ comment: "anything" }, ""), { kind: "mark", position: null });
});

const event = (number, size = 10) => ({ type: "t", data: { text: "x".repeat(size) }, position: `e-${number}` });
test("what is kept answers who comes later, or says that it cannot", () => {
  const recent = new Recent("e-5");
  for (const number of [6, 8, 9]) recent.add(event(number));
  const at = (position) => recent.since(position)?.map((item) => item.position) ?? null;
  assert.deepEqual(at("e-5"), ["e-6", "e-8", "e-9"]);
  assert.deepEqual(at("e-7"), ["e-8", "e-9"]);
  assert.deepEqual(at("e-9"), []);
  assert.deepEqual(at("e-12"), []);
  assert.equal(at("e-4"), null);
  assert.equal(at("f-8"), null);
  assert.equal(at(null), null);
});

test("what is kept has a bound in events and in characters, and its floor rises", () => {
  const many = new Recent("e-0"), large = new Recent("e-0");
  for (let number = 1; number <= 513; number++) many.add(event(number));
  assert.equal(many.since("e-0"), null);
  assert.equal(many.since("e-1").length, 512);
  for (let number = 1; number <= 5; number++) large.add(event(number, 1024 * 1024));
  assert.equal(large.since("e-1"), null);
  assert.equal(large.since("e-2").length, 3);
  large.add({ type: "typing", data: {}, position: null });
  assert.equal(large.since("e-2").length, 3);
});

test("the further of two places; another log is news", () => {
  assert.equal(further("e-5", "e-6"), "e-6");
  assert.equal(further("e-6", "e-5"), "e-6");
  assert.equal(further("e-6", "f-1"), "f-1");
  assert.equal(further(null, "e-1"), "e-1");
  assert.equal(further("e-1", null), "e-1");
});
