// Everything outside: network, clock, chance, the page, its sister tabs. Tests hand in their own.

export const browserWorld = {
  open: (url, position, signal) =>
    fetch(url, { headers: { Accept: "text/event-stream", ...(position ? { "Last-Event-ID": position } : {}) }, cache: "no-store", signal }),
  socket: (url) => new WebSocket(url.replace(/^http/, "ws")),
  poll: (url, etag, signal) =>
    fetch(url, { headers: { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) }, cache: "no-store", signal }),
  report: (error) => reportError(error),
  online: () => globalThis.navigator?.onLine ?? true,
  visible: () => globalThis.document?.visibilityState !== "hidden",
  now: () => Date.now(),
  random: () => Math.random(),
  id: () => `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`,
  after: (ms, run) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
  get lock() {
    const locks = globalThis.navigator?.locks;
    return locks && globalThis.BroadcastChannel ? (name, options, work) => locks.request(name, options, work) : null;
  },
  bus(name, hear) {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => hear(data);
    return { post: (message) => channel.postMessage(message), close: () => channel.close() };
  },
  listen({ online, offline, shown, hidden, frozen }) {
    const seen = () => (document.visibilityState === "visible" ? shown?.() : hidden?.());
    return [
      on(globalThis, "online", online), on(globalThis, "offline", offline), on(globalThis.document, "visibilitychange", seen),
      on(globalThis, "pagehide", frozen), on(globalThis, "pageshow", shown),
    ];
  },
};

function on(target, type, listener) {
  if (!target?.addEventListener || !listener) return () => {};
  target.addEventListener(type, listener);
  return () => target.removeEventListener(type, listener);
}
