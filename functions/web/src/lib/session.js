// The reader's login.
//
// Where    refresh token in localStorage (it must survive a reload, and all tabs share one family); access token in
//          sessionStorage, so that a reload costs no rotation. Both are as safe as the page's scripts: the CSP allows
//          none but ours and Trusted Types close the DOM sinks. They never go into an address or a log.
// Renewal  a refresh token is spent once; a second use revokes the family (CONTRACT 2). Each stored token therefore
//          carries the Idempotency-Key of its one rotation: whoever repeats it (a tab that lost the race, a page that was
//          closed before it could read the answer) sends the same key and gets the same pair. A Web Lock keeps tabs from
//          racing at all; it is missing on plain http, where the key alone carries it.
// Errors   when the family is over, the session is cleared in every tab and SessionOver is thrown.
import { newKey, request, useTokens } from "./http.js";
import { Problem } from "./problem.js";

const STORED = "freshet.session", ACCESS = "freshet.access", RENEW_BEFORE_MS = 30_000, LOGOUT_MS = 4000;
const listeners = new Set();
let memory = { stored: null, access: null };

export class SessionOver extends Problem {
  constructor() {
    super({ status: 401, title: "login needed" });
    this.name = "SessionOver";
  }
}

/// The profile of who is logged in, or null. No call is made.
export function user() {
  return load()?.user ?? null;
}

export function onSession(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function login(username, password) {
  const pair = (await request("POST", "/api/token/", { json: { username, password } })).body;
  save({ refresh: pair.refresh, key: newKey(), user: null }, pair.access);
  return refreshProfile();
}

export async function refreshProfile() {
  const profile = (await request("GET", "/api/users/me/", { auth: "user" })).body;
  const stored = load();
  if (stored) save({ ...stored, user: profile }, readAccess());
  return profile;
}

/// Over when the server has taken the token back, or LOGOUT_MS have passed; the call itself outlives the page.
export async function logout() {
  const stored = load();
  try {
    if (stored) await request("POST", "/api/token/blacklist/", { json: { refresh: stored.refresh }, keepalive: true, signal: AbortSignal.timeout(LOGOUT_MS) });
  } catch {
    // the browser forgets it either way; unspent it dies in seven days
  } finally {
    clear();
  }
}

async function access() {
  const token = readAccess();
  if (!load()) throw new SessionOver();
  return token && expiresAt(token) - Date.now() > RENEW_BEFORE_MS ? token : renew(token);
}

async function renew(refused) {
  return underLock(async () => {
    const stored = load();
    if (!stored) throw new SessionOver();
    const known = readAccess();
    if (known && known !== refused && expiresAt(known) > Date.now()) return known;
    try {
      const pair = (await request("POST", "/api/token/refresh/", {
        json: { refresh: stored.refresh },
        idempotencyKey: stored.key,
      })).body;
      save({ ...stored, refresh: pair.refresh, key: newKey() }, pair.access);
      return pair.access;
    } catch (error) {
      if (!(error instanceof Problem) || (error.status !== 401 && error.status !== 400)) throw error;
      if (load()?.refresh === stored.refresh) clear();
      throw new SessionOver();
    }
  });
}

function underLock(work) {
  return navigator.locks ? navigator.locks.request("freshet.session", work) : work();
}

function expiresAt(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(payload)).exp * 1000;
  } catch {
    return 0;
  }
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(STORED));
  } catch {
    return memory.stored;
  }
}

function readAccess() {
  try {
    return sessionStorage.getItem(ACCESS);
  } catch {
    return memory.access;
  }
}

function save(stored, accessToken) {
  memory = { stored, access: accessToken };
  try {
    localStorage.setItem(STORED, JSON.stringify(stored));
    if (accessToken) sessionStorage.setItem(ACCESS, accessToken);
  } catch {
    // storage refused: the session lasts as long as the page
  }
  tell();
}

function clear() {
  memory = { stored: null, access: null };
  try {
    localStorage.removeItem(STORED);
    sessionStorage.removeItem(ACCESS);
  } catch {
    // nothing was kept
  }
  tell();
}

function tell() {
  for (const listener of listeners) listener(user());
}

export function startSession() {
  useTokens({ access, renew });
  addEventListener("storage", (event) => {
    if (event.key !== STORED) return;
    if (!event.newValue) sessionStorage.removeItem(ACCESS);
    tell();
  });
}
