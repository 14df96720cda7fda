// Link: one channel, followed across connections. It belongs to one tab; tabs.js shares it between them.
//
// Shape    new Link({channel, position, behind, world, credentials, on}); start(), stop(). channel: {sse, socket, list}: addresses, each
//          may be missing. `on`: event({type, data, position}), mark(position), reset(position, reason), state({name, since}), error(error).
// Order    as sent; `position` moves with each event. on.reset: the server cannot resume from it, or it is asked by polling.
// Retry    backoff.js says when, ladder.js by which transport; at once when the browser is online again. A login that has ended is
//          renewed once; when that does not help, it is tried again slowly.
// Silence  a stream says something every 15 to 30 s; SILENCE_MS without a sign of life is a dead connection, and so is one that does
//          not open in OPENING_MS.
// Token    of a socket that stays open, a new one is sent when the server asks; an SSE stream is opened again with a new ticket.
import { waitAfter } from "./backoff.js";
import { Ladder } from "./ladder.js";
import { Standing } from "./standing.js";
import { TRANSPORTS, withQuery } from "./transports.js";

const SILENCE_MS = { sse: 45_000, socket: 65_000, poll: 30_000 }, OPENING_MS = 20_000, SETTLED_MS = 250, CERTAIN = 2;
const OPENING = ["open", "reset", "polled"];

export class Link {
  #options;
  #world;
  #on;
  #standing = new Standing();
  #ladder;
  #behind;
  #stopped = true;
  #connection = null;
  #wakeUp = null;
  #settleTimer = null;
  #unlisten = [];
  #memory = {};
  #loginTried = false;
  #expiring = false;

  constructor(options) {
    this.#options = options;
    this.#world = options.world;
    this.#on = options.on;
    this.#behind = options.behind ?? false;
    this.#ladder = new Ladder([options.channel.socket && "socket", options.channel.sse && "sse", options.channel.list && "poll"].filter(Boolean));
    this.position = options.position ?? null;
  }

  get state() {
    return this.#standing.state;
  }

  start() {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#unlisten = this.#world.listen({ online: () => this.#wakeUp?.(), offline: () => this.#connection?.abort() });
    this.#run();
  }

