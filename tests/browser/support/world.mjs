// World: the outside of a LiveStream, driven by hand. Time passes only in pass(); the network says only what say() says.

export class World {
  #now = 1_000_000;
  #timers = new Map();
  #nextTimer = 1;
  #listeners = {};
  #controller = null;

  constructor({ random = () => 0.5 } = {}) {
    this.random = random;
    this.calls = [];
    this.fail = false;
    this.status = 200;
    this.headers = {};
    this.isOnline = true;
    this.isVisible = true;
    this.reported = [];
  }

  open = async (url, position, signal) => {
    this.calls.push({ url, position, signal });
    if (this.fail) throw new TypeError("no network");
    const body = new ReadableStream({ start: (controller) => (this.#controller = controller) });
    const controller = this.#controller;
    signal.addEventListener("abort", () => ignoring(() => controller.error(signal.reason)));
    return new Response(body, { status: this.status, headers: this.headers });
  };

  report = (error) => this.reported.push(error.message);
  online = () => this.isOnline;
  visible = () => this.isVisible;
  now = () => this.#now;

  after = (ms, run) => {
    this.#timers.set(this.#nextTimer, { at: this.#now + ms, run });
    return this.#nextTimer++;
  };

  cancel = (timer) => this.#timers.delete(timer);

  listen = (listeners) => {
    this.#listeners = listeners;
    return [];
  };

  async say(text) {
    this.#controller.enqueue(new TextEncoder().encode(text));
    await settle();
  }

  async cut() {
    ignoring(() => this.#controller.close());
    await settle();
  }

  async fire(name) {
    this.#listeners[name]();
    await settle();
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

function ignoring(run) {
  try {
    run();
  } catch {
    // the connection had ended already
  }
}

/// Lets everything that is ready run.
export async function settle() {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
