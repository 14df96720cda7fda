// The words "Live Updates" with a green dot while the page is live, and the truth when it is not.
import { h } from "./dom.js";
import { describe, onLanguage } from "./text.js";
import { formatTime } from "./time.js";

const TEXTS = {
  connecting: "live.connecting", live: "live.live", "catching-up": "live.catchingUp", degraded: "live.degraded", "offline-since": "live.offline",
};

export function liveBadge() {
  const words = h("span", { class: "live-words" });
  const element = h("p", { class: "live-badge", role: "status" }, h("span", { class: "live-dot", "aria-hidden": "true" }), words);
  let state = null;
  const draw = () => {
    element.dataset.state = state.name;
    const since = state.since ? { time: formatTime(new Date(state.since).toISOString(), "clock") } : undefined;
    describe(words, "text", TEXTS[state.name], since);
  };
  const set = (next) => {
    state = next;
    draw();
  };
  onLanguage(() => draw());
  set({ name: "connecting", since: null });
  return { element, set };
}
