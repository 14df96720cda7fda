// LiveStream and LiveFeed against a world that the test drives by hand: no network, no clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveFeed } from "../../../functions/web/src/lib/live_feed.js";
import { LiveStream } from "../../../functions/web/src/lib/live_stream.js";
import { World, settle } from "../support/world.mjs";

const open = (position) => `event: stream-open\ndata: {"position":"${position}"}\n\n`;
const event = (position, slug) => `id: ${position}\ndata: {"type":"article_published","article":{"slug":"${slug}"}}\n\n`;

function streamIn(world, options = {}) {
  const seen = [], states = [], resets = [];
  const stream = new LiveStream({
    url: "/events", world, onEvent: (item) => seen.push(item.position), onState: (state) => states.push(state.name), onReset: (position) => resets.push(position), ...options,
  });
  stream.start();
  return { stream, seen, states, resets };
}

test("a stream is live when the server says that it is open, not before", async () => {
  const world = new World(), { states } = streamIn(world);
  await settle();
  assert.deepEqual(states, ["connecting"]);
  await world.say(open("e-5"));
  assert.deepEqual(states, ["connecting", "live"]);
});

test("after a cut it resumes from the last event that was handed over", async () => {
  const world = new World(), { seen, states } = streamIn(world);
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
  streamIn(world);
  await settle();
  await world.say(open("e-5"));
  await world.cut();
  await world.pass(60_000);
  assert.equal(world.calls.at(-1).position, "e-5");
});

test("an event whose handler fails is not passed over: it is asked for again", async () => {
  const world = new World();
  let faults = 1;
  const seen = [];
  streamIn(world, { onEvent: ({ position }) => {
    if (position === "e-7" && faults-- > 0) throw new Error("a fault of the page");
    seen.push(position);
  } });
  await settle();
  await world.say(open("e-5") + event("e-6", "a") + event("e-7", "b"));
  await world.pass(60_000);
  assert.equal(world.calls.at(-1).position, "e-6");
  assert.deepEqual(world.reported, ["a fault of the page"]);
});

test("an event that fails twice is left to a snapshot, and the stream goes on after it", async () => {
  const world = new World(), { resets } = streamIn(world, { onEvent: ({ position }) => {
    if (position === "e-7") throw new Error("for ever");
  } });
  await settle();
  await world.say(open("e-5") + event("e-6", "a") + event("e-7", "b"));
  await world.pass(60_000);
  await world.say(open("e-6") + event("e-7", "b") + event("e-8", "c"));
  assert.deepEqual(resets, ["e-7"]);
  assert.equal(world.calls.at(-1).signal.aborted, false);
  await world.cut();
  await world.pass(60_000);
  assert.equal(world.calls.at(-1).position, "e-8");
});

test("one failed try is no alarm, two are: offline since the loss, told once", async () => {
  const world = new World(), { states } = streamIn(world);
  await settle();
  await world.say(open("e-5"));
  const lostAt = world.now();
  await world.cut();
  assert.equal(states.at(-1), "live");
  world.fail = true;
  await world.pass(40_000);
  assert.deepEqual(states, ["connecting", "live", "connecting", "offline"]);
  assert.ok(world.now() > lostAt);
});

test("waits grow to a bound and are spread by chance", async () => {
  const world = new World({ random: () => 1 });
  world.fail = true;
  streamIn(world);
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
  streamIn(world);
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
  streamIn(world);
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
  const world = new World(), { states } = streamIn(world);
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
  const world = new World({ random: () => 1 }), { states } = streamIn(world);
  await settle();
  await world.say(open("e-5"));
  world.isOnline = false;
  await world.fire("offline");
  assert.equal(states.at(-1), "offline");
  await world.pass(120_000);
  assert.equal(world.calls.length, 1);
  world.isOnline = true;
  await world.fire("online");
  assert.equal(world.calls.length, 2);
});

test("a tab that is hidden long lets go, and resumes when it is seen", async () => {
  const world = new World();
  streamIn(world);
  await settle();
  await world.say(open("e-5"));
  await world.fire("hidden");
  await world.pass(29_000);
  assert.equal(world.calls[0].signal.aborted, false);
  await world.pass(2_000);
  assert.equal(world.calls[0].signal.aborted, true);
  await world.pass(600_000);
  assert.equal(world.calls.length, 1);
  await world.fire("shown");
  assert.equal(world.calls.length, 2);
  assert.equal(world.calls[1].position, "e-5");
});

test("a tab that is opened in the background lets go too", async () => {
  const world = new World();
  world.isVisible = false;
  streamIn(world);
  await settle();
  await world.say(open("e-5"));
  await world.pass(31_000);
  assert.equal(world.calls[0].signal.aborted, true);
  await world.fire("shown");
  assert.equal(world.calls.length, 2);
});

