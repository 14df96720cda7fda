// Ladder: which transport to try next. Pure.
//
// Shape    rungs from best to worst: WebSocket, SSE, polling. A rung that does not open TRIES times in a row gives way to the next;
//          the last one, when it fails too, to the first: then it is the server that is away, not the transport.
// Back     who has been open begins at the top again after the end. Coming up from polling, each rung gets one try, so that
//          a network that only polls keeps polling most of the time.

const TRIES = 2;

export class Ladder {
  #rungs;
  #at = 0;
  #tries = 0;
  #probing = false;

  constructor(rungs) {
    this.#rungs = rungs;
  }

  get rung() {
    return this.#rungs[this.#at];
  }

  opened() {
    this.#tries = 0;
    if (this.rung !== "poll") this.#probing = false;
  }

  ended() {
    this.#probing = this.rung === "poll";
    this.#at = 0;
    this.#tries = 0;
  }

  /// `refused`: a second try would get the same answer. True when there is another rung to try now.
  failed(refused = false) {
    this.#tries += 1;
    if (!refused && this.#tries < (this.#probing ? 1 : TRIES)) return false;
    const last = this.#at + 1 === this.#rungs.length;
    if (last) this.#probing = false;
    this.#at = last ? 0 : this.#at + 1;
    this.#tries = 0;
    return !last;
  }
}
