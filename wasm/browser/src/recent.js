// Recent: the last events of a channel, for the tabs that come later. Pure.
//
// Shape    every event after `floor` that has not been dropped for room, in order. since(position) gives what follows a position,
//          or null when it is not all here any more (older than what is kept, another epoch): the tab loads a snapshot then.
//          Events without a position (somebody is typing) are of their moment and are not kept.
// Bounds   EVENTS_MAX events and CHARACTERS_MAX characters of JSON; the oldest go first, and the floor rises with them.
import { covers, sameEpoch } from "./position.js";

const EVENTS_MAX = 512, CHARACTERS_MAX = 4 * 1024 * 1024;

export class Recent {
  #events = [];
  #characters = 0;
  #floor;

  constructor(floor) {
    this.#floor = floor;
  }

  /// A new beginning: nothing is known of what lies before.
  restart(floor) {
    this.#events = [];
    this.#characters = 0;
    this.#floor = floor;
  }

  add(event) {
    if (event.position === null) return;
    this.#floor ??= event.position;
    const size = JSON.stringify(event.data).length;
    this.#events.push({ event, size });
    this.#characters += size;
    while (this.#events.length > EVENTS_MAX || this.#characters > CHARACTERS_MAX) this.#dropOldest();
  }

  #dropOldest() {
    const { event, size } = this.#events.shift();
    this.#characters -= size;
    this.#floor = event.position;
  }

  since(position) {
    if (!sameEpoch(position, this.#floor) || !covers(position, this.#floor)) return null;
    return this.#events.map(({ event }) => event).filter((event) => !covers(position, event.position));
  }
}
