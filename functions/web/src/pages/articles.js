// /articles: the live list. The address holds what is shown (category, search, cursor, page), so that it can be shared and
// the browser's Back works; the first page is live, later pages stand still on their keyset cursor and only say what is new.
import { articlesChannel, listArticles, listCategories } from "../lib/api.js";
import { applyEvent, listFrom } from "../lib/article_list.js";
import { makeCard, markFresh, updateCard } from "../lib/card.js";
import { find, h, reconcile, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { liveBadge } from "../lib/live_badge.js";
import { Problem, freshet } from "../lib/freshet.js";
import { announce, refreshSession, setTitle, startShell } from "../lib/shell.js";
import { cardSkeletons, emptyState, errorState } from "../lib/states.js";
import { describe, language, message, onLanguage } from "../lib/text.js";
import { formatTime } from "../lib/time.js";

const PAGE_SIZE = 12, DEBOUNCE_MS = 300, DRAW_MS = 16, SEARCH_RELOAD_MS = 600;

const grid = find("#articles"), chip = find("#new-articles"), notice = find("#notice"), pager = find("#pager");
const searchBox = find("#search"), categoryBox = find("#categories"), heading = find("h1");
const badge = liveBadge();

let feed = null;
let followed = null;
let list = null;
let links = { next: null, previous: null };
let held = new Set();
let elsewhere = 0;
let fresh = new Map();
let loadedAt = null;
let drawTimer = null;
let reloadTimer = null;

function place() {
  const params = new URLSearchParams(location.search);
  return {
    category: params.get("category") ?? "",
    search: params.get("search") ?? "",
    cursor: params.get("cursor") ?? "",
    page: Math.max(1, Number(params.get("page")) || 1),
  };
}

function addressOf(next) {
  const url = new URL(location.href);
  for (const name of ["category", "search", "cursor"]) {
    if (next[name]) url.searchParams.set(name, next[name]);
    else url.searchParams.delete(name);
  }
  if (next.cursor && next.page > 1) url.searchParams.set("page", next.page);
  else url.searchParams.delete("page");
  return `${url.pathname}${url.search}`;
}

function go(change, how = "pushState") {
  const next = { ...place(), cursor: "", page: 1, ...change };
  history[how](null, "", addressOf(next));
  show();
}

/// Loads what the address asks for, in the language that is chosen.
function show() {
  const at = place();
  if (document.activeElement !== searchBox) searchBox.value = at.search;
  held.clear();
  elsewhere = 0;
  list = null;
  notice.hidden = true;
  grid.setAttribute("aria-busy", "true");
  replace(grid, cardSkeletons(6));
  drawChip();
  drawCategories();
  replace(pager);
  if (feed && followed === language()) {
    feed.reload();
    return;
  }
  feed?.stop();
  feed = freshet.follow(articlesChannel(), {
    load: (options) => load(options),
    show: (snapshot) => shown(snapshot),
    apply: (event) => applied(event),
    onState: badge.set,
    onError: failed,
  });
  followed = language();
}

async function load(options) {
  const at = place();
  try {
    const { body, position } = await listArticles(
      { category: at.category, search: at.search, cursor: at.cursor, page_size: PAGE_SIZE }, options);
    return { body, position, at };
  } catch (error) {
    const strayCursor = error instanceof Problem && (error.status === 400 || error.status === 404) && at.cursor;
    if (!strayCursor) throw error;
    history.replaceState(null, "", addressOf({ ...at, cursor: "", page: 1 }));
    return load(options);
  }
}

function shown({ body, at }) {
  const before = list && new Set(list.items.map((item) => item.id));
  list = listFrom(body, { filter: { category: at.category, search: at.search }, first: !at.cursor });
  links = { next: cursorOf(body.next), previous: cursorOf(body.previous) };
  if (before) list.items.filter((item) => !before.has(item.id)).forEach((item) => fresh.set(item.id, "added"));
  loadedAt = new Date().toISOString();
  notice.hidden = true;
  grid.removeAttribute("aria-busy");
  draw();
}

function cursorOf(address) {
  return address ? new URL(address, location.origin).searchParams.get("cursor") ?? "" : null;
}

function failed(error) {
  grid.removeAttribute("aria-busy");
  if (!list) {
    replace(find("#count"));
    replace(grid, h("li", { class: "whole" }, errorState(error, () => show())));
    return;
  }
  describe(notice, "text", "list.stale", { time: formatTime(loadedAt, "clock") });
  notice.hidden = false;
}

function applied({ data }) {
  if (!list) return;
  const { list: next, change } = applyEvent(list, data);
  list = next;
  if (change.kind === "added") {
    if (isReadingFurtherDown()) held.add(change.article.id);
    else fresh.set(change.article.id, "added");
  }
  if (change.kind === "updated") fresh.set(change.article.id, "updated");
  if (change.kind === "removed") held.delete(change.article.id);
  if (change.kind === "elsewhere") newElsewhere();
  drawTimer ??= setTimeout(draw, DRAW_MS);
}

// What only the server's search can judge is asked again, once for a burst; a later page only counts.
function newElsewhere() {
  if (!list.first) {
    elsewhere += 1;
    return;
  }
  clearTimeout(reloadTimer);
  reloadTimer = setTimeout(() => feed.reload(), Math.random() * SEARCH_RELOAD_MS);
}

function isReadingFurtherDown() {
  return grid.getBoundingClientRect().top < -120;
}

function draw() {
  drawTimer = null;
  if (!list) return;
  const visible = list.items.filter((item) => !held.has(item.id));
  if (visible.length === 0) {
    replace(grid, h("li", { class: "whole" }, nothingHere()));
  } else {
    reconcile(grid, visible, { key: (item) => item.id, make: makeCard, update: updateCard });
  }
  tellFresh(visible);
  drawChip();
  drawPager();
  describe(find("#count"), "text", "list.count", { count: list.count });
}

function tellFresh(visible) {
  const news = visible.filter((item) => fresh.has(item.id));
  for (const item of news) markFresh(find(`[data-key="${item.id}"]`, grid));
  const added = news.filter((item) => fresh.get(item.id) === "added");
  if (added.length === 1) announce(message("list.newOne", { title: added[0].title }));
  if (added.length > 1) announce(message("list.new", { count: added.length }));
  fresh.clear();
}

function nothingHere() {
  const { category, search } = list.filter;
  if (!category && !search) return emptyState({ symbol: "wave", title: "list.empty", text: "list.emptyText" });
  return emptyState({
    symbol: "search", title: "list.noMatch", text: "list.noMatchText",
    action: h("button", { type: "button", class: "button", i18n: "list.showAll", on: { click: () => go({ category: "", search: "" }) } }),
  });
}

function drawChip() {
  const count = held.size + elsewhere;
  if (count > 0 && chip.hidden) announce(message("list.new", { count }));
  chip.hidden = count === 0;
  if (count > 0) describe(find("span", chip), "text", "list.new", { count });
}

function releaseHeld() {
  if (held.size === 0) return;
  for (const id of held) fresh.set(id, "added");
  held.clear();
  draw();
}

function drawPager() {
  const at = place();
  const pages = Math.max(1, Math.ceil(list.count / PAGE_SIZE));
  const newer = at.cursor ? { cursor: at.page > 2 ? links.previous ?? "" : "", page: at.page - 1 } : null;
  const older = links.next ? { cursor: links.next, page: at.page + 1 } : null;
  replace(pager, (newer || older) && [
    pageLink("newer", newer, "left"),
    h("span", { class: "pager-here", i18n: ["list.page", { page: at.page, pages: Math.max(pages, at.page) }] }),
    pageLink("older", older, "right"),
  ]);
}

function pageLink(name, to, symbol) {
  const words = h("span", { i18n: `list.${name}` });
  const content = symbol === "left" ? [icon(symbol), words] : [words, icon(symbol)];
  if (!to) return h("span", { class: "button", "aria-disabled": "true" }, content);
  const link = h("a", { class: "button", href: addressOf({ ...place(), ...to }), rel: name === "older" ? "next" : "prev" }, content);
  link.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(to);
    toTop();
  });
  return link;
}

