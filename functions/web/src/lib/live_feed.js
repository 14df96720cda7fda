// LiveFeed: a snapshot and the events after it, without a gap and without a repeat.
//
// Shape    new LiveFeed({url, load, show, apply, onState, onError}). load({minPosition, signal}) → {position, …};
//          show(snapshot) puts it on the page; apply(event) brings it forward by one event.
// Order    the snapshot carries the position it shows; the stream starts there, so nothing lies between. While a snapshot is
//          on its way, events wait; those it already contains are dropped, the others are applied after show().
//          Of several reloads only the last is shown.
//          A snapshot without a position (a 404 has none) is loaded again once the stream stands.
// Reset    when the stream cannot resume, a new snapshot is loaded that is at least as new as the stream.
// Bounds   at most EVENTS_WAITING_MAX events wait; beyond, a snapshot that contains them is loaded instead.
// Errors   a load that fails goes to onError(error) and is tried again by itself, with jitter, sooner when the stream
//          comes live; the events go on waiting for it.
import { covers } from "./position.js";
import { LiveStream, browserWorld } from "./live_stream.js";

const EVENTS_WAITING_MAX = 1000, RELOAD_MS = 4000;

export class LiveFeed {
  #options;
  #stream = null;
  #waiting = null;
  #load = null;
  #failed = false;
  #stopped = false;
  #shown = null;
  #again = null;
  #world;

  constructor(options) {
    this.#options = options;
    this.#world = options.world ?? browserWorld;
  }

  async start() {
    await this.reload();
    if (this.#stopped) return;
    this.#stream = new LiveStream({
      url: this.#options.url,
      position: this.#shown,
      world: this.#world,
      onEvent: (event) => this.#receive(event),
      onState: (state) => this.#state(state),
      onReset: (position) => this.reload({ minPosition: position }),
    });
    this.#stream.start();
  }

  stop() {
    this.#stopped = true;
    this.#world.cancel(this.#again);
    this.#load?.abort();
    this.#stream?.stop();
  }

  async reload({ minPosition = null } = {}) {
    this.#load?.abort();
    this.#world.cancel(this.#again);
    const load = new AbortController();
    this.#load = load;
    this.#waiting ??= [];
    try {
      const snapshot = await this.#options.load({ minPosition, signal: load.signal });
      if (load.signal.aborted) return;
      this.#failed = false;
      this.#shown = snapshot.position;
      this.#options.show(snapshot);
      this.#drain(snapshot.position);
    } catch (error) {
      if (load.signal.aborted) return;
      this.#failed = true;
      this.#again = this.#world.after(RELOAD_MS * (1 + this.#world.random()), () => this.reload());
      this.#options.onError(error);
    }
  }

  #drain(position) {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const event of waiting) {
      if (!covers(position, event.position)) this.#options.apply(event);
    }
  }

  #receive(event) {
    if (!this.#waiting) {
      if (!covers(this.#shown, event.position)) this.#options.apply(event);
      return;
    }
    this.#waiting.push(event);
    if (this.#waiting.length <= EVENTS_WAITING_MAX) return;
    this.#waiting = [];
    this.reload({ minPosition: event.position });
  }

  #state(state) {
    const unsure = this.#failed || this.#shown === null;
    if (state.name === "live" && unsure) this.reload({ minPosition: this.#stream.position });
    this.#options.onState?.(state);
  }
}
