// toast(kind, [key, params], action?): a short word at the edge of the page that goes by itself.
//
// kind     "good" | "info" | "warn" | "bad"; a bad one stays until it is closed and is read out at once (role alert).
// Bounds   at most four at a time: the oldest goes first. A toast under the pointer or with the focus waits.
import { h } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 5000, TOASTS_MAX = 4;
const ICONS = { good: "check", info: "wave", warn: "trash", bad: "warning" };
let tray = null;

export function toast(kind, text, action = null) {
  const box = h("div", { class: `toast toast-${kind}`, role: kind === "bad" ? "alert" : "status" },
    icon(ICONS[kind]),
    h("p", { i18n: text }),
    action && h("button", { type: "button", class: "link", i18n: action.text, on: { click: () => { close(); action.run(); } } }),
    h("button", { type: "button", class: "quiet icon-button", i18nLabel: "close", on: { click: () => close() } }, icon("close")));
  const close = () => box.remove();
  tray ??= document.body.appendChild(h("section", { class: "toasts", i18nLabel: "toasts" }));
  placeOnTop();
  tray.append(box);
  while (tray.children.length > TOASTS_MAX) tray.firstElementChild.remove();
  if (kind !== "bad") leaveLater(box, close);
  return close;
}

// A modal dialog makes the rest of the page inert; the tray moves into it, so that its words are heard and can be closed.
function placeOnTop() {
  const home = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (tray.parentElement !== home) home.append(tray);
}

export function trayHome() {
  if (tray) document.body.append(tray);
}

function leaveLater(box, close) {
  const timer = setInterval(() => {
    if (box.matches(":hover, :focus-within")) return;
    clearInterval(timer);
    close();
  }, SHOWN_MS);
}
