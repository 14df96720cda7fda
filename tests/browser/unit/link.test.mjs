// Link against a world that the test drives by hand: no network, no clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Link } from "../../../wasm/browser/src/link.js";
import { World, settle } from "../support/world.mjs";

const open = (position) => `event: stream-open\ndata: {"position":"${position}"}\n\n`;
const event = (position, slug) => `id: ${position}\ndata: {"type":"article_published","article":{"slug":"${slug}"}}\n\n`;

const ARTICLES = { sse: "/events" }, COURSES = { socket: "ws://site/ws/courses/", sse: "/events/courses/", list: "/api/courses/" };

function linkIn(world, options = {}) {
  const seen = [], states = [], resets = [], errors = [];
  const link = new Link({
    channel: ARTICLES, world, ...options,
    on: {
      event: (item) => seen.push(item.position), state: (state) => states.push(state.name), error: (error) => errors.push(error),
      reset: (position, reason) => resets.push(`${position} ${reason}`),
    },
  });
  link.start();
  return { link, seen, states, resets, errors };
}

test("a stream is live when the server says that it is open, not before", async () => {
  const world = new World(), { states } = linkIn(world);
  await settle();
  assert.deepEqual(states, ["connecting"]);
  await world.say(open("e-5"));
  assert.deepEqual(states, ["connecting", "live"]);
});

test("after a cut it resumes from the last event that was handed over", async () => {
  const world = new World(), { seen, states } = linkIn(world);
  await settle();
  await world.say(open("e-5") + event("e-6", "a") + event("e-7", "b"));
  await world.cut();
  await world.pass(60_000);
  assert.equal(world.calls.at(-1).position, "e-7");
  await world.say(open("e-7") + event("e-8", "c"));
  assert.deepEqual(seen, ["e-6", "e-7", "e-8"]);
  assert.equal(states.at(-1), "catching-up");
  await world.pass(300);
  assert.equal(states.at(-1), "live");
});

test("a stream that saw no event yet resumes from where it was opened", async () => {
  const world = new World();
  linkIn(world);
  await settle();
  await world.say(open("e-5"));
  await world.cut();
  await world.pass(60_000);
  assert.equal(world.calls.at(-1).position, "e-5");
});

test("one failed try is no alarm, two are: offline since the loss, told once", async () => {
  const world = new World(), { states } = linkIn(world);
  await settle();
  await world.say(open("e-5"));
  const lostAt = world.now();
  await world.cut();
  assert.equal(states.at(-1), "live");
  world.refuse.add("sse");
  await world.pass(40_000);
  assert.deepEqual(states, ["connecting", "live", "connecting", "offline-since"]);
  assert.ok(world.now() > lostAt);
});

test("waits grow to a bound and are spread by chance", async () => {
  const world = new World({ random: () => 1 });
  world.refuse.add("sse");
  linkIn(world);
  await settle();
  const gaps = [];
  for (let tries = 0; tries < 9; tries++) {
    const before = world.calls.length, begun = world.now();
    while (world.calls.length === before) await world.pass(250);
    gaps.push(world.now() - begun);
  }
  assert.ok(gaps[1] > gaps[0] && gaps[2] > gaps[1], `${gaps}`);
  assert.ok(Math.max(...gaps) <= 30_250, `${gaps}`);
});

test("the server's retry and Retry-After are the least wait", async () => {
  const world = new World({ random: () => 0 });
  linkIn(world);
  await settle();
  await world.say("retry: 9000\n\n");
  await world.cut();
  await world.pass(8_500);
  assert.equal(world.calls.length, 1);
  await world.pass(1_000);
  assert.equal(world.calls.length, 2);
  world.status = 429;
  world.headers = { "Retry-After": "20" };
  await world.cut();
  await world.pass(1_000);
  const refusedAt = world.calls.length;
  await world.pass(18_000);
  assert.equal(world.calls.length, refusedAt);
  await world.pass(2_000);
  assert.equal(world.calls.length, refusedAt + 1);
});