  stop() {
    this.#stopped = true;
    for (const off of this.#unlisten) off();
    this.#world.cancel(this.#settleTimer);
    this.#connection?.abort();
    this.#wakeUp?.();
  }

  async #run() {
    while (!this.#stopped) {
      if (!this.#world.online()) {
        this.#tell(this.#standing.lost(this.#world.now(), CERTAIN));
        await this.#sleep(null);
        continue;
      }
      const rung = this.#ladder.rung;
      const end = await this.#connect(rung);
      if (this.#stopped || !this.#world.online()) continue;
      await this.#sleep(this.#waitAfter(rung, end));
    }
  }

  #waitAfter(rung, end) {
    let { why } = end;
    if (why !== "renewed") {
      if (end.opened) this.#ladder.ended();
      else if (this.#ladder.failed(why === "final") && why === "final") why = "cut";
      if (!(rung === "poll" && end.opened)) this.#tell(this.#standing.lost(this.#world.now(), rung === "poll" ? CERTAIN : 1));
    }
    return waitAfter({ ...end, why }, this.#standing.failures, this.#world.random);
  }

  // One connection, to its end.
  async #connect(rung) {
    this.#tell(this.#standing.trying());
    const connection = new AbortController();
    this.#connection = connection;
    let silence = null, opened = false;
    const alive = () => {
      this.#world.cancel(silence);
      silence = this.#world.after(opened ? SILENCE_MS[rung] : OPENING_MS, () => connection.abort());
    };
    const frame = (said, send) => {
      if (connection.signal.aborted) return;
      if (!opened && OPENING.includes(said.kind)) {
        opened = true;
        alive();
      }
      this.#receive(said, send);
    };
    let end = { why: "cut" };
    try {
      alive();
      end = await TRANSPORTS[rung]({
        world: this.#world, url: await this.#address(rung), position: this.position, signal: connection.signal, alive, frame, memory: this.#memory,
      });
    } catch (error) {
      end = { why: error?.status === 401 ? "final" : "cut" };
      if (end.why === "final") this.#on.error?.(error);
    } finally {
      this.#world.cancel(silence);
      this.#world.cancel(this.#settleTimer);
      connection.abort();
      this.#connection = null;
    }
    return { ...(await this.#afterEnd(end)), opened };
  }

  async #address(rung) {
    const { channel, credentials } = this.#options;
    const url = channel[rung === "poll" ? "list" : rung];
    return credentials && rung !== "poll" ? withQuery(url, { ticket: await credentials.ticket() }) : url;
  }

  // The server refused or ended the login: a new token, once; a stream that only asked for one goes on at once.
  async #afterEnd(end) {
    const wasAsked = this.#expiring;
    this.#expiring = false;
    if (wasAsked) return { ...end, why: "renewed" };
    if (end.why !== "login") {
      if (end.why === "final") this.#on.error?.(new Error("the stream was refused"));
      return end;
    }
    try {
      if (this.#loginTried || !this.#options.credentials) throw Object.assign(new Error("the stream refused the login"), { status: 401 });
      this.#loginTried = true;
      await this.#options.credentials.renew();
      return { ...end, why: "renewed" };
    } catch (error) {
      this.#on.error?.(error);
      return { ...end, why: error?.status === 401 ? "final" : "cut" };
    }
  }

  #receive(frame, send) {
    switch (frame.kind) {
      case "open":
        this.#ladder.opened();
        return this.#opened(frame.position);
      case "reset":
        this.#ladder.opened();
        return this.#reset(frame);
      case "polled":
        return this.#tell(this.#standing.polled(this.#world.now()));
      case "mark":
        return this.#marked(frame.position);
      case "status":
        return this.#tell(this.#standing.serverSays(frame.degraded));
      case "expiring":
        return this.#renew(send);
      default:
        return this.#event(frame.event);
    }
  }

  #opened(position) {
    const behind = this.position !== null && (this.#behind || this.#standing.wasLost);
    this.position ??= position;
    this.#behind = false;
    this.#loginTried = false;
    this.#memory.rounds = 0;
    this.#tell(this.#standing.opened(behind));
    this.#on.mark?.(this.position);
    if (behind) this.#settleSoon();
  }

  #reset({ position, reason }) {
    this.position = position ?? null;
    if (reason !== "poll") this.#tell(this.#standing.opened(true));
    this.#on.reset?.(this.position, reason);
    this.#settleSoon();
  }

  // It names a place up to which all has been sent, so a later resume need not look before it.
  #marked(position) {
    if (position !== null) {
      this.position = position;
      this.#on.mark?.(position);
      this.#settled();
    }
  }

  #event(event) {
    this.position = event.position ?? this.position;
    this.#on.event(event);
    if (this.state.name === "catching-up") this.#settleSoon();
  }

  async #renew(send) {
    if (!this.#options.credentials) return;
    const connection = this.#connection;
    try {
      const token = await this.#options.credentials.renew();
      if (send && this.#connection === connection) return send({ type: "auth", token });
      this.#expiring = true;
      connection?.abort();
    } catch (error) {
      this.#on.error?.(error);
    }
  }

  // Nothing marks the end of what was missed, but it comes in one burst: a short quiet is the end.
  #settleSoon() {
    this.#world.cancel(this.#settleTimer);
    this.#settleTimer = this.#world.after(SETTLED_MS, () => this.#settled());
  }

  #settled() {
    if (this.#connection) this.#tell(this.#standing.settled());
  }

  #tell(changed) {
    if (changed && !this.#stopped) this.#on.state?.(this.state);
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
