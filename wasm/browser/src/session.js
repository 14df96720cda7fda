// Session: the reader's login, shared by the tabs of a browser.
//
// Where    refresh token in localStorage (it must survive a reload, and all tabs share one family); access token in
//          sessionStorage, so that a reload costs no rotation. Both are as safe as the scripts of the page: give it a strict
//          Content-Security-Policy. They never go into an address or a log.
// Renewal  a refresh token is spent once; a second use revokes the family (CONTRACT 2). Each stored token therefore
//          carries the Idempotency-Key of its one rotation: whoever repeats it (a tab that lost the race, a page that was
//          closed before it could read the answer) sends the same key and gets the same pair. A Web Lock keeps tabs from
//          racing at all; it is missing on plain http, where the key alone carries it.
// Errors   when the family is over, the session is cleared in every tab and SessionOver is thrown.
import { Rest, newKey } from "./rest.js";
import { Problem } from "./problem.js";

const RENEW_BEFORE_MS = 30_000, LOGOUT_MS = 4000;

export class SessionOver extends Problem {
  constructor() {
    super({ status: 401, title: "login needed" });
    this.name = "SessionOver";
  }
}

export class Session {
  #rest;
  #name;
  #stores;
  #locks;
  #listeners = new Set();
  #memory = { stored: null, access: null };

  /// `name` begins the keys in storage. What a browser gives is replaced by tests.
  constructor({ origin, name = "freshet", fetch, local = storage("localStorage"), tab = storage("sessionStorage"), locks = globalThis.navigator?.locks, events = globalThis } = {}) {
    this.#name = name;
    this.#stores = { local, tab };
    this.#locks = locks;
    this.#rest = new Rest({ origin: origin ?? globalThis.location.origin, tokens: this, ...(fetch ? { fetch } : {}) });
    events.addEventListener?.("storage", ({ key, newValue }) => {
      if (key !== this.#key("session")) return;
      if (!newValue) this.#stores.tab?.removeItem(this.#key("access"));
      this.#tell();
    });
  }

  /// The profile of who is logged in, or null. No call is made.
  user() {
    return this.#load()?.user ?? null;
  }

  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async login(username, password) {
    const pair = (await this.#rest.request("POST", "/api/token/", { json: { username, password } })).body;
    this.#save({ refresh: pair.refresh, key: newKey(), user: null }, pair.access);
    return this.refreshProfile();
  }

  async refreshProfile() {
    const profile = (await this.#rest.request("GET", "/api/users/me/", { auth: "user" })).body;
    const stored = this.#load();
    if (stored) this.#save({ ...stored, user: profile }, this.#readAccess());
    return profile;
  }

  /// Over when the server has taken the token back, or LOGOUT_MS have passed; the call itself outlives the page.
  async logout() {
    const stored = this.#load();
    try {
      if (stored) await this.#rest.request("POST", "/api/token/blacklist/", { json: { refresh: stored.refresh }, keepalive: true, signal: AbortSignal.timeout(LOGOUT_MS) });
    } catch {
      // the browser forgets it either way; unspent it dies in seven days
    } finally {
      this.#clear();
    }
  }

  /// A token that is good for a while yet.
  async access() {
    const token = this.#readAccess();
    if (!this.#load()) throw new SessionOver();
    return token && expiresAt(token) - Date.now() > RENEW_BEFORE_MS ? token : this.renew(token);
  }

  /// Another token than `refused`.
  renew(refused = this.#readAccess()) {
    return this.#underLock(async () => {
      const stored = this.#load();
      if (!stored) throw new SessionOver();
      const known = this.#readAccess();
      if (known && known !== refused && expiresAt(known) > Date.now()) return known;
      try {
        const pair = (await this.#rest.request("POST", "/api/token/refresh/", { json: { refresh: stored.refresh }, idempotencyKey: stored.key })).body;
        this.#save({ ...stored, refresh: pair.refresh, key: newKey() }, pair.access);
        return pair.access;
      } catch (error) {
        if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 400)) throw error;
        if (this.#load()?.refresh === stored.refresh) this.#clear();
        throw new SessionOver();
      }
    });
  }

  #underLock(work) {
    return this.#locks ? this.#locks.request(this.#key("session"), work) : work();
  }

  #key(part) {
    return `${this.#name}.${part}`;
  }

  #load() {
    try {
      return JSON.parse(this.#stores.local.getItem(this.#key("session")));
    } catch {
      return this.#memory.stored;
    }
  }

  #readAccess() {
    try {
      return this.#stores.tab.getItem(this.#key("access"));
    } catch {
      return this.#memory.access;
    }
  }

  #save(stored, accessToken) {
    this.#memory = { stored, access: accessToken };
    try {
      this.#stores.local.setItem(this.#key("session"), JSON.stringify(stored));
      if (accessToken) this.#stores.tab.setItem(this.#key("access"), accessToken);
    } catch {
      // storage refused: the session lasts as long as the page
    }
    this.#tell();
  }

  #clear() {
    this.#memory = { stored: null, access: null };
    try {
      this.#stores.local.removeItem(this.#key("session"));
      this.#stores.tab.removeItem(this.#key("access"));
    } catch {
      // nothing was kept
    }
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener(this.user());
  }
}

function storage(name) {
  try {
    return globalThis[name] ?? null;
  } catch {
    return null; // a browser that refuses storage throws already here
  }
}

function expiresAt(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(payload)).exp * 1000;
  } catch {
    return 0;
  }
}
