// How long to wait before the next connection. Pure: chance is handed in.
//
// Full jitter over an exponential bound (AWS architecture blog, "Exponential backoff and jitter"): clients that lost the same
// server do not come back together. What the server asks for (`retry:`, Retry-After) is the least, and the jitter comes on top.

const FIRST_MS = 500, MOST_MS = 30_000, FINAL_MS = 60_000, BUSY_MS = 5000;

export function backoffMs(failures, random) {
  return random() * Math.min(MOST_MS, FIRST_MS * 2 ** failures);
}

/// `end` is how a connection ended: {why, askedMs}. why: "cut" (network, restart, server away), "busy" (429, 1013), "final"
/// (403, 404, 4003, 4004, 4008, a login that is over: a second try hardly helps, but a page has nobody else to ask).
export function waitAfter({ why, askedMs = 0 }, failures, random) {
  if (why === "final") return Math.max(askedMs, FINAL_MS) + backoffMs(failures, random);
  if (why === "busy") return askedMs + Math.max(random() * BUSY_MS, backoffMs(failures, random));
  return askedMs + backoffMs(failures, random);
}

/// RFC 6455 7.4 and CONTRACT 8.
export function endOfClose(code) {
  if (code === 4001) return "login";
  if (code === 4003 || code === 4004 || code === 4008) return "final";
  return code === 1013 ? "busy" : "cut";
}

export function endOfStatus(status) {
  if (status === 401) return "login";
  if (status === 429) return "busy";
  return status >= 500 ? "cut" : "final";
}
