// SharedLink: many tabs, one connection. Locks, messages and time are doubles (support/world.mjs); each test closes tabs as a browser does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedLink } from "../../../wasm/browser/src/tabs.js";
import { Browser, World, settle } from "../support/world.mjs";

const CHANNEL = { key: "freshet:courses", socket: "ws://site/ws/courses/" };
const event = (position) => ({ type: "course_updated", course: { slug: "a" }, position });

function follow(world, position = null, onEvent = () => {}) {
  const tab = { world, seen: [], states: [], resets: [] };
  tab.link = new SharedLink({
    channel: CHANNEL, position, world,
    on: {
      event: (item) => {
        onEvent(item);
        tab.seen.push(item.position);
      },
      state: (state) => tab.states.push(state.name), reset: (at, reason) => tab.resets.push(`${at} ${reason}`),
    },
  });
  tab.link.start();
  return tab;
}

async function twoTabs(browser = new Browser()) {
  const first = follow(browser.tab(), "e-5");
  await settle();
  await first.world.tell({ type: "stream-open", position: "e-5" });
  const second = follow(browser.tab(), "e-5");
  await settle();
  return { browser, first, second };
}

const connections = (...tabs) => tabs.flatMap(({ world }) => world.calls).length;

test("tabs share one connection, and all are told everything, with the state", async () => {
  const { first, second } = await twoTabs();
  await first.world.tell(event("e-6"));
  await first.world.tell({ type: "status", state: "degraded" });
  assert.deepEqual([first.seen, second.seen], [["e-6"], ["e-6"]]);
  assert.deepEqual([first.states.at(-1), second.states.at(-1)], ["degraded", "degraded"]);
  assert.equal(connections(first, second), 1);
  assert.deepEqual([first.link.isLeader, second.link.isLeader], [true, false]);
});

test("a tab that joins gets what came after its snapshot, once, and the current state", async () => {
  const { browser, first } = await twoTabs();
  for (const at of ["e-6", "e-7", "e-8"]) await first.world.tell(event(at));
  const late = follow(browser.tab(), "e-6");
  await settle();
  assert.deepEqual(late.seen, ["e-7", "e-8"]);
  assert.deepEqual(late.states, ["connecting", "live"]);
  await first.world.tell(event("e-9"));
  assert.deepEqual(late.seen, ["e-7", "e-8", "e-9"]);
});

test("a tab whose snapshot is ahead of the stream hears nothing that it has", async () => {
  const { browser, first } = await twoTabs();
  const ahead = follow(browser.tab(), "e-7");
  await settle();
  for (const at of ["e-6", "e-7", "e-8"]) await first.world.tell(event(at));
  assert.deepEqual(ahead.seen, ["e-8"]);
});

test("a tab that is further back than what is kept, or of another epoch, loads a snapshot", async () => {
  const { browser, first } = await twoTabs();
  await first.world.tell(event("e-6"));
  const old = follow(browser.tab(), "e-2"), other = follow(browser.tab(), "z-6");
  await settle();
  assert.deepEqual([old.resets, other.resets], [["e-6 joined"], ["e-6 joined"]]);
  await first.world.tell(event("e-7"));
  assert.deepEqual([old.seen, other.seen], [["e-7"], ["e-7"]]);
});

test("when the leader's tab is closed another takes over where it stands: nothing is missed, nothing comes twice", async () => {
  const { browser, first, second } = await twoTabs();
  const third = follow(browser.tab(), "e-5");
  await settle();
  await first.world.tell(event("e-6"));
  await first.world.close();
  assert.equal(second.link.isLeader, true);
  assert.equal(second.world.calls[0].url, "ws://site/ws/courses/?since=e-6");
  await second.world.tell({ type: "stream-open", position: "e-6" });
  await second.world.tell(event("e-7"));
  assert.deepEqual([second.seen, third.seen], [["e-6", "e-7"], ["e-6", "e-7"]]);
  assert.equal(third.world.calls.length, 0);
  await second.world.pass(300);
  assert.deepEqual(second.states.slice(-3), ["connecting", "catching-up", "live"]);
  assert.equal(third.states.at(-1), "live");
});

test("a leader that dies between two of its words leaves no hole: the one that heard less is told by the one that heard more", async () => {
  const { browser, first, second } = await twoTabs();
  const third = follow(browser.tab(), "e-5");
  await settle();
  await first.world.tell(event("e-6"));
  // Only the second tab hears of e-7.
  const silent = [...browser.buses].find((bus) => bus.hear && bus !== null && [...browser.buses].indexOf(bus) === 2);
  const hear = silent.hear;
  silent.hear = () => {};
  await first.world.tell(event("e-7"));
  silent.hear = hear;
  assert.deepEqual([second.seen, third.seen], [["e-6", "e-7"], ["e-6"]]);
  await first.world.close();
  await second.world.tell({ type: "stream-open", position: "e-7" });
  await second.world.tell(event("e-8"));
  assert.deepEqual([second.seen, third.seen], [["e-6", "e-7", "e-8"], ["e-6", "e-7", "e-8"]]);
});

