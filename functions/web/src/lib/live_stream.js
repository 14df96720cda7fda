// LiveStream: one SSE subscription that outlives its connections.
//
// Shape    new LiveStream({url, position, onEvent, onState, onReset, world}); start(), stop(), wake().
//          onEvent({type, data, position}) for each event of the log; onReset(position) when the server cannot resume
//          (CONTRACT 8, stream-reset): the caller loads a snapshot, the stream itself goes on live.
// States   connecting → live; after a loss connecting → catching-up → live, or offline {since} while tries fail;
//          degraded while the server says that its log is away. Told only on change.
// Order    as sent; `position` moves only after onEvent has returned, so a fault of the page never skips an event: the stream is
//          opened again before it. An event that fails twice is left to a snapshot (onReset), or it would stop the page for ever.
// Retry    full jitter over an exponential bound, never below the server's `retry:` or Retry-After; at once when the
//          browser says it is online or the page is shown again. An answer that needs no second try (401, 403, 404)
//          is tried again slowly: a page has nobody else to ask.
// Silence  the server says something every 20 s; 45 s without a byte is a dead connection.
// Hidden   a tab that is not seen for 30 s lets its connection go (browsers give an HTTP/1.1 origin six) and resumes from
//          its position when it is seen again.
// Why not EventSource: it stops for ever on an HTTP error, hides status and comments, and cannot notice silence.
import { EventParser } from "./event_parser.js";

const SILENCE_MS = 45_000, HIDDEN_MS = 30_000, RETRY_MS = 500, RETRY_MS_MAX = 30_000, FINAL_MS = 60_000;
const SETTLED_MS = 250, FAILURES_SHOWN = 2;

export class LiveStream {
  #options;
  #world;
  #state = null;
  #stopped = true;
  #hidden = false;
  #connection = null;
  #wakeUp = null;
  #lostAt = null;
  #failures = 0;
  #hideTimer = null;
  #settleTimer = null;
  #faultAt = null;
  #unlisten = [];

  constructor(options) {
    this.#options = options;
    this.#world = options.world ?? browserWorld;
    this.position = options.position ?? null;
  }

