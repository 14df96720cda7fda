// request(): one call of the REST API.
//
// Shape    request("GET", path, {query, json, auth, ifMatch, ifNoneMatch, idempotencyKey, minPosition, keepalive, signal})
//          → {status, body, etag, position}; a 304 has no body.
// auth     "none" (default) | "user": sends the access token, renews it once when it is refused.
// Errors   Problem or Unreachable (problem.js); an abort by `signal` stays an AbortError.
// Retries  a read is tried again twice when the server is away or says 503 (after Retry-After, at most 3 s). A write is
//          never repeated here: its caller holds the Idempotency-Key and decides.
import { Problem, Unreachable, problemFrom } from "./problem.js";

const READ_TRIES = 3, TIMEOUT_MS = 20_000, RETRY_MS_MAX = 3000;
let tokens = null;

/// session.js hands in {access(), renew()}; http.js knows no storage.
export function useTokens(source) {
  tokens = source;
}

export async function request(method, path, options = {}) {
  const tries = method === "GET" ? READ_TRIES : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await authorised(method, path, options);
    } catch (error) {
      const again = error instanceof Unreachable || (error instanceof Problem && error.status === 503);
      if (!again || attempt >= tries || options.signal?.aborted) throw error;
      await pause(Math.min(RETRY_MS_MAX, error.retryAfterMs ?? 300 * 2 ** attempt * Math.random()), options.signal);
    }
  }
}

async function authorised(method, path, options) {
  if (options.auth !== "user") return once(method, path, options, null);
  const access = await tokens.access();
  try {
    return await once(method, path, options, access);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    return once(method, path, options, await tokens.renew(access));
  }
}

async function once(method, path, options, access) {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(address(path, options.query), {
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