test("45 seconds without a byte are a dead connection; a keep-alive is life", async () => {
  const world = new World();
  linkIn(world);
  await settle();
  await world.say(open("e-5"));
  await world.pass(40_000);
  await world.say("event: keep-alive\ndata: {}\n\n");
  await world.pass(40_000);
  assert.equal(world.calls.length, 1);
  await world.pass(20_000);
  assert.equal(world.calls.length, 2);
});

test("a keep-alive moves the place to resume from, and says that all has come", async () => {
  const world = new World(), { states } = linkIn(world);
  await settle();
  await world.say(open("e-5"));
  await world.cut();
  await world.pass(1_000);
  await world.say(`${open("e-5")}id: e-90\nevent: keep-alive\ndata: {"type":"keep-alive","position":"e-90"}\n\n`);
  assert.equal(states.at(-1), "live");
  await world.cut();
  await world.pass(60_000);
  assert.equal(world.calls.at(-1).position, "e-90");
});

test("back online it does not wait for its turn", async () => {
  const world = new World({ random: () => 1 }), { states } = linkIn(world);
  await settle();
  await world.say(open("e-5"));
  world.isOnline = false;
  await world.fire("offline");
  assert.equal(states.at(-1), "offline-since");
  await world.pass(120_000);
  assert.equal(world.calls.length, 1);
  world.isOnline = true;
  await world.fire("online");
  assert.equal(world.calls.length, 2);
});

test("degraded and live again are what the comments say", async () => {
  const world = new World(), { states } = linkIn(world);
  await settle();
  await world.say(`${open("e-5")}: degraded\n\n`);
  assert.equal(states.at(-1), "degraded");
  await world.say(": live\n\n");
  assert.equal(states.at(-1), "live");
});

test("a reset names the new position, once, and the stream goes on from it", async () => {
  const world = new World(), { resets, seen } = linkIn(world, { position: "old-900" });
  await settle();
  assert.equal(world.calls[0].position, "old-900");
  await world.say(`event: stream-reset\ndata: {"position":"e-3","reason":"epoch"}\n\n${event("e-4", "a")}`);
  assert.deepEqual(resets, ["e-3 epoch"]);
  assert.deepEqual(seen, ["e-4"]);
});

test("a stopped stream says and does nothing any more", async () => {
  const world = new World(), { link, states, seen } = linkIn(world);
  await settle();
  await world.say(open("e-5"));
  link.stop();
  await world.pass(600_000);
  assert.equal(world.calls.length, 1);
  assert.deepEqual(states, ["connecting", "live"]);
  assert.deepEqual(seen, []);
});


// ---------------------------------------------------------------- WebSocket, and the way down to polling

const courseEvent = (position) => ({ type: "course_created", course: { slug: "a" }, position, timestamp: "2026-01-01T00:00:00Z" });

test("a WebSocket names its position in the address, and resumes after a close", async () => {
  const world = new World(), { seen, states } = linkIn(world, { channel: COURSES, position: "e-5" });
  await settle();
  assert.equal(world.calls[0].url, "ws://site/ws/courses/?since=e-5");
  await world.tell({ type: "stream-open", position: "e-5" });
  await world.tell(courseEvent("e-6"));
  await world.closeSocket(1012);
  await world.pass(2_000);
  assert.equal(world.calls.at(-1).url, "ws://site/ws/courses/?since=e-6");
  await world.tell({ type: "stream-open", position: "e-6" });
  await world.tell(courseEvent("e-9"));
  await world.pass(300);
  assert.deepEqual(seen, ["e-6", "e-9"]);
  assert.deepEqual(states, ["connecting", "live", "connecting", "catching-up", "live"]);
});

test("a heartbeat moves the position only when it names one", async () => {
  const world = new World();
  linkIn(world, { channel: COURSES });
  await settle();
  await world.tell({ type: "stream-open", position: "e-5" });
  await world.tell({ type: "heartbeat", timestamp: "…" });
  await world.tell({ type: "heartbeat", timestamp: "…", position: "e-40" });
  await world.closeSocket(1006);
  await world.pass(2_000);
  assert.equal(world.calls.at(-1).url, "ws://site/ws/courses/?since=e-40");
});

