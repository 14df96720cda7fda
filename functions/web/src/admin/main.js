// /admin/: who may come in, and which view an address shows. Views change without a reload: mount() gives back unmount().
import { find, h, replace } from "../lib/dom.js";
import { setTitle, startShell } from "../lib/shell.js";
import { emptyState, errorState } from "../lib/states.js";
import { message, onLanguage } from "../lib/text.js";
import { Problem, session } from "../lib/freshet.js";
import { categoriesView } from "./categories.js";
import { editorView } from "./editor.js";
import { ARTICLE, COURSE } from "./kinds.js";
import { listView } from "./list.js";
import { usersView } from "./users.js";

const main = find("#admin");
let unmount = null;
let title = "nav.admin";

const KINDS = { articles: ARTICLE, courses: COURSE };
const ROUTES = [
  [/^\/admin\/?$/, () => listView(ARTICLE)],
  [/^\/admin\/courses\/?$/, () => listView(COURSE)],
  [/^\/admin\/(articles|courses)\/new$/, ([, which]) => editorView(KINDS[which], null)],
  [/^\/admin\/(articles|courses)\/([A-Z0-9]{26})$/, ([, which, id]) => editorView(KINDS[which], id)],
  [/^\/admin\/categories$/, () => categoriesView],
  [/^\/admin\/users$/, () => usersView],
];

const tools = {
  navigate(path) {
    history.pushState(null, "", path);
    show();
    scrollTo({ top: 0 });
    main.focus({ preventScroll: true });
  },
  setTitle(key) {
    title = key;
    drawTitle();
  },
};

function drawTitle() {
  setTitle(message(title));
}

function show() {
  unmount?.();
  unmount = null;
  replace(main);
  markTab();
  for (const [pattern, view] of ROUTES) {
    const match = pattern.exec(location.pathname);
    if (!match) continue;
    unmount = view(match)(main, tools);
    return;
  }
  tools.setTitle("notFound.title");
  replace(main, emptyState({ title: "notFound.title", text: "notFound.text", action: h("a", { class: "button", href: "/admin/", i18n: "admin.toList" }) }));
}

function markTab() {
  for (const link of document.querySelectorAll("#admin-nav a")) {
    const path = new URL(link.href).pathname;
    const current = path === "/admin/" ? /^\/admin\/?($|articles\/)/.test(location.pathname) : location.pathname.startsWith(path);
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// Plain links of the admin pages stay in the page, so that the access token, streams and unsaved work stay too.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || link.target || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !/^\/admin(\/|$)/.test(url.pathname) || url.hash) return;
  event.preventDefault();
  if (unmount) tools.navigate(url.pathname + url.search);
});
addEventListener("popstate", () => unmount && show());

function toLogin() {
  location.replace(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function enter() {
  if (!session.user()) return toLogin();
  try {
    const profile = await session.refreshProfile();
    if (!profile.is_staff) return refuse();
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return toLogin();
    replace(main, errorState(error, enter));
    return;
  }
  find("#admin-nav").hidden = false;
  show();
}

function refuse() {
  tools.setTitle("nav.admin");
  replace(main, emptyState({
    symbol: "lock", title: "admin.notStaff", text: "admin.notStaffText",
    action: h("a", { class: "button", href: "/articles", i18n: "article.toList" }),
  }));
}

startShell();
drawTitle();
onLanguage(drawTitle);
session.onChange((who) => {
  if (who || !unmount) return;
  unmount();
  unmount = null;
  toLogin();
});
enter();