test("who joins before the leader knows any place misses nothing either", async () => {
  const browser = new Browser(), first = follow(browser.tab(), null);
  await settle();
  const second = follow(browser.tab(), "e-3");
  await settle();
  await first.world.tell({ type: "stream-open", position: "e-5" });
  await first.world.tell(event("e-6"));
  assert.deepEqual(first.seen, ["e-6"]);
  assert.deepEqual(second.resets, ["e-5 joined"], "what lies between e-3 and e-5 is a snapshot's to show");
  assert.deepEqual(second.seen, ["e-6"]);
  assert.deepEqual(second.states, ["connecting", "live"]);
});

test("a reset of the server is everybody's", async () => {
  const { first, second } = await twoTabs();
  await first.world.tell({ type: "stream-reset", position: "f-2", reason: "epoch" });
  assert.deepEqual([first.resets, second.resets], [["f-2 epoch"], ["f-2 epoch"]]);
  await first.world.tell(event("f-3"));
  assert.deepEqual(second.seen, ["f-3"]);
});

test("a fault of one page costs that page a snapshot, and nobody an event", async () => {
  const browser = new Browser();
  const first = follow(browser.tab(), "e-5");
  await settle();
  await first.world.tell({ type: "stream-open", position: "e-5" });
  const faulty = follow(browser.tab(), "e-5", ({ position }) => {
    if (position === "e-6") throw new Error("a fault of the page");
  });
  await settle();
  await first.world.tell(event("e-6"));
  await first.world.tell(event("e-7"));
  assert.deepEqual(first.seen, ["e-6", "e-7"]);
  assert.deepEqual([faulty.seen, faulty.resets, faulty.world.reported], [["e-7"], ["e-6 fault"], ["a fault of the page"]]);
  assert.deepEqual(first.resets, []);
});

test("a tab that nobody sees leaves after half a minute, hands over, and is told what it missed when it is seen", async () => {
  const { first, second } = await twoTabs();
  await first.world.fire("hidden");
  await first.world.pass(29_000);
  assert.equal(first.link.isLeader, true);
  const { ws } = first.world;
  await first.world.pass(2_000);
  assert.equal(ws.isOpen, false);
  assert.equal(second.link.isLeader, true);
  await second.world.tell({ type: "stream-open", position: "e-5" });
  await second.world.tell(event("e-6"));
  assert.deepEqual(first.seen, []);
  await first.world.fire("shown");
  assert.deepEqual(first.seen, ["e-6"]);
  assert.equal(first.states.at(-1), second.states.at(-1));
  assert.equal(first.world.calls.length, 1);
});

test("a tab that is opened in the background leaves too, and a page in the back-forward cache at once", async () => {
  const browser = new Browser(), world = browser.tab();
  world.isVisible = false;
  follow(world, "e-1");
  await settle();
  await world.pass(31_000);
  assert.equal(world.ws.isOpen, false);
  const other = follow(browser.tab(), "e-1");
  await settle();
  assert.equal(other.link.isLeader, true);
  await other.world.fire("frozen");
  assert.equal(other.world.ws.isOpen, false);
  await other.world.fire("shown");
  assert.equal(other.world.calls.length, 2);
});

test("a leader that hangs is replaced, and follows when it wakes up", async () => {
  const { first, second } = await twoTabs();
  const say = first.world.after;
  first.world.after = () => 0; // its timers are dead: no beat
  await first.world.pass(16_000);
  await first.world.pass(61_000);
  assert.equal(second.link.isLeader, true);
  first.world.after = say;
  await second.world.tell({ type: "stream-open", position: "e-5" });
  await second.world.tell(event("e-6"));
  assert.equal(first.link.isLeader, false);
  assert.deepEqual([first.seen, second.seen], [["e-6"], ["e-6"]]);
  assert.equal(connections(first, second), 2);
});

test("a leader that is idle for long is left in peace: it beats", async () => {
  const { first, second } = await twoTabs();
  for (let minute = 0; minute < 10; minute++) {
    await first.world.tell({ type: "heartbeat" });
    await first.world.pass(30_000);
  }
  assert.equal(second.link.isLeader, false);
  assert.equal(connections(first, second), 1);
});

test("without Web Locks each tab has a connection of its own, and all the rest is the same", async () => {
  const alone = follow(new World(), "e-5");
  await settle();
  await alone.world.tell({ type: "stream-open", position: "e-5" });
  await alone.world.tell(event("e-6"));
  assert.deepEqual(alone.seen, ["e-6"]);
  await alone.world.fire("hidden");
  await alone.world.pass(31_000);
  assert.equal(alone.world.ws.isOpen, false);
  await alone.world.fire("shown");
  assert.equal(alone.world.calls.at(-1).url, "ws://site/ws/courses/?since=e-6");
});

test("a stopped link lets go of everything", async () => {
  const { browser, first, second } = await twoTabs();
  first.link.stop();
  await settle();
  assert.equal(second.link.isLeader, true);
  second.link.stop();
  await settle();
  assert.equal(browser.buses.size, 0);
  assert.equal(second.world.ws.isOpen, false);
});
