// /status: what /healthz and /readyz say, in words, looked at again every ten seconds and at once on demand.
import { articlesChannel } from "../lib/api.js";
import { find, h, reconcile } from "../lib/dom.js";
import { freshet } from "../lib/freshet.js";
import { icon } from "../lib/icons.js";
import { liveBadge } from "../lib/live_badge.js";
import { refreshSession, setTitle, startShell } from "../lib/shell.js";
import { describe, message, onLanguage } from "../lib/text.js";
import { formatTime } from "../lib/time.js";
import { overall, partsOf } from "../lib/health.js";

const EVERY_MS = 10_000, TIMEOUT_MS = 8000;
const rows = find("#parts"), verdict = find("#verdict"), checked = find("#checked"), button = find("#check-now");
const badge = liveBadge();
let live = "connecting", answers = null;

async function ask(path) {
  const begun = performance.now();
  try {
    const response = await fetch(path, { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await response.json().catch(() => null);
    return { reached: true, status: response.status, body, ms: Math.round(performance.now() - begun) };
  } catch {
    return { reached: false, status: 0, body: null, ms: Math.round(performance.now() - begun) };
  }
}

async function check() {
  button.disabled = true;
  const [alive, ready] = await Promise.all([ask("/healthz"), ask("/readyz")]);
  answers = { alive, ready };
  button.disabled = false;
  describe(checked, "text", "status.checked", { time: formatTime(new Date().toISOString(), "clock") });
  draw();
}

function draw() {
  if (!answers) return;
  const parts = [...partsOf(answers), { name: "stream", state: live === "live" ? "ok" : live === "offline-since" ? "down" : "wait", detail: "" }];
  const state = overall(parts);
  verdict.dataset.state = state;
  describe(find("h2", verdict), "text", `status.${state}`);
  reconcile(rows, parts, { key: (part) => part.name, make: makeRow, update: updateRow });
}

function makeRow(part) {
  const row = h("li", { class: "part" }, h("span", { class: "part-mark" }), h("span", { class: "part-name" }), h("span", { class: "part-detail" }), h("span", { class: "part-state" }));
  updateRow(row, part);
  return row;
}

const KNOWN = ["server", "readiness", "stream", "functions", "broker", "store", "nats", "log", "jetstream"];
const MARKS = { ok: "check", wait: "clock", down: "warning" };

function updateRow(row, part) {
  row.dataset.state = part.state;
  find(".part-mark", row).replaceChildren(icon(MARKS[part.state]));
  const name = find(".part-name", row);
  if (KNOWN.includes(part.name)) describe(name, "text", `status.part.${part.name}`);
  else name.textContent = part.name;
  find(".part-detail", row).textContent = part.detail;
  describe(find(".part-state", row), "text", `status.state.${part.state}`);
}

startShell();
const title = () => setTitle(message("nav.status"));
title();
onLanguage(title);
find("#live").replaceChildren(badge.element);
button.addEventListener("click", check);
freshet.subscribe(articlesChannel(), {
  onEvent: () => {},
  onState: (state) => {
    badge.set(state);
    live = state.name;
    draw();
  },
});
check();
setInterval(() => {
  if (document.visibilityState === "visible") check();
}, EVERY_MS);
addEventListener("online", check);
addEventListener("offline", check);
refreshSession();
