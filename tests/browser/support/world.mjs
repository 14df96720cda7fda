// The outside of the SDK, driven by hand. Time passes only in pass(); the network says only what say() says.
//
// World      what one tab sees: network, clock, chance, visibility. `refuse` makes transports fail: a set of "sse", "socket", "poll".
// Browser    several tabs with one clock, one lock manager (Web Locks) and one message bus (BroadcastChannel); close() of a tab is what a
//            browser does when it is closed: its locks go to the next, its channels fall silent, nothing of it runs any more.

export class Clock {
  #now = 1_000_000;
  #timers = new Map();
  #nextTimer = 1;

  now = () => this.#now;

  after(ms, run, owner) {
    this.#timers.set(this.#nextTimer, { at: this.#now + ms, run, owner });
    return this.#nextTimer++;
  }

  cancel(timer) {
    this.#timers.delete(timer);
  }

  forget(owner) {
    for (const [id, timer] of this.#timers) if (timer.owner === owner) this.#timers.delete(id);
  }

  /// Lets time pass; timers run in their order, each at its time.
  async pass(ms) {
    const until = this.#now + ms;
    for (;;) {
      const [id, due] = [...this.#timers].filter(([, timer]) => timer.at <= until).sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!due) break;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, due.at);
      due.run();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}

export class World {
  #clock;
  #browser;
  #listeners = new Set();
  #controller = null;
  #locks = [];
  #buses = [];

  constructor({ random = () => 0.5, clock = new Clock(), browser = null, name = "tab" } = {}) {
    this.#clock = clock;
    this.#browser = browser;
    this.name = name;
    this.random = random;
    this.calls = [];
    this.refuse = new Set();
    this.status = 200;
    this.headers = {};
    this.isOnline = true;
    this.isVisible = true;
    this.closed = false;
    this.reported = [];
    this.polled = { status: 200, etag: '"1"', position: "e-1" };
    if (browser) {
      this.lock = (lock, options, work) => this.#lock(lock, options, work);
      this.bus = (bus, hear) => this.#openBus(bus, hear);
    } else {
      this.lock = null;
    }
  }

  open = async (url, position, signal) => {
    this.calls.push({ by: "sse", url, position, signal });
    if (this.refuse.has("sse")) throw new TypeError("no network");
    const body = new ReadableStream({ start: (controller) => (this.#controller = controller) });
    const controller = this.#controller;
    signal.addEventListener("abort", () => ignoring(() => controller.error(signal.reason)));
    return new Response(body, { status: this.status, headers: this.headers });
  };

  socket = (url) => {
    const ws = { sent: [], isOpen: true, send: (text) => ws.sent.push(JSON.parse(text)), close: () => (ws.isOpen = false) };
    this.ws = ws;
    this.calls.push({ by: "socket", url, ws });
    if (this.refuse.has("socket")) setImmediate(() => ws.onclose?.({ code: 1006 }));
    return ws;
  };

  poll = async (url, etag) => {
    this.calls.push({ by: "poll", url, etag });
    if (this.refuse.has("poll")) throw new TypeError("no network");
    const { status, position } = this.polled;
    const same = etag === this.polled.etag;
    return new Response(same ? null : "{}", { status: same ? 304 : status, headers: { ETag: this.polled.etag, "Freshet-Position": position } });
  };

  report = (error) => this.reported.push(error.message);
  online = () => this.isOnline;
  visible = () => this.isVisible;
  now = () => this.#clock.now();
  id = () => this.name;
  after = (ms, run) => (this.closed ? 0 : this.#clock.after(ms, run, this));
  cancel = (timer) => this.#clock.cancel(timer);
  pass = (ms) => this.#clock.pass(ms);

  listen = (listeners) => {
    this.#listeners.add(listeners);
    return [() => this.#listeners.delete(listeners)];
  };

  /// The SSE stream that was opened last says something.
  async say(text) {
    this.#controller.enqueue(new TextEncoder().encode(text));
    await settle();
  }

  async cut() {
    ignoring(() => this.#controller.close());
    await settle();
  }

  /// The WebSocket that was opened last receives a message, or is closed by the server.
  async tell(message) {
    this.ws.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
    await settle();
  }

  async closeSocket(code) {
    this.ws.onclose?.({ code });
    await settle();
  }

  async fire(name) {
    for (const listeners of [...this.#listeners]) listeners[name]?.();
    await settle();
  }

  /// The tab is closed, or its process is killed: no event handler of the page runs.
  async close() {
    this.closed = true;
    this.#clock.forget(this);
    if (this.ws) Object.assign(this.ws, { isOpen: false, onmessage: null, onclose: null });
    for (const bus of this.#buses) bus.close();
    for (const lock of this.#locks) this.#browser.drop(lock);
    await settle();
  }

  #lock(name, { signal, steal }, work) {
    return new Promise((resolve, reject) => {
      const held = { name, tab: this, work, resolve, reject };
      this.#locks.push(held);
      signal?.addEventListener("abort", () => this.#browser.withdraw(held));
      this.#browser.request(held, steal);
    });
  }

  #openBus(name, hear) {
    const bus = { name, hear: (message) => this.closed || hear(message), post: (message) => this.#browser.post(bus, message), close: () => this.#browser.buses.delete(bus) };
    this.#buses.push(bus);
    this.#browser.buses.add(bus);
    return bus;
  }
}

export class Browser {
  clock = new Clock();
  buses = new Set();
  #queues = new Map();
  #count = 0;

  tab(options = {}) {
    this.#count += 1;
    return new World({ clock: this.clock, browser: this, name: `tab ${this.#count}`, ...options });
  }

  post(from, message) {
    const copy = JSON.stringify(message);
    for (const bus of this.buses) if (bus !== from && bus.name === from.name) setImmediate(() => this.buses.has(bus) && bus.hear(JSON.parse(copy)));
  }

  request(held, steal) {
    const queue = this.#queues.get(held.name) ?? [];
    this.#queues.set(held.name, queue);
    if (steal) {
      const robbed = queue.shift();
      queue.unshift(held);
      if (robbed?.running) robbed.reject(new DOMException("stolen", "AbortError"));
      this.#run(held);
    } else {
      queue.push(held);
      if (queue[0] === held) this.#run(held);
    }
  }

  #run(held) {
    held.running = true;
    setImmediate(async () => {
      if (held.tab.closed) return;
      await held.work();
      held.resolve();
      this.drop(held);
    });
  }

  withdraw(held) {
    if (held.running) return;
    this.drop(held);
    held.reject(new DOMException("aborted", "AbortError"));
  }

  drop(held) {
    const queue = this.#queues.get(held.name) ?? [], at = queue.indexOf(held);
    if (at < 0) return;
    queue.splice(at, 1);
    if (at === 0 && queue.length > 0 && !queue[0].running) this.#run(queue[0]);
  }
}

function ignoring(run) {
  try {
    run();
  } catch {
    // the connection had ended already
  }
}

/// Lets everything that is ready run.
export async function settle() {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
}
