// Rest: calls of the REST API at one origin.
//
// Shape    request("GET", path, {query, json, auth, ifMatch, ifNoneMatch, idempotencyKey, minPosition, keepalive, signal})
//          → {status, body, etag, position}; a 304 has no body.
// auth     "none" (default) | "user": sends the access token, renews it once when it is refused.
// Position what was written or heard is remembered, and every later read asks for at least that (Freshet-Min-Position), so a page never
//          shows less than it has told. A place that the caller did not name is let go on the last try: the log may be another one.
// Errors   Problem or Unreachable (problem.js); an abort by `signal` stays an AbortError.
// Retries  a read is tried again twice when the server is away or says 503 (after Retry-After, at most 3 s). A write is
//          never repeated here: its caller holds the Idempotency-Key and decides.
import { further } from "./position.js";
import { Problem, Unreachable, problemFrom } from "./problem.js";

const READ_TRIES = 3, TIMEOUT_MS = 20_000, RETRY_MS_MAX = 3000;

export class Rest {
  #origin;
  #tokens;
  #fetch;
  #seen = null;

  /// `tokens` is {access(), renew(refused)} or null; `fetch` is replaced by tests.
  constructor({ origin, tokens = null, fetch = (...call) => globalThis.fetch(...call) }) {
    this.#origin = origin;
    this.#tokens = tokens;
    this.#fetch = fetch;
  }

  /// The furthest place in the log that this client knows of.
  get seen() {
    return this.#seen;
  }

  saw(position) {
    this.#seen = further(this.#seen, position);
  }

  async request(method, path, options = {}) {
    const tries = method === "GET" ? READ_TRIES : 1;
    for (let attempt = 1; ; attempt++) {
      const implied = method === "GET" && attempt < tries ? this.#seen : null;
      try {
        const answer = await this.#authorised(method, path, { ...options, minPosition: options.minPosition ?? implied });
        if (method !== "GET") this.saw(answer.position);
        return answer;
      } catch (error) {
        const again = error instanceof Unreachable || (error instanceof Problem && error.status === 503);
        if (!again || attempt >= tries || options.signal?.aborted) throw error;
        await pause(Math.min(RETRY_MS_MAX, error.retryAfterMs ?? 300 * 2 ** attempt * Math.random()), options.signal);
      }
    }
  }

  async #authorised(method, path, options) {
    if (options.auth !== "user") return this.#once(method, path, options, null);
    if (!this.#tokens) throw new Problem({ status: 401, title: "this client has no login" });
    const access = await this.#tokens.access();
    try {
      return await this.#once(method, path, options, access);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      return this.#once(method, path, options, await this.#tokens.renew(access));
    }
  }

  async #once(method, path, options, access) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await this.#fetch(this.#origin + address(path, options.query), {
        method,
        headers: headersOf(options, access),
        body: options.json === undefined ? undefined : JSON.stringify(options.json),
        credentials: "same-origin",
        cache: "no-store",
        keepalive: options.keepalive ?? false,
        signal: options.signal ? anySignal(options.signal, timeout) : timeout,
      });
      if (!response.ok && response.status !== 304) throw await problemFrom(response);
      return {
        status: response.status,
        body: response.status === 204 || response.status === 304 ? null : await response.json(),
        etag: response.headers.get("ETag"),
        position: response.headers.get("Freshet-Position"),
      };
    } catch (error) {
      if (error instanceof Problem || options.signal?.aborted) throw error;
      throw new Unreachable(error);
    }
  }
}

function address(path, query = {}) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && (value !== "" || name === "cursor")) params.set(name, value);
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

function headersOf(options, access) {
  const headers = { Accept: "application/json" };
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  if (access) headers.Authorization = `Bearer ${access}`;
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  if (options.ifNoneMatch) headers["If-None-Match"] = options.ifNoneMatch;
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  if (options.minPosition) headers["Freshet-Min-Position"] = options.minPosition;
  return headers;
}

function anySignal(...signals) {
  if (AbortSignal.any) return AbortSignal.any(signals);
  const joined = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) joined.abort(signal.reason);
    signal.addEventListener("abort", () => joined.abort(signal.reason), { once: true });
  }
  return joined.signal;
}

function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
  });
}

/// 128 random bits; crypto.randomUUID is missing on plain http to another host than localhost.
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