test("degraded and live again are what the comments say", async () => {
  const world = new World(), { states } = streamIn(world);
  await settle();
  await world.say(`${open("e-5")}: degraded\n\n`);
  assert.equal(states.at(-1), "degraded");
  await world.say(": live\n\n");
  assert.equal(states.at(-1), "live");
});

test("a reset names the new position, once, and the stream goes on from it", async () => {
  const world = new World(), { resets, seen } = streamIn(world, { position: "old-900" });
  await settle();
  assert.equal(world.calls[0].position, "old-900");
  await world.say(`event: stream-reset\ndata: {"position":"e-3","reason":"epoch"}\n\n${event("e-4", "a")}`);
  assert.deepEqual(resets, ["e-3"]);
  assert.deepEqual(seen, ["e-4"]);
});

test("a stopped stream says and does nothing any more", async () => {
  const world = new World(), { stream, states, seen } = streamIn(world);
  await settle();
  await world.say(open("e-5"));
  stream.stop();
  await world.pass(600_000);
  assert.equal(world.calls.length, 1);
  assert.deepEqual(states, ["connecting", "live"]);
  assert.deepEqual(seen, []);
});

function feedIn(world, load) {
  const shown = [], applied = [], errors = [];
  const feed = new LiveFeed({
    url: "/events", world, load, show: (snapshot) => shown.push(snapshot.position), apply: (item) => applied.push(item.position),
    onError: (error) => errors.push(error.message),
  });
  return { feed, shown, applied, errors };
}

test("a feed opens its stream at the position of its snapshot: nothing lies between", async () => {
  const world = new World(), { feed, shown } = feedIn(world, async () => ({ position: "e-10" }));
  await feed.start();
  await settle();
  assert.deepEqual(shown, ["e-10"]);
  assert.equal(world.calls[0].position, "e-10");
});

test("events that a snapshot contains are dropped, later ones applied after it", async () => {
  const world = new World();
  let answer;
  const answers = [{ position: "e-10" }];
  const { feed, shown, applied } = feedIn(world, () => answers.shift() ?? new Promise((resolve) => (answer = resolve)));
  await feed.start();
  await settle();
  await world.say(open("e-10") + event("e-11", "a"));
  assert.deepEqual(applied, ["e-11"]);
  feed.reload();
  await world.say(event("e-12", "b") + event("e-13", "c"));
  assert.deepEqual(applied, ["e-11"]);
  answer({ position: "e-12" });
  await settle();
  assert.deepEqual(shown, ["e-10", "e-12"]);
  assert.deepEqual(applied, ["e-11", "e-13"]);
});

test("a reset loads a snapshot that is at least as new", async () => {
  const world = new World(), asked = [];
  const { feed } = feedIn(world, async ({ minPosition }) => (asked.push(minPosition), { position: "e-10" }));
  await feed.start();
  await settle();
  await world.say(`event: stream-reset\ndata: {"position":"f-3"}\n\n`);
  assert.deepEqual(asked, [null, "f-3"]);
});

test("a failed load is told, and tried again by itself", async () => {
  const world = new World();
  let failures = 1;
  const { feed, shown, errors } = feedIn(world, async () => {
    if (failures-- > 0) throw new Error("503");
    return { position: "e-10" };
  });
  await feed.start();
  assert.deepEqual(errors, ["503"]);
  await world.pass(9_000);
  assert.deepEqual(shown, ["e-10"]);
});

test("a snapshot without a position is loaded again once the stream stands", async () => {
  const world = new World(), asked = [];
  const { feed } = feedIn(world, async ({ minPosition }) => (asked.push(minPosition), { position: asked.length > 1 ? "e-5" : null }));
  await feed.start();
  await settle();
  await world.say(open("e-5"));
  assert.deepEqual(asked, [null, "e-5"]);
});

test("more events than may wait become one newer snapshot", async () => {
  const world = new World(), asked = [];
  const { feed, applied } = feedIn(world, ({ minPosition }) => {
    asked.push(minPosition);
    if (asked.length === 2) return new Promise(() => {});
    return Promise.resolve({ position: minPosition ?? "e-0" });
  });
  await feed.start();
  await settle();
  await world.say(open("e-0"));
  feed.reload();
  for (let number = 1; number <= 1001; number++) await world.say(event(`e-${number}`, "a"));
  assert.deepEqual(asked, [null, null, "e-1001"]);
  await world.say(event("e-1002", "b"));
  assert.deepEqual(applied, ["e-1002"]);
});
