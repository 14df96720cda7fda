// Reads and writes of the SDK, and the login, against a server that is a function.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem, Session, SessionOver, Unreachable, connect } from "../../../wasm/browser/src/index.js";
import { World, settle } from "../support/world.mjs";

function server(answers) {
  const calls = [];
  const fetch = async (url, { method, headers, body }) => {
    const call = { method, path: url.replace("http://site", ""), headers, json: body && JSON.parse(body) };
    calls.push(call);
    const { status = 200, json = {}, position, etag, retryAfter } = await answers(call, calls.length);
    if (status === 0) throw new TypeError("no network");
    const given = { ...(position && { "Freshet-Position": position }), ...(etag && { ETag: etag }), ...(retryAfter !== undefined && { "Retry-After": String(retryAfter) }) };
    return new Response([204, 304].includes(status) ? null : JSON.stringify(json), { status, headers: { "Content-Type": "application/json", ...given } });
  };
  return { calls, fetch };
}

const client = (answers, options = {}) => {
  const { calls, fetch } = server(answers);
  return { calls, freshet: connect({ origin: "http://site/", fetch, ...options }) };
};

test("a read after a write asks for at least what was written", async () => {
  const { calls, freshet } = client(({ method }) => (method === "POST" ? { status: 201, position: "e-9" } : { position: "e-9" }));
  await freshet.request("GET", "/a/");
  assert.equal(calls[0].headers["Freshet-Min-Position"], undefined);
  await freshet.request("POST", "/a/", { json: {} });
  await freshet.request("GET", "/a/");
  assert.equal(calls[2].headers["Freshet-Min-Position"], "e-9");
  await freshet.request("GET", "/a/", { minPosition: "e-3" });
  assert.equal(calls[3].headers["Freshet-Min-Position"], "e-3");
  assert.equal(freshet.seen, "e-9");
});

test("a read after an event asks for at least that event", async () => {
  const world = new World(), { calls, freshet } = client(() => ({}), { world });
  freshet.subscribe({ sse: "/x" }, { onEvent() {} });
  await settle();
  assert.equal(world.calls[0].url, "http://site/x");
  await world.say('event: stream-open\ndata: {"position":"e-1"}\n\nid: e-4\ndata: {"type":"t"}\n\n');
  await freshet.request("GET", "/a/");
  assert.equal(calls[0].headers["Freshet-Min-Position"], "e-4");
  await world.say('event: stream-reset\ndata: {"position":"f-1","reason":"epoch"}\n\n');
  assert.equal(freshet.seen, "f-1");
});

test("a read is tried three times while the server is away, the last time without a place that nobody asked for", async () => {
  const { calls, freshet } = client((_, count) => (count === 1 ? { status: 201, position: "old-9" } : count < 4 ? { status: 503, retryAfter: 0 } : {}));
  await freshet.request("POST", "/a/", { json: {} });
  await freshet.request("GET", "/a/");
  assert.deepEqual(calls.slice(1).map(({ headers }) => headers["Freshet-Min-Position"]), ["old-9", "old-9", undefined]);
});

test("a write is never repeated, and what went wrong is said", async () => {
  const { calls, freshet } = client(() => ({ status: 503, json: { title: "away" }, retryAfter: 2 }));
  await assert.rejects(freshet.request("POST", "/a/", { json: {} }), (error) => error instanceof Problem && error.status === 503 && error.retryAfterMs === 2000);
  assert.equal(calls.length, 1);
  const away = client(() => ({ status: 0 }));
  await assert.rejects(away.freshet.request("DELETE", "/a/"), Unreachable);
});

test("an answer has its tag and its place; a 304 has no body", async () => {
  const { calls, freshet } = client((_, count) => ({ status: count === 1 ? 200 : 304, json: { a: 1 }, etag: '"t"', position: "e-1" }));
  assert.deepEqual(await freshet.request("GET", "/a/", { query: { page: 2, search: "", cursor: "" } }), { status: 200, body: { a: 1 }, etag: '"t"', position: "e-1" });
  assert.equal(calls[0].path, "/a/?page=2&cursor=");
  assert.equal((await freshet.request("GET", "/a/", { ifNoneMatch: '"t"' })).body, null);
});

test("a token is asked for when it is needed, and again when it is refused", async () => {
  const asked = [];
  const token = async (refused) => (asked.push(refused), refused ? "good" : "stale");
  const { calls, freshet } = client(({ headers }) => (headers.Authorization === "Bearer good" ? {} : { status: 401 }), { token });
  await freshet.request("GET", "/open/").catch(() => {});
  assert.deepEqual(asked, []);
  await freshet.request("GET", "/a/", { auth: "user" });
  await freshet.request("GET", "/a/", { auth: "user" });
  assert.deepEqual(asked, [null, "stale"]);
  assert.deepEqual(calls.slice(1).map(({ headers }) => headers.Authorization), ["Bearer stale", "Bearer good", "Bearer good"]);
});

