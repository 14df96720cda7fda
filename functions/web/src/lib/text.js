// The two languages of the pages: which one is shown, its words, and elements that follow a switch by themselves.
//
// Order    ?language= of the address, then what the reader chose before (localStorage), then the browser's own.
// Shape    a message is a string with {name} places, or {one, other} chosen by params.count (CLDR plural rules).
// Errors   an unknown key throws, so that a missing translation cannot reach a reader; a test walks both tables.
import { en } from "../text/en.js";
import { th } from "../text/th.js";

export const LANGUAGES = ["en", "th"];
export const LANGUAGE_NAMES = { en: "English", th: "ไทย" };
const TABLES = { en, th };
const STORED = "freshet.language";
const listeners = new Set();
let current = "en";

export function language() {
  return current;
}

export function locale(of = current) {
  return of === "th" ? "th-TH" : "en-GB";
}

export function chooseLanguage({ search, stored, preferred }) {
  const asked = new URLSearchParams(search).get("language");
  if (LANGUAGES.includes(asked)) return asked;
  if (LANGUAGES.includes(stored)) return stored;
  return (preferred ?? []).some((tag) => tag.toLowerCase().split("-")[0] === "th") ? "th" : "en";
}

export function message(key, params = {}, of = current) {
  let entry = TABLES[of][key];
  if (entry === undefined) throw new Error(`no text for ${key} in ${of}`);
  if (typeof entry === "object") {
    entry = entry[new Intl.PluralRules(locale(of)).select(params.count)] ?? entry.other;
  }
  return entry.replace(/\{(\w+)\}/g, (_, name) => formatValue(params[name], of));
}

function formatValue(value, of) {
  return typeof value === "number" ? value.toLocaleString(locale(of)) : String(value ?? "");
}

export function knows(key) {
  return key in en;
}

/// Ties one slot of an element (text, label, placeholder, title) to a message.
export function describe(element, slot, key, params) {
  const bound = boundTo(element);
  bound[slot] = params ? [key, params] : [key];
  element.dataset.i18n = JSON.stringify(bound);
  fill(element, bound);
}

// In the pages' HTML the attribute is written shorter: the bare key of the element's text.
function boundTo(element) {
  const written = element.dataset.i18n ?? "{}";
  return written.startsWith("{") ? JSON.parse(written) : { text: [written] };
}

function fill(element, bound) {
  for (const [slot, [key, params]] of Object.entries(bound)) {
    const text = message(key, params);
    if (slot === "text") setOwnText(element, text);
    else element.setAttribute(slot === "label" ? "aria-label" : slot, text);
  }
}

// An element may hold an icon beside its words: only its text node is ours.
function setOwnText(element, text) {
  let node = [...element.childNodes].find((child) => child.nodeType === Node.TEXT_NODE);
  if (!node) element.append((node = document.createTextNode("")));
  node.data = text;
}

export function localise(root) {
  for (const element of root.querySelectorAll("[data-i18n]")) fill(element, boundTo(element));
}

/// Called once by the shell, before anything is shown.
export function startText() {
  current = chooseLanguage({ search: location.search, stored: read(), preferred: navigator.languages });
  document.documentElement.lang = current;
  localise(document);
}

export function setLanguage(next) {
  if (!LANGUAGES.includes(next) || next === current) return;
  current = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // storage refused (private mode): the choice lasts as long as the page
  }
  const url = new URL(location.href);
  if (url.searchParams.has("language")) {
    url.searchParams.set("language", next);
    history.replaceState(history.state, "", url);
  }
  document.documentElement.lang = next;
  localise(document);
  for (const listener of listeners) listener(next);
}

export function onLanguage(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function read() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}
