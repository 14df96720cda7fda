// connect(): a client of one Freshet origin: reads and writes, and channels that are followed.
//
// Shape    connect({origin, token, ticket}) → {request, subscribe, follow, seen}. See index.d.ts, which is the contract.
// token    a string, a function (refused) → token, or {access(), renew(refused)} as Session is. Only calls with auth: "user" and
//          channels with login: true use it.
// Channel  a name of CHANNELS, or {sse, socket, list, login}: addresses at the origin.
import { Feed } from "./feed.js";
import { Rest } from "./rest.js";
import { SharedLink } from "./tabs.js";
import { browserWorld } from "./world.js";

const ARTICLES = "/api/content/api/articles/?page_size=1&language=";

export const CHANNELS = {
  "articles-en": { sse: "/api/content/events/article-updates-en/", list: `${ARTICLES}en` },
  "articles-th": { sse: "/api/content/events/article-updates-th/", list: `${ARTICLES}th` },
  courses: { socket: "/ws/courses/", sse: "/events/courses/", list: "/api/courses/?page_size=1" },
};

export function connect(options = {}) {
  return new Client(options);
}

class Client {
  #origin;
  #rest;
  #tokens;
  #ticket;
  #world;

  constructor({ origin = globalThis.location?.origin, token = null, ticket = null, world = browserWorld, fetch } = {}) {
    if (!origin) throw new Error("connect() needs an origin");
    this.#origin = origin.replace(/\/$/, "");
    this.#tokens = tokensFrom(token);
    this.#ticket = ticket;
    this.#world = world;
    this.#rest = new Rest({ origin: this.#origin, tokens: this.#tokens, ...(fetch ? { fetch } : {}) });
  }

  get seen() {
    return this.#rest.seen;
  }

  request(method, path, options) {
    return this.#rest.request(method, path, options);
  }

  subscribe(channel, { since = null, onEvent, onState, onReset, onError } = {}) {
    return this.#open(channel, { position: since, on: { event: onEvent ?? (() => {}), state: onState, reset: onReset, error: onError } });
  }

  follow(channel, { load, show, apply, onState, onError }) {
    const feed = new Feed({ load, show, apply, onState, onError, world: this.#world, subscribe: (options) => this.#open(channel, options) });
    feed.start();
    return feed;
  }

  #open(channel, { position, on }) {
    const described = this.#described(channel);
    const link = new SharedLink({
      channel: described, position, world: this.#world, credentials: described.login ? this.#credentials() : null,
      on: {
        ...on,
        event: (event) => {
          this.#rest.saw(event.position);
          on.event(event);
        },
        reset: (at, reason) => {
          this.#rest.saw(at);
          on.reset?.(at, reason);
        },
      },
    });
    link.start();
    return link;
  }

  #described(channel) {
    const found = typeof channel === "string" ? CHANNELS[channel] : channel;
    if (!found) throw new Error(`there is no channel ${channel}`);
    const absolute = (path) => path && this.#origin + path;
    const { sse, socket, list, login = false, key = "" } = found;
    if (login && !key) throw new Error("a channel with a login needs a key, so that two users of one browser never share a connection");
    return {
      sse: absolute(sse), socket: absolute(socket), list: absolute(list), login,
      key: `freshet:${this.#origin}${socket ?? sse ?? list}#${key}`,
    };
  }

  // A stream cannot send a header, and a token in an address would lie about in logs: a ticket is good once, for 30 seconds.
  #credentials() {
    return {
      ticket: async () => (this.#ticket ? this.#ticket() : (await this.#rest.request("POST", "/api/stream-ticket/", { auth: "user" })).body.ticket),
      renew: () => this.#tokens.renew(),
    };
  }
}

function tokensFrom(token) {
  if (token === null || typeof token === "object") return token;
  if (typeof token === "string") return { access: async () => token, renew: async () => token };
  let known = null;
  const renew = async (refused = known) => (known = await token(refused));
  return { access: async () => known ?? renew(null), renew };
}