test("a channel with a login takes its ticket from the API, and must say whose it is", async () => {
  const world = new World();
  const { calls, freshet } = client(({ path }) => (path === "/api/stream-ticket/" ? { json: { ticket: "t1", expires_in: 30 } } : {}), { world, token: "jwt" });
  assert.throws(() => freshet.subscribe({ socket: "/ws/x/", login: true }, { onEvent() {} }), /key/);
  freshet.subscribe({ socket: "/ws/x/", login: true, key: "user 7" }, { onEvent() {} });
  await settle();
  assert.equal(world.calls[0].url, "http://site/ws/x/?ticket=t1");
  assert.deepEqual([calls[0].method, calls[0].headers.Authorization], ["POST", "Bearer jwt"]);
});

test("a channel that nobody knows is an error at once", () => {
  assert.throws(() => client(() => ({})).freshet.subscribe("weather", { onEvent() {} }), /no channel weather/);
});

// ---------------------------------------------------------------- the login of a browser

class Store {
  #items = new Map();
  getItem = (key) => this.#items.get(key) ?? null;
  setItem = (key, value) => this.#items.set(key, value);
  removeItem = (key) => this.#items.delete(key);
}

class Locks {
  #last = Promise.resolve();
  request(_, work) {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

const jwt = (name, seconds) => `${name}.${btoa(JSON.stringify({ exp: Date.now() / 1000 + seconds }))}.s`;

/// A token service that spends each refresh token once, and repeats an answer to the same Idempotency-Key.
function tokens() {
  let count = 1;
  const spent = new Map();
  const service = { current: "r1", rotations: 0, lose: false };
  const { calls, fetch } = server(({ path, json, headers }) => {
    if (path === "/api/token/") return { json: { refresh: "r1", access: jwt("a1", 3600) } };
    if (path === "/api/users/me/") return { json: { id: "u", username: "ann", is_staff: false } };
    if (path === "/api/token/blacklist/") return {};
    const key = headers["Idempotency-Key"];
    if (spent.get(key)) return { json: spent.get(key) };
    if (json.refresh !== service.current) return { status: 401 };
    count += 1;
    service.rotations += 1;
    service.current = `r${count}`;
    spent.set(key, { refresh: service.current, access: jwt(`a${count}`, 3600) });
    if (service.lose) {
      service.lose = false;
      return { status: 0 };
    }
    return { json: spent.get(key) };
  });
  return { calls, fetch, service };
}

function tabsOf({ fetch, locks = new Locks() }) {
  const local = new Store();
  return () => new Session({ origin: "http://site", fetch, local, tab: new Store(), locks, events: {} });
}

test("a login is shared by the tabs, and each has its own access token", async () => {
  const { fetch, service } = tokens(), tab = tabsOf({ fetch });
  const one = tab(), two = tab();
  await one.login("ann", "secret");
  assert.equal(two.user().username, "ann");
  assert.notEqual(await one.access(), await two.access());
  assert.equal(service.rotations, 1);
});

test("tabs that renew at once, under the lock, spend each refresh token once", async () => {
  const { fetch, service } = tokens(), tab = tabsOf({ fetch });
  const tabs = [tab(), tab(), tab()];
  await tabs[0].login("ann", "secret");
  await Promise.all([...tabs, ...tabs].map((each) => each.access()));
  assert.equal(service.rotations, 2, "once for each tab that had no access token, not once a call");
});

test("a lost answer costs nothing: the same key gets the same pair", async () => {
  const { fetch, service } = tokens(), tab = tabsOf({ fetch });
  const one = tab();
  await one.login("ann", "secret");
  service.lose = true;
  await assert.rejects(one.renew(), Unreachable);
  assert.match(await one.renew(), /^a2\./);
  assert.equal(service.rotations, 1);
});

test("without Web Locks the key alone keeps two tabs from spending a token twice", async () => {
  const { fetch, service } = tokens(), tab = tabsOf({ fetch, locks: null });
  const one = tab(), two = tab(), three = tab();
  await one.login("ann", "secret");
  await Promise.all([two.access(), three.access()]);
  assert.equal(service.rotations, 1);
});

test("a login that is over is over in the tab that finds out, and says so", async () => {
  const { fetch, service } = tokens(), tab = tabsOf({ fetch });
  const one = tab(), heard = [];
  await one.login("ann", "secret");
  one.onChange((user) => heard.push(user));
  service.current = "revoked";
  await assert.rejects(one.renew(), SessionOver);
  assert.equal(one.user(), null);
  assert.deepEqual(heard.at(-1), null);
});

test("storage that is refused costs the login its reload, not its use", async () => {
  const { fetch } = tokens(), refusing = { getItem() { throw new Error("no"); }, setItem() { throw new Error("no"); }, removeItem() { throw new Error("no"); } };
  const session = new Session({ origin: "http://site", fetch, local: refusing, tab: refusing, locks: null, events: {} });
  await session.login("ann", "secret");
  assert.equal(session.user().username, "ann");
  assert.match(await session.access(), /^a1\./);
  await session.logout();
  assert.equal(session.user(), null);
});
