// What every page shares: start of language, theme, session and clock, and the parts of the header that live.
import { find, h, replace } from "./dom.js";
import { session } from "./freshet.js";
import { icon } from "./icons.js";
import { LANGUAGES, describe, language, onLanguage, setLanguage, startText } from "./text.js";
import { THEMES, setTheme, theme } from "./theme.js";
import { startTime } from "./time.js";

const THEME_ICONS = { auto: "auto", light: "sun", dark: "moon" };

export function startShell() {
  startText();
  startTime();
  fillLanguageSwitch();
  fillThemeButton();
  fillAccount();
  session.onChange(fillAccount);
  markCurrentPage();
  delete document.documentElement.dataset.booting;
}

/// Names the page in the title bar, again after a switch of language.
export function setTitle(text) {
  document.title = text ? `${text} · Freshet` : "Freshet";
}

function fillLanguageSwitch() {
  const box = find("#language-switch");
  const buttons = LANGUAGES.map((name) => find(`[lang="${name}"]`, box));
  const draw = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.lang === language())));
  buttons.forEach((button) => button.addEventListener("click", () => setLanguage(button.lang)));
  onLanguage(draw);
  draw();
}

function fillThemeButton() {
  const button = find("#theme-button");
  const draw = () => {
    replace(button, icon(THEME_ICONS[theme()]));
    describe(button, "label", `theme.${theme()}`);
    describe(button, "title", `theme.${theme()}`);
  };
  button.addEventListener("click", () => {
    setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    draw();
  });
  draw();
}

function fillAccount() {
  const box = find("#account");
  const who = session.user();
  find("#nav-admin").hidden = !who?.is_staff;
  if (!who) {
    replace(box, h("a", { class: "button small", href: "/login", i18n: "nav.login" }));
    return;
  }
  const name = who.name || who.username;
  const menu = h("details", { class: "menu" },
    h("summary", { class: "avatar", i18nLabel: ["nav.account", { name }] }, [...name][0].toUpperCase()),
    h("div", { class: "menu-body" },
      h("p", { class: "menu-name" }, name, h("small", {}, who.username)),
      who.is_staff && h("a", { href: "/admin/", i18n: "nav.admin" }),
      h("button", { type: "button", i18n: "nav.logout", on: { click: leave } })));
  closeOnLeave(menu);
  replace(box, menu);
}

async function leave() {
  await session.logout();
  location.assign("/");
}

/// A menu (details) that closes when the reader leaves it, by key or pointer.
export function closeOnLeave(menu) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    find("summary", menu).focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

function markCurrentPage() {
  for (const link of document.querySelectorAll(".site-nav a")) {
    const path = new URL(link.href).pathname.replace(/\/$/, "") || "/";
    const here = location.pathname.replace(/\/$/, "") || "/";
    const current = here === path || (path !== "/" && here.startsWith(`${path}/`));
    if (current) link.setAttribute("aria-current", here === path ? "page" : "true");
  }
}

/// A politely spoken line for changes that are only seen otherwise.
export function announce(text) {
  const region = find("#announcer");
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
}

/// The profile is shown at once from what is kept; this brings it up to date, or ends a session that is over.
export function refreshSession() {
  return session.user() ? session.refreshProfile().catch(() => session.user()) : Promise.resolve(null);
}
