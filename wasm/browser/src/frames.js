// What a server says, the same for SSE and WebSocket. Pure. Source: CONTRACT 8.
//
//     {kind: "open", position}                  the stream stands; `position` is the one that was named, else the current one
//     {kind: "reset", position, reason}         it cannot resume: load a snapshot, then go on from `position`
//     {kind: "mark", position}                  a heartbeat: all up to `position` has been sent (null: it does not say)
//     {kind: "status", degraded}                the log is away, or back
//     {kind: "expiring"}                        the token will end: a new one is wanted
//     {kind: "event", event: {type, data, position}}
// A frame that is no JSON object throws: who cannot read a frame must not pass over it.

/// An event or a comment of the EventParser. An id outlives its event (WHATWG), so one that equals `lastId` is not this event's own.
export function frameOfEvent({ comment, type, data, id }, lastId) {
  if (comment === "degraded" || comment === "live") return { kind: "status", degraded: comment === "degraded" };
  if (comment !== undefined) return { kind: "mark", position: null };
  return frameOf(type, objectIn(data), id === lastId ? "" : id);
}

/// The text of a WebSocket message.
export function frameOfMessage(text) {
  const data = objectIn(text);
  return frameOf(data.type ?? data.event, data, "");
}

function frameOf(type, data, id) {
  const position = data.position || null;
  switch (type) {
    case "stream-open":
    case "connected":
      return { kind: "open", position };
    case "stream-reset":
      return { kind: "reset", position, reason: data.reason ?? "" };
    case "keep-alive":
    case "heartbeat":
    case "pong":
      return { kind: "mark", position };
    case "status":
      return { kind: "status", degraded: data.state === "degraded" };
    case "auth-ok":
    case "error":
      return { kind: "mark", position: null };
    default:
  }
  if (data.notification_type === "token_expiring") return { kind: "expiring" };
  return { kind: "event", event: { type: data.type ?? type, data, position: position ?? (id || null) } };
}

function objectIn(text) {
  const value = JSON.parse(text);
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error("a frame is a JSON object");
  return value;
}
