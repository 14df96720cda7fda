// What one tab has saved, the others of this browser show at once (drafts travel on no stream).
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("freshet.saved") : null;

export function tellSaved(position) {
  channel?.postMessage({ position });
}

export function onSaved(listener) {
  const heard = ({ data }) => listener(data.position ?? null);
  channel?.addEventListener("message", heard);
  return () => channel?.removeEventListener("message", heard);
}
