// What a call can fail with. Problem: the server answered, RFC 9457. Unreachable: it did not, or not as Freshet does.

export class Problem extends Error {
  constructor({ status, type, title, detail, errors }, retryAfter = null) {
    super(detail || title || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.type = type ?? "about:blank";
    this.title = title ?? "";
    this.detail = detail ?? "";
    /// field → reasons; empty when the problem is not about fields
    this.errors = errors && typeof errors === "object" ? errors : {};
    this.retryAfterMs = retryAfter;
  }
}

export class Unreachable extends Error {
  constructor(cause) {
    super("the server could not be reached");
    this.name = "Unreachable";
    this.cause = cause;
  }
}

export function retryAfterMs(headers) {
  const seconds = Number(headers.get("Retry-After"));
  return Number.isFinite(seconds) && headers.get("Retry-After") ? Math.max(0, seconds * 1000) : null;
}

export async function problemFrom(response) {
  let body = {};
  if ((response.headers.get("Content-Type") ?? "").includes("json")) {
    body = await response.json().catch(() => ({}));
  }
  return new Problem({ ...body, status: response.status }, retryAfterMs(response.headers));
}
