// SharedLink: one channel, followed by every tab of a browser over one connection.
//
// Shape    new SharedLink({channel, position, world, credentials, on}); start(), stop(). channel.key names what is shared. `on`: event, reset,
//          state, error as in link.js; `position` is what this tab has been given.
// Leader   who holds the Web Lock has the connection, and passes on what it hears over a BroadcastChannel. The browser gives the lock
//          to the next tab when the leader's is closed or crashes; that one goes on from its own position.
// Joining  a tab says where it stands and is answered with all that came since and the current state, from what every tab keeps
//          (recent.js), or with a reset. Until the answer it listens to nothing, so there is no gap; positions it has are dropped, so
//          there is no repeat. A new leader makes everybody join again.
// Hidden   a tab that nobody sees for HIDDEN_MS leaves (a leader hands over) and joins again, at its position, when it is seen.
// Silence  a leader that says nothing for LEADER_SILENT_MS hangs: a follower steals the lock.
// Without  Web Locks (plain http to another host than localhost) each tab has a connection of its own.
// Errors   when on.event throws, the fault is reported and this tab alone gets a reset: a snapshot instead of a hole.
import { covers } from "./position.js";
import { Link } from "./link.js";
import { Recent } from "./recent.js";

const HIDDEN_MS = 30_000, BEAT_MS = 15_000, LEADER_SILENT_MS = 60_000;

export class SharedLink {
  #options;
  #world;
  #on;
  #id;
  #recent;
  #state = null;
  #role = "away"; // away | asking | follower | leader
  #link = null;
  #bus = null;
  #turn = null;
  #handOver = null;
  #timers = { hidden: null, silence: null, beat: null };
  #unlisten = [];
  #wasLive = false;

  constructor(options) {
    this.#options = options;
    this.#world = options.world;
    this.#on = options.on;
    this.position = options.position ?? null;
    this.#recent = new Recent(this.position);
    this.#id = this.#world.id();
  }

  get isLeader() {
    return this.#role === "leader";
  }

  start() {
    this.#unlisten = this.#world.listen({ shown: () => this.#show(), hidden: () => this.#hide(), frozen: () => this.#leave() });
    if (!this.#world.visible()) this.#hide();
    this.#join();
  }

  stop() {
    for (const off of this.#unlisten) off();
    this.#leave();
    this.#world.cancel(this.#timers.hidden);
  }

  #hide() {
    this.#world.cancel(this.#timers.hidden);
    this.#timers.hidden = this.#world.after(HIDDEN_MS, () => this.#leave());
  }

  #show() {
    this.#world.cancel(this.#timers.hidden);
    this.#join();
  }