function toTop() {
  heading.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

let categories = [];

async function loadCategories() {
  try {
    categories = await listCategories();
    drawCategories();
  } catch {
    // the list itself says that the server is away; without categories there is just no filter
  }
}

function drawCategories() {
  const chosen = place().category;
  const buttons = [{ slug: "", name: null }, ...categories].map(({ slug, name }) =>
    h("button", {
      type: "button", class: "chip", "aria-pressed": String(slug === chosen), dataset: { slug },
      i18n: name === null ? "list.all" : undefined, on: { click: () => go({ category: slug }) },
    }, name));
  const focused = document.activeElement?.closest("#categories .chip")?.dataset.slug;
  replace(categoryBox, categories.length > 0 && buttons);
  if (focused !== undefined) buttons.find((button) => button.dataset.slug === focused)?.focus();
}

let typing = null;
searchBox.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => go({ search: searchBox.value.trim() }, "replaceState"), DEBOUNCE_MS);
});
find("#search-form").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  go({ search: searchBox.value.trim() }, "replaceState");
});
chip.addEventListener("click", () => {
  if (!list.first) go({});
  else releaseHeld();
  toTop();
});
addEventListener("scroll", () => {
  if (held.size > 0 && !isReadingFurtherDown()) releaseHeld();
}, { passive: true });
addEventListener("popstate", show);

startShell();
const title = () => setTitle(message("nav.articles"));
title();
find("#live").replaceChildren(badge.element);
onLanguage(() => {
  title();
  show();
  loadCategories();
});
show();
loadCategories();
refreshSession();
