// Standing: what a page may say of its connection. Pure: a state machine over what happened.
//
//     connecting ──opened──▶ live ◀──settled── catching-up ◀──opened after a loss── connecting
//     live ⇄ degraded        the server says that its log is away, and that it is back
//     any ──lost twice──▶ offline-since {since: the moment of the loss}
//     any ──polled──▶ degraded   no stream gets through, but asking does: late, not blind
//
// Each method says whether the state has changed. While tries fail the state stays offline-since (or degraded, while polling
// works): a page that flickers between "connecting" and "offline" tells nothing.

const FAILURES_SHOWN = 2;

export class Standing {
  #polling = false;
  #lostAt = null;
  #failures = 0;

  constructor() {
    this.state = { name: "", since: null };
  }

  get failures() {
    return this.#failures;
  }

  trying() {
    return this.#polling || this.state.name === "offline-since" ? false : this.#go("connecting");
  }

  /// `behind`: something may have been missed that is on its way now.
  opened(behind) {
    this.#polling = false;
    this.#lostAt = null;
    this.#failures = 0;
    return this.#go(behind ? "catching-up" : "live");
  }

  settled() {
    return this.state.name === "catching-up" ? this.#go("live") : false;
  }

  serverSays(degraded) {
    if (degraded) return this.#go("degraded");
    return this.state.name === "degraded" && !this.#polling ? this.#go("live") : false;
  }

  polled(now) {
    this.#polling = true;
    this.#lostAt = now;
    this.#failures = 0;
    return this.#go("degraded");
  }

  /// A connection ended, or none came about. `weight` 2 where it is certain (the browser says it is offline, polling fails too).
  lost(now, weight = 1) {
    this.#lostAt ??= now;
    this.#failures += weight;
    if (weight >= FAILURES_SHOWN) this.#polling = false;
    if (this.#polling || this.#failures < FAILURES_SHOWN) return false;
    return this.#go("offline-since", this.#lostAt);
  }

  get wasLost() {
    return this.#lostAt !== null;
  }

  #go(name, since = null) {
    if (this.state.name === name && this.state.since === since) return false;
    this.state = { name, since };
    return true;
  }
}