test("a handshake that hangs is given up after 20 seconds", async () => {
  const world = new World({ random: () => 0 });
  linkIn(world, { channel: COURSES });
  await settle();
  const { ws } = world;
  await world.pass(19_000);
  assert.equal(ws.isOpen, true);
  await world.pass(2_000);
  assert.equal(ws.isOpen, false);
  assert.equal(world.calls.length, 2);
});

test("65 seconds without a frame are a dead WebSocket", async () => {
  const world = new World();
  linkIn(world, { channel: COURSES });
  await settle();
  await world.tell({ type: "stream-open", position: "e-5" });
  const { ws } = world;
  await world.pass(60_000);
  assert.equal(ws.isOpen, true);
  await world.pass(6_000);
  assert.equal(ws.isOpen, false);
  assert.equal(world.calls.at(-1).by, "socket");
  assert.notEqual(world.ws, ws);
});

test("what cannot be read ends the connection, and is asked for again: it is not passed over", async () => {
  const world = new World(), { seen } = linkIn(world, { channel: COURSES });
  await settle();
  await world.tell({ type: "stream-open", position: "e-5" });
  await world.tell("no json");
  await world.tell(courseEvent("e-6"));
  assert.deepEqual(seen, []);
  await world.pass(2_000);
  assert.equal(world.calls.at(-1).url, "ws://site/ws/courses/?since=e-5");
});

test("a network without WebSockets is served by SSE; without streams, by asking", async () => {
  const world = new World({ random: () => 0.5 }), { states, resets } = linkIn(world, { channel: COURSES, position: "e-1" });
  world.refuse.add("socket");
  await settle();
  await world.pass(3_000);
  assert.deepEqual(world.calls.map(({ by }) => by), ["socket", "socket", "sse"]);
  await world.say(open("e-1"));
  await world.pass(300);
  assert.equal(states.at(-1), "live");

  world.refuse.add("sse");
  await world.cut();
  await world.pass(20_000);
  assert.equal(world.calls.at(-1).by, "poll");
  assert.equal(states.at(-1), "degraded", "late, not blind");
  assert.deepEqual(resets, ["e-1 poll"]);
  world.polled = { status: 200, etag: '"2"', position: "e-8" };
  await world.pass(13_000);
  assert.deepEqual(resets, ["e-1 poll", "e-8 poll"], "once for a change");
});

test("who polls tries the streams again, without a flicker, and is live when one opens, from where polling was", async () => {
  const world = new World({ random: () => 0.5 }), { states, seen } = linkIn(world, { channel: COURSES, position: "e-1" });
  world.refuse = new Set(["socket", "sse"]);
  world.polled.position = "e-7";
  await settle();
  await world.pass(75_000);
  assert.deepEqual(states, ["connecting", "offline-since", "degraded"]);
  const tries = world.calls.map(({ by }) => by).join(" ");
  assert.match(tries, /^socket socket sse sse poll socket sse poll poll socket sse poll poll poll/);
  world.refuse.clear();
  while (world.calls.at(-1).by !== "socket") await world.pass(500);
  assert.equal(world.calls.at(-1).url, "ws://site/ws/courses/?since=e-7");
  await world.tell({ type: "stream-open", position: "e-7" });
  await world.tell(courseEvent("e-8"));
  await world.pass(300);
  assert.deepEqual(states.slice(3), ["catching-up", "live"]);
  assert.deepEqual(seen, ["e-8"]);
});

test("when polling fails too the server is away: offline, since the last answer", async () => {
  const world = new World({ random: () => 0.5 });
  const told = [];
  const link = new Link({ channel: COURSES, world, position: "e-1", on: { event() {}, state: (state) => told.push(state) } });
  world.refuse = new Set(["socket", "sse"]);
  link.start();
  await settle();
  await world.pass(15_000);
  assert.equal(told.at(-1).name, "degraded");
  world.refuse.add("poll");
  const before = world.now();
  await world.pass(60_000);
  assert.equal(told.at(-1).name, "offline-since");
  assert.ok(told.at(-1).since <= before && told.at(-1).since > before - 15_000, `${told.at(-1).since} of ${before}`);
});

