// Times as readers say them: "3 minutes ago", or a date; in Thai with the Buddhist year.
//
// An element from timeElement() keeps itself current: relative ones each half minute, all of them on a switch of language.
import { h } from "./dom.js";
import { language, locale, onLanguage } from "./text.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const STYLES = {
  date: { dateStyle: "long" },
  full: { dateStyle: "long", timeStyle: "short" },
  clock: { hour: "2-digit", minute: "2-digit" },
};

export function formatTime(iso, style, now = Date.now(), of = language()) {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return "";
  const age = now - at;
  if (style !== "relative") return new Intl.DateTimeFormat(locale(of), STYLES[style]).format(at);
  const relative = new Intl.RelativeTimeFormat(locale(of), { numeric: "auto" });
  if (age < 45_000) return relative.format(0, "second");
  if (age < HOUR) return relative.format(-Math.max(1, Math.round(age / MINUTE)), "minute");
  if (age < DAY) return relative.format(-Math.round(age / HOUR), "hour");
  if (age < 7 * DAY) return relative.format(-Math.round(age / DAY), "day");
  return new Intl.DateTimeFormat(locale(of), { dateStyle: "medium" }).format(at);
}

export function timeElement(iso, style = "relative") {
  const element = h("time", { datetime: iso ?? "", dataset: { style } });
  refresh(element);
  return element;
}

function refresh(element) {
  const iso = element.getAttribute("datetime");
  const text = formatTime(iso, element.dataset.style);
  if (element.textContent !== text) element.textContent = text;
  if (element.dataset.style === "relative") element.title = formatTime(iso, "full");
}

export function startTime() {
  const refreshAll = () => document.querySelectorAll("time[data-style]").forEach(refresh);
  setInterval(() => {
    if (document.visibilityState === "visible") refreshAll();
  }, 30_000);
  document.addEventListener("visibilitychange", refreshAll);
  onLanguage(refreshAll);
}
