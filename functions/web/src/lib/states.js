// The three faces of a page that has nothing to show: loading, empty, failed.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { explain } from "./explain.js";

export function emptyState({ symbol = "inbox", title, text, action }) {
  return h("div", { class: "state" }, icon(symbol), h("h2", { i18n: title }), text && h("p", { i18n: text }), action);
}

export function errorState(error, retry) {
  return h("div", { class: "state state-bad", role: "alert" },
    icon(navigator.onLine ? "warning" : "cloudOff"),
    h("h2", { i18n: navigator.onLine ? "state.failed" : "state.offline" }),
    h("p", { i18n: explain(error) }),
    retry && h("button", { type: "button", class: "button", i18n: "retry", on: { click: retry } }));
}

export function cardSkeletons(count) {
  return Array.from({ length: count }, () =>
    h("li", { class: "card skeleton", "aria-hidden": "true" },
      h("div", { class: "card-cover" }), h("div", { class: "card-body" }, h("span", { class: "bone" }), h("span", { class: "bone" }), h("span", { class: "bone short" }))));
}

export function lineSkeletons(count) {
  return Array.from({ length: count }, () => h("span", { class: "bone", "aria-hidden": "true" }));
}