test("a refusal for good goes down the ladder at once, and is not repeated every second", async () => {
  const world = new World({ random: () => 0.5 }), { errors } = linkIn(world, { channel: COURSES });
  await settle();
  await world.closeSocket(4008);
  await world.pass(1_000);
  assert.equal(world.calls.at(-1).by, "sse");
  assert.equal(errors.length, 1);
  const alone = new World({ random: () => 0.5 });
  alone.status = 404;
  linkIn(alone);
  await settle();
  await alone.pass(55_000);
  assert.equal(alone.calls.length, 1);
});

test("1013 asks for a wait that is spread over seconds", async () => {
  const waits = [];
  for (const chance of [0.1, 0.9]) {
    const world = new World({ random: () => chance });
    linkIn(world, { channel: COURSES });
    await settle();
    await world.tell({ type: "stream-open", position: "e-5" });
    await world.closeSocket(1013);
    const begun = world.now();
    while (world.calls.length === 1) await world.pass(50);
    waits.push(world.now() - begun);
  }
  assert.ok(waits[0] <= 600 && waits[1] >= 4_400, `${waits}`);
});

// ---------------------------------------------------------------- logins

function credentials({ renewals = 1 } = {}) {
  let number = 0;
  const asked = { tickets: 0, renewed: 0 };
  return {
    asked,
    ticket: async () => (asked.tickets++, `t${++number}`),
    renew: async () => {
      if (asked.renewed++ >= renewals) throw Object.assign(new Error("over"), { status: 401 });
      return "fresh-token";
    },
  };
}

test("each connection has a ticket of its own", async () => {
  const world = new World(), login = credentials();
  linkIn(world, { channel: { socket: "ws://site/ws/x/" }, credentials: login, position: "e-1" });
  await settle();
  await world.tell({ type: "stream-open", position: "e-1" });
  await world.closeSocket(1006);
  await world.pass(2_000);
  assert.deepEqual(world.calls.map(({ url }) => url), ["ws://site/ws/x/?ticket=t1&since=e-1", "ws://site/ws/x/?ticket=t2&since=e-1"]);
});

test("a socket whose token will expire is given a new one, and stays", async () => {
  const world = new World(), login = credentials();
  linkIn(world, { channel: { socket: "ws://site/ws/x/" }, credentials: login });
  await settle();
  await world.tell({ type: "stream-open", position: "e-1" });
  await world.tell({ type: "notification", data: { notification_type: "token_expiring" }, notification_type: "token_expiring" });
  assert.deepEqual(world.ws.sent, [{ type: "auth", token: "fresh-token" }]);
  assert.equal(world.calls.length, 1);
});

test("an SSE stream whose token will expire is opened again with a new ticket, at its position", async () => {
  const world = new World(), login = credentials(), { states } = linkIn(world, { channel: { sse: "/x" }, credentials: login });
  await settle();
  await world.say(open("e-1"));
  await world.say('event: notification\ndata: {"type":"notification","notification_type":"token_expiring"}\n\n');
  await world.pass(1_000);
  assert.equal(login.asked.renewed, 1);
  assert.deepEqual(world.calls.map(({ url, position }) => [url, position]), [["/x?ticket=t1", null], ["/x?ticket=t2", "e-1"]]);
  assert.ok(!states.includes("offline-since"));
});

test("4001 renews the login once; when that is refused, it says so and waits", async () => {
  const world = new World(), login = credentials(), { errors } = linkIn(world, { channel: { socket: "ws://site/ws/x/" }, credentials: login });
  await settle();
  await world.closeSocket(4001);
  await world.pass(1_000);
  assert.equal(login.asked.renewed, 1);
  assert.equal(world.calls.length, 2);
  await world.closeSocket(4001);
  await world.pass(50_000);
  assert.equal(login.asked.renewed, 1);
  assert.equal(world.calls.length, 2);
  assert.equal(errors.length, 1);
});