  #join() {
    if (this.#role !== "away") return;
    this.#role = "asking";
    this.#tell({ name: "connecting", since: null });
    if (!this.#world.lock) return this.#lead();
    this.#bus = this.#world.bus(this.#options.channel.key, (message) => this.#hear(message));
    this.#queue();
    this.#ask();
  }

  #leave() {
    if (this.#role === "away") return;
    this.#role = "away";
    this.#link?.stop();
    this.#link = null;
    this.#turn?.abort();
    this.#handOver?.();
    this.#bus?.close();
    this.#bus = null;
    this.#world.cancel(this.#timers.silence);
    this.#world.cancel(this.#timers.beat);
  }

  // ---------------------------------------------------------------- who leads

  #queue({ steal = false } = {}) {
    const turn = new AbortController();
    this.#turn = turn;
    const leading = () => new Promise((handOver) => {
      if (turn.signal.aborted) return handOver();
      this.#handOver = handOver;
      this.#lead();
    });
    this.#world.lock(this.#options.channel.key, steal ? { steal } : { signal: turn.signal }, leading).catch(() => {
      if (!turn.signal.aborted && this.#turn === turn) this.#robbed();
    });
  }

  #lead() {
    this.#role = "leader";
    this.#world.cancel(this.#timers.silence);
    const { channel, credentials } = this.#options;
    this.#link = new Link({
      channel, credentials, world: this.#world, position: this.position, behind: this.#wasLive,
      on: {
        event: (event) => this.#pass({ kind: "event", event }),
        mark: (position) => this.#leaderMark(position),
        reset: (position, reason) => this.#pass({ kind: "reset", position, reason }),
        state: (state) => this.#pass({ kind: "state", state }),
        error: (error) => this.#on.error?.(error),
      },
    });
    this.#say({ kind: "lead" });
    this.#beat();
    this.#link.start();
  }

  // Who joined before the leader knew a place in the log could not be told what it missed: now it can.
  #leaderMark(position) {
    const first = this.position === null;
    this.#pass({ kind: "mark", position });
    if (first) this.#say({ kind: "lead" });
  }

  // Another tab took us for dead, after a long sleep say: it has the connection now.
  #robbed() {
    this.#link?.stop();
    this.#link = null;
    this.#handOver = null;
    this.#world.cancel(this.#timers.beat);
    this.#role = "asking";
    this.#queue();
    this.#ask();
  }

  #beat() {
    if (!this.#bus) return;
    this.#timers.beat = this.#world.after(BEAT_MS, () => {
      this.#say({ kind: "beat" });
      this.#beat();
    });
  }

  #watchLeader() {
    this.#world.cancel(this.#timers.silence);
    this.#timers.silence = this.#world.after(LEADER_SILENT_MS, () => {
      this.#turn.abort();
      this.#queue({ steal: true });
    });
  }

  // ---------------------------------------------------------------- what is said between tabs

  #say(message) {
    this.#bus?.post({ from: this.#id, ...message });
  }

  #ask() {
    this.#say({ kind: "join", position: this.position });
    this.#watchLeader();
  }

  // What the leader hears is for itself and for the others.
  #pass(message) {
    this.#say(message);
    this.#take(message);
  }

  #hear(message) {
    if (this.#role === "leader") {
      if (message.kind === "join") this.#welcome(message);
      return;
    }
    if (message.kind === "join") return;
    this.#watchLeader();
    if (message.kind === "lead") {
      this.#role = "asking";
      return this.#ask();
    }
    if (message.kind === "welcome") {
      if (message.to === this.#id && this.#role === "asking") this.#welcomed(message);
      return;
    }
    if (this.#role === "follower" || message.kind === "state") this.#take(message);
  }

  #welcome({ from, position }) {
    const events = position === null ? [] : this.#recent.since(position);
    this.#say({ kind: "welcome", to: from, position: this.position, state: this.#state, events });
  }

  #welcomed({ position, state, events }) {
    this.#take({ kind: "state", state });
    if (position === null && this.position !== null) return; // it will say "lead" when it knows a place
    this.#role = "follower";
    if (events === null) this.#take({ kind: "reset", position, reason: "joined" });
    for (const event of events ?? []) this.#take({ kind: "event", event });
    if (position !== null) this.#take({ kind: "mark", position });
  }

  #take(message) {
    switch (message.kind) {
      case "event":
        return this.#event(message.event);
      case "mark":
        return this.#mark(message.position);
      case "reset":
        return this.#reset(message.position, message.reason);
      case "state":
        return this.#tell(message.state);
      default:
        return undefined;
    }
  }

  #event(event) {
    if (covers(this.position, event.position)) return;
    this.#recent.add(event);
    this.position = event.position ?? this.position;
    try {
      this.#on.event(event);
    } catch (error) {
      this.#world.report(error);
      this.#on.reset?.(this.position, "fault");
    }
  }

  #mark(position) {
    if (this.position === null) this.#recent.restart(position);
    if (!covers(this.position, position)) this.position = position;
  }

  #reset(position, reason) {
    this.position = position;
    this.#recent.restart(position);
    this.#on.reset?.(position, reason);
  }

  #tell(state) {
    if (this.#role === "away" || state === null || (this.#state?.name === state.name && this.#state.since === state.since)) return;
    this.#state = state;
    this.#wasLive ||= state.name === "live";
    this.#on.state?.(state);
  }
}
