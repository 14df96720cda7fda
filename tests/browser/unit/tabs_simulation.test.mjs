// Tabs that come and go on a network that breaks, drawn from a seed: whatever happens, each tab ends up with what was published since
// its snapshot, in order, nothing twice. FRESHET_SEED=n runs one seed alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SharedLink } from "../../../wasm/browser/src/tabs.js";
import { Browser, settle } from "../support/world.mjs";

const STEPS = 120, SEEDS = process.env.FRESHET_SEED ? [Number(process.env.FRESHET_SEED)] : Array.from({ length: 30 }, (_, index) => index + 1);

function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// The server: a log, and the sockets that follow it. It keeps `kept` events; who is further back gets a reset.
class Server {
  sequence = 0;
  epoch = "a";
  oldest = 0;
  sockets = new Set();
  isUp = true;

  at(sequence = this.sequence) {
    return `${this.epoch}-${sequence}`;
  }

  publish() {
    this.sequence += 1;
    for (const ws of this.sockets) this.#send(ws, this.#event(this.sequence));
  }

  #event(sequence) {
    return { type: "course_updated", course: { id: sequence }, position: this.at(sequence) };
  }

  #send(ws, message) {
    if (ws.isOpen) ws.onmessage?.({ data: JSON.stringify(message) });
  }

  accept(ws, url) {
    setImmediate(() => {
      if (!ws.isOpen) return;
      if (!this.isUp) return ws.onclose?.({ code: 1006 });
      const since = new URL(url).searchParams.get("since") ?? this.at();
      const [epoch, sequence] = [since.split("-")[0], Number(since.split("-")[1])];
      this.sockets.add(ws);
      if (epoch !== this.epoch || sequence < this.oldest || sequence > this.sequence) return this.#send(ws, { type: "stream-reset", position: this.at(), reason: "gone" });
      this.#send(ws, { type: "stream-open", position: since });
      for (let next = sequence + 1; next <= this.sequence; next++) this.#send(ws, this.#event(next));
    });
  }

  cut() {
    for (const ws of [...this.sockets]) ws.onclose?.({ code: 1006 });
    this.sockets.clear();
  }

  newEpoch() {
    this.cut();
    this.epoch = String.fromCharCode(this.epoch.charCodeAt(0) + 1);
    this.sequence = this.oldest = Math.floor(this.sequence / 2);
  }
}

function openTab(browser, server, random) {
  const world = browser.tab({ random }), make = world.socket;
  world.socket = (url) => {
    const ws = make(url);
    server.accept(ws, url);
    return ws;
  };
  const tab = { world, shown: server.at(Math.max(server.oldest, server.sequence - Math.floor(random() * 4))), faults: [] };
  tab.link = new SharedLink({
    channel: { key: "k", socket: "ws://site/ws/" }, position: tab.shown, world,
    on: {
      event({ position }) {
        const [epoch, sequence] = position.split("-"), [knownEpoch, known] = tab.shown.split("-");
        if (epoch !== knownEpoch || Number(sequence) !== Number(known) + 1) tab.faults.push(`${position} after ${tab.shown}`);
        tab.shown = position;
      },
      reset: (position) => (tab.shown = position),
    },
  });
  tab.link.start();
  return tab;
}

for (const seed of SEEDS) {
  test(`each tab has everything, in order and once: seed ${seed}`, async () => {
    const random = randomFrom(seed), browser = new Browser(), server = new Server();
    let tabs = [openTab(browser, server, random)];
    const pick = () => tabs[Math.floor(random() * tabs.length)];
    const steps = [
      [8, () => server.publish()],
      [2, () => tabs.length < 6 && tabs.push(openTab(browser, server, random))],
      [2, async () => {
        if (tabs.length < 2) return;
        const gone = pick();
        tabs = tabs.filter((tab) => tab !== gone);
        await gone.world.close();
      }],
      [1, () => server.cut()],
      [1, () => { server.isUp = !server.isUp; if (!server.isUp) server.cut(); }],
      [1, () => pick().world.fire("hidden")],
      [1, () => pick().world.fire("shown")],
      [1, () => pick().world.fire("frozen")],
      [0.3, () => { server.oldest = server.sequence; }],
      [0.2, () => server.newEpoch()],
      [3, () => browser.clock.pass(random() * 8000)],
      [1, () => browser.clock.pass(31_000)],
    ];
    const total = steps.reduce((sum, [weight]) => sum + weight, 0);
    for (let step = 0; step < STEPS; step++) {
      let at = random() * total;
      await steps.find(([weight]) => (at -= weight) < 0)[1]();
      if (random() < 0.7) await settle();
    }
    server.isUp = true;
    for (const tab of tabs) await tab.world.fire("shown");
    await browser.clock.pass(120_000);
    server.publish();
    await settle();
    for (const tab of tabs) assert.deepEqual([tab.faults, tab.shown], [[], server.at()]);
    assert.equal([...server.sockets].filter((ws) => ws.isOpen).length, 1, "one connection for all");
    for (const tab of tabs) tab.link.stop();
  });
}