  start() {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#unlisten = this.#world.listen({
      online: () => this.wake(),
      offline: () => this.#connection?.abort(),
      shown: () => this.#show(),
      hidden: () => this.#hide(),
      frozen: () => this.#letGo(),
    });
    if (!this.#world.visible()) this.#hide();
    this.#run();
  }

  stop() {
    this.#stopped = true;
    for (const off of this.#unlisten) off();
    this.#world.cancel(this.#hideTimer);
    this.#world.cancel(this.#settleTimer);
    this.#connection?.abort();
    this.#wakeUp?.();
  }

  /// Ends a wait between two tries.
  wake() {
    this.#wakeUp?.();
  }

  async #run() {
    while (!this.#stopped) {
      if (this.#hidden) {
        await this.#sleep(null);
        continue;
      }
      if (!this.#world.online()) {
        this.#lost(FAILURES_SHOWN);
        await this.#sleep(null);
        continue;
      }
      const waitMs = await this.#connect();
      if (this.#stopped) return;
      if (this.#hidden || !this.#world.online()) continue;
      this.#lost(1);
      await this.#sleep(waitMs ?? this.#backoff());
    }
  }

  #backoff() {
    return this.#world.random() * Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** this.#failures);
  }

  // One connection, to its end. Gives the least time until the next try, or null for the usual one.
  async #connect() {
    if (this.#state?.name !== "offline") this.#tell("connecting");
    const connection = new AbortController();
    this.#connection = connection;
    let silence = null;
    const alive = () => {
      this.#world.cancel(silence);
      silence = this.#world.after(SILENCE_MS, () => connection.abort());
    };
    const parser = new EventParser({ lastEventId: this.position ?? "" });
    try {
      alive();
      const response = await this.#world.open(this.#options.url, this.position, connection.signal);
      if (!response.ok) return this.#refused(response);
      for await (const chunk of chunksOf(response.body)) {
        alive();
        for (const event of parser.feed(chunk)) this.#receive(event);
      }
    } catch {
      // The network, or a fault of the page that #receive has reported: either way the next connection resumes.
    } finally {
      this.#world.cancel(silence);
      this.#world.cancel(this.#settleTimer);
      connection.abort();
      this.#connection = null;
    }
    return parser.retryMs === null ? null : parser.retryMs + this.#backoff();
  }

  #refused(response) {
    const asked = Number(response.headers.get("Retry-After")) * 1000 || 0;
    const least = response.status === 429 || response.status >= 500 ? asked : FINAL_MS;
    return least + this.#backoff();
  }

  #receive(event) {
    if (event.comment !== undefined) return this.#comment(event.comment);
    if (event.type === "stream-open") return this.#opened(JSON.parse(event.data));
    if (event.type === "keep-alive") return this.#keptAlive(JSON.parse(event.data));
    if (event.type === "stream-reset") return this.#reset(JSON.parse(event.data));
    this.#handOver(event);
    this.position = event.id || this.position;
    if (this.#state.name === "catching-up") this.#settleSoon();
  }

  #handOver(event) {
    try {
      this.#options.onEvent({ type: event.type, data: JSON.parse(event.data), position: event.id });
    } catch (error) {
      this.#world.report(error);
      if (this.#faultAt !== event.id) {
        this.#faultAt = event.id;
        throw error;
      }
      this.#options.onReset?.(event.id);
    }
  }

  #opened(data) {
    const resumed = this.#lostAt !== null && this.position !== null;
    this.position ??= data.position ?? null;
    this.#failures = 0;
    this.#lostAt = null;
    if (resumed) {
      this.#tell("catching-up");
      this.#settleSoon();
    } else {
      this.#tell("live");
    }
  }

  // It names the end of the log: what lies before has all been sent, so a later resume need not look there.
  #keptAlive(data) {
    this.position = data.position ?? this.position;
    this.#settled();
  }

  #reset(data) {
    this.position = data.position ?? null;
    this.#failures = 0;
    this.#lostAt = null;
    this.#tell("catching-up");
    this.#options.onReset?.(this.position);
    this.#settleSoon();
  }

  // Nothing marks the end of what was missed, but it comes in one burst: a short quiet is the end.
  #settleSoon() {
    this.#world.cancel(this.#settleTimer);
    this.#settleTimer = this.#world.after(SETTLED_MS, () => this.#settled());
  }

  #settled() {
    if (this.#connection && this.#state.name === "catching-up") this.#tell("live");
  }

  #comment(text) {
    if (text === "degraded") this.#tell("degraded");
    if (text === "live") this.#tell("live");
  }

  #lost(failures) {
    this.#lostAt ??= this.#world.now();
    this.#failures += failures;
    if (this.#failures >= FAILURES_SHOWN) this.#tell("offline", this.#lostAt);
  }

  #hide() {
    this.#world.cancel(this.#hideTimer);
    this.#hideTimer = this.#world.after(HIDDEN_MS, () => this.#letGo());
  }

  #letGo() {
    this.#hidden = true;
    this.#lostAt ??= this.#world.now();
    this.#connection?.abort();
  }

  #show() {
    this.#world.cancel(this.#hideTimer);
    this.#hidden = false;
    this.wake();
  }

  #tell(name, since = null) {
    if (this.#stopped || (this.#state?.name === name && this.#state.since === since)) return;
    this.#state = { name, since };
    this.#options.onState?.(this.#state);
  }

  #sleep(ms) {
    return new Promise((resolve) => {
      const timer = ms === null ? null : this.#world.after(ms, resolve);
      this.#wakeUp = () => {
        this.#world.cancel(timer);
        resolve();
      };
    }).finally(() => (this.#wakeUp = null));
  }
}

async function* chunksOf(body) {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/// Everything outside: network, clock, chance, the page. Tests hand in their own.
export const browserWorld = {
  open: (url, position, signal) =>
    fetch(url, {
      headers: { Accept: "text/event-stream", ...(position ? { "Last-Event-ID": position } : {}) },
      cache: "no-store",
      signal,
    }),
  report: (error) => reportError(error),
  online: () => navigator.onLine,
  visible: () => document.visibilityState === "visible",
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, run) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
  listen({ online, offline, shown, hidden, frozen }) {
    const seen = () => (document.visibilityState === "visible" ? shown() : hidden());
    return [
      on(window, "online", online), on(window, "offline", offline),
      on(document, "visibilitychange", seen), on(window, "pagehide", frozen), on(window, "pageshow", shown),
    ];
  },
};

function on(target, type, listener) {
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}
