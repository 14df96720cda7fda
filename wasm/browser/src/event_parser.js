// EventParser: bytes of a text/event-stream in, events out. Source: WHATWG HTML, server-sent events, parsing.
//
// Shape    feed(bytes) → [{type, data, id}], in order; comments come as {comment}. `retryMs` and `lastEventId` as told so far.
// Bounds   a line or an event longer than `charactersMax` throws: the connection is not worth more memory.
// Order    a chunk may end anywhere, inside a character too; what is not complete waits for the next feed().
// Unlike EventSource it shows comments, because Freshet says ": degraded" and ": live" in them (CONTRACT 8).

export class EventParser {
  #decoder = new TextDecoder("utf-8");
  #rest = "";
  #data = [];
  #size = 0;
  #type = "";
  #id;
  #first = true;

  constructor({ lastEventId = "", charactersMax = 8 * 1024 * 1024 } = {}) {
    this.lastEventId = lastEventId;
    this.retryMs = null;
    this.charactersMax = charactersMax;
    this.#id = lastEventId;
  }

  feed(bytes) {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    if (this.#first && this.#rest.length > 0) {
      this.#first = false;
      if (this.#rest.charCodeAt(0) === 0xfeff) this.#rest = this.#rest.slice(1);
    }
    const events = [];
    for (let line = this.#nextLine(); line !== null; line = this.#nextLine()) {
      const event = this.#line(line);
      if (event) events.push(event);
    }
    if (this.#rest.length + this.#size > this.charactersMax) throw new Error("an event is longer than the limit");
    return events;
  }

  // Lines end in \r\n, \n or \r. A \r that ends the chunk may be half of \r\n, so it waits.
  #nextLine() {
    const end = this.#rest.search(/[\r\n]/);
    if (end < 0 || (this.#rest[end] === "\r" && end + 1 === this.#rest.length)) return null;
    const line = this.#rest.slice(0, end);
    const width = this.#rest[end] === "\r" && this.#rest[end + 1] === "\n" ? 2 : 1;
    this.#rest = this.#rest.slice(end + width);
    return line;
  }

  #line(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return { comment: line.slice(1).trim() };
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    this.#field(field, value);
    return null;
  }

  #field(field, value) {
    if (field === "data") {
      this.#data.push(value);
      this.#size += value.length + 1;
    } else if (field === "event") {
      this.#type = value;
    } else if (field === "id") {
      if (!value.includes("\0")) this.#id = value;
    } else if (field === "retry" && /^\d+$/.test(value)) {
      this.retryMs = Number(value);
    }
  }

  #dispatch() {
    this.lastEventId = this.#id;
    const event = this.#data.length > 0
      ? { type: this.#type || "message", data: this.#data.join("\n"), id: this.lastEventId }
      : null;
    this.#data = [];
    this.#size = 0;
    this.#type = "";
    return event;
  }
}
