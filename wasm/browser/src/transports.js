// The three ways to hear of changes. Each is one connection, from its beginning to its end.
//
// Shape    transport({world, url, position, signal, alive, frame, memory}) → how it ended: {why, askedMs} (backoff.js).
//          alive() for each sign of life; frame(frame) for what the server says (frames.js). `signal` ends it from outside.
// Errors   whatever the network throws, and a frame that cannot be read, is thrown on: the caller tries again from its position.
import { endOfClose, endOfStatus } from "./backoff.js";
import { EventParser } from "./event_parser.js";
import { frameOfEvent, frameOfMessage } from "./frames.js";

const POLL_MS = 10_000, ROUNDS_MAX = 3;

// fetch, not EventSource: that one stops for ever on an HTTP error, hides status and comments, and cannot notice silence.
async function sse({ world, url, position, signal, alive, frame }) {
  const response = await world.open(url, position, signal);
  const asked = Number(response.headers.get("Retry-After")) * 1000 || 0;
  if (!response.ok) return { why: endOfStatus(response.status), askedMs: asked };
  const parser = new EventParser({ lastEventId: position ?? "" });
  const reader = response.body.getReader();
  let lastId = position ?? "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { why: "cut", askedMs: parser.retryMs ?? 0 };
    alive();
    for (const event of parser.feed(value)) {
      frame(frameOfEvent(event, lastId));
      lastId = event.id ?? lastId;
    }
  }
}

function socket({ world, url, position, signal, alive, frame }) {
  return new Promise((resolve, reject) => {
    const ws = world.socket(position ? withQuery(url, { since: position }) : url);
    const end = (settle, value) => {
      signal.removeEventListener("abort", abort);
      ws.onmessage = ws.onclose = null;
      ws.close();
      settle(value);
    };
    const abort = () => end(reject, signal.reason);
    signal.addEventListener("abort", abort);
    ws.onmessage = ({ data }) => {
      alive();
      try {
        frame(frameOfMessage(data), (message) => ws.send(JSON.stringify(message)));
      } catch (error) {
        end(reject, error);
      }
    };
    ws.onclose = ({ code }) => end(resolve, { why: endOfClose(code), askedMs: 0 });
  });
}

// Asks for the channel's list with its ETag. What changed is not told by event: a reset lets each page load what it shows.
// It ends after a round, then after two, then always after three, so that the streams are tried again: soon at first, for a restart is short.
async function poll({ world, url, signal, alive, frame, memory }) {
  memory.rounds = Math.min(ROUNDS_MAX, (memory.rounds ?? 0) + 1);
  for (let round = 0; round < memory.rounds; round++) {
    const response = await world.poll(url, memory.etag ?? null, signal);
    alive();
    if (!response.ok && response.status !== 304) return { why: endOfStatus(response.status), askedMs: Number(response.headers.get("Retry-After")) * 1000 || 0 };
    frame({ kind: "polled" });
    if (response.status !== 304) frame({ kind: "reset", position: response.headers.get("Freshet-Position"), reason: "poll" });
    memory.etag = response.headers.get("ETag");
    await pause(world, POLL_MS * (0.75 + world.random() / 2), signal);
  }
  return { why: "cut" };
}

export const TRANSPORTS = { socket, sse, poll };

export function withQuery(url, values) {
  const text = new URLSearchParams(values).toString();
  return text ? url + (url.includes("?") ? "&" : "?") + text : url;
}

function pause(world, ms, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      world.cancel(timer);
      reject(signal.reason);
    };
    const timer = world.after(ms, () => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
    signal.addEventListener("abort", abort);
  });
}
