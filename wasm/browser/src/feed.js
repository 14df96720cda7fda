// Feed: a snapshot and the events after it, without a gap and without a repeat.
//
// Shape    new Feed({subscribe, world, load, show, apply, onState, onError}). load({minPosition, signal}) → {position, …};
//          show(snapshot) puts it on the page; apply(event) brings it forward by one event.
//          subscribe({position, on}) → {position, stop()}: the channel (tabs.js).
// Order    the snapshot carries the position it shows; the stream starts there, so nothing lies between. While a snapshot is
//          on its way, events wait; those it already contains are dropped, the others are applied after show().
//          Of several reloads only the last is shown, and it is at least as new as any of them asked for.
//          A snapshot without a position (a 404 has none) is loaded again once the stream stands.
// Reset    when the stream cannot resume, a new snapshot is loaded that is at least as new as the stream.
// Bounds   at most EVENTS_WAITING_MAX events wait; beyond, a snapshot that contains them is loaded instead.
// Errors   a load that fails goes to onError(error) and is tried again by itself, with jitter, sooner when the stream
//          comes live; the events go on waiting for it.
import { covers, further } from "./position.js";

const EVENTS_WAITING_MAX = 1000, RELOAD_MS = 4000;

export class Feed {
  #options;
  #world;
  #stream = null;
  #waiting = null;
  #load = null;
  #failed = false;
  #stopped = false;
  #shown = null;
  #wanted = null;
  #again = null;

  constructor(options) {
    this.#options = options;
    this.#world = options.world;
  }

  async start() {
    await this.reload();
    if (this.#stopped) return;
    this.#stream = this.#options.subscribe({
      position: this.#shown,
      on: {
        event: (event) => this.#receive(event),
        state: (state) => this.#state(state),
        reset: (position) => this.#reset(position),
        error: (error) => this.#options.onError?.(error),
      },
    });
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
    this.#wanted = further(this.#wanted, minPosition);
    try {
      const snapshot = await this.#options.load({ minPosition: this.#wanted, signal: load.signal });
      if (load.signal.aborted) return;
      this.#failed = false;
      this.#wanted = null;
      this.#shown = snapshot.position;
      this.#options.show(snapshot);
      this.#drain(snapshot.position);
    } catch (error) {
      if (load.signal.aborted) return;
      this.#failed = true;
      this.#again = this.#world.after(RELOAD_MS * (1 + this.#world.random()), () => this.reload());
      this.#options.onError?.(error);
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

  // A log that begins anew is not waited for at a place of the old one.
  #reset(position) {
    this.#wanted = null;
    this.#waiting = null;
    this.reload({ minPosition: position });
  }

  #state(state) {
    const unsure = this.#failed || this.#shown === null;
    if (state.name === "live" && unsure) this.reload({ minPosition: this.#stream?.position ?? null });
    this.#options.onState?.(state);
  }
}
