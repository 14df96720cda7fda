// Feed: a snapshot and the events after it. The channel is a double; what tabs.js delivers is tested there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed } from "../../../wasm/browser/src/feed.js";
import { World, settle } from "../support/world.mjs";

/// A channel that says what the test says.
function channel() {
  const opened = [];
  const subscribe = (options) => {
    const stream = { ...options, stopped: false, stop: () => (stream.stopped = true) };
    opened.push(stream);
    return stream;
  };
  return { opened, subscribe, get on() { return opened.at(-1).on; } };
}

function feedIn(world, load) {
  const shown = [], applied = [], errors = [], stream = channel();
  const feed = new Feed({
    world, subscribe: stream.subscribe, load, show: (snapshot) => shown.push(snapshot.position), apply: (item) => applied.push(item.position),
    onError: (error) => errors.push(error.message),
  });
  return { feed, shown, applied, errors, stream };
}

const event = (position) => ({ type: "article_published", data: {}, position });
const live = { name: "live", since: null };

test("a feed opens its stream at the position of its snapshot: nothing lies between", async () => {
  const { feed, shown, stream } = feedIn(new World(), async () => ({ position: "e-10" }));
  await feed.start();
  assert.deepEqual(shown, ["e-10"]);
  assert.deepEqual(stream.opened.map(({ position }) => position), ["e-10"]);
});

test("events that a snapshot contains are dropped, later ones applied after it", async () => {
  let answer;
  const answers = [{ position: "e-10" }];
  const { feed, shown, applied, stream } = feedIn(new World(), () => answers.shift() ?? new Promise((resolve) => (answer = resolve)));
  await feed.start();
  stream.on.event(event("e-11"));
  assert.deepEqual(applied, ["e-11"]);
  feed.reload();
  stream.on.event(event("e-12"));
  stream.on.event(event("e-13"));
  assert.deepEqual(applied, ["e-11"]);
  answer({ position: "e-12" });
  await settle();
  assert.deepEqual(shown, ["e-10", "e-12"]);
  assert.deepEqual(applied, ["e-11", "e-13"]);
});

test("a reset loads a snapshot that is at least as new, and forgets what waited from before it", async () => {
  const asked = [];
  const { feed, applied, stream } = feedIn(new World(), async ({ minPosition }) => (asked.push(minPosition), { position: minPosition ?? "e-10" }));
  await feed.start();
  feed.reload();
  stream.on.event(event("e-11"));
  stream.on.reset("f-3", "epoch");
  await settle();
  assert.deepEqual(asked, [null, null, "f-3"]);
  stream.on.event(event("f-4"));
  assert.deepEqual(applied, ["f-4"]);
});

test("a failed load is told, and tried again by itself, for at least the place that was wanted", async () => {
  const world = new World(), asked = [];
  const { feed, shown, errors, stream } = feedIn(world, async ({ minPosition }) => {
    asked.push(minPosition);
    if (asked.length === 2) throw new Error("503");
    return { position: minPosition ?? "e-10" };
  });
  await feed.start();
  stream.on.reset("e-20", "poll");
  await settle();
  assert.deepEqual(errors, ["503"]);
  await world.pass(9_000);
  assert.deepEqual(asked, [null, "e-20", "e-20"]);
  assert.deepEqual(shown, ["e-10", "e-20"]);
});

test("a snapshot without a position is loaded again once the stream stands", async () => {
  const asked = [];
  const { feed, stream } = feedIn(new World(), async ({ minPosition }) => (asked.push(minPosition), { position: asked.length > 1 ? "e-5" : null }));
  await feed.start();
  stream.opened[0].position = "e-5";
  stream.on.state(live);
  await settle();
  assert.deepEqual(asked, [null, "e-5"]);
  stream.on.state(live);
  assert.equal(asked.length, 2);
});

test("more events than may wait become one newer snapshot", async () => {
  const asked = [];
  const { feed, applied, stream } = feedIn(new World(), ({ minPosition }) => {
    asked.push(minPosition);
    if (asked.length === 2) return new Promise(() => {});
    return Promise.resolve({ position: minPosition ?? "e-0" });
  });
  await feed.start();
  feed.reload();
  for (let number = 1; number <= 1001; number++) stream.on.event(event(`e-${number}`));
  await settle();
  assert.deepEqual(asked, [null, null, "e-1001"]);
  stream.on.event(event("e-1002"));
  assert.deepEqual(applied, ["e-1002"]);
});

test("a stopped feed has no stream, not even one that its first snapshot would have opened", async () => {
  let answer;
  const { feed, shown, stream } = feedIn(new World(), () => new Promise((resolve) => (answer = resolve)));
  const started = feed.start();
  feed.stop();
  answer({ position: "e-1" });
  await started;
  assert.deepEqual(stream.opened, []);
  assert.deepEqual(shown, []);
});
