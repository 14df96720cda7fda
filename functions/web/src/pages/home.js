// /: what this is, and the newest articles, live.
import { articlesChannel, latestArticles } from "../lib/api.js";
import { applyEvent } from "../lib/article_list.js";
import { articlePath, makeCard, markFresh, updateCard } from "../lib/card.js";
import { find, h, reconcile, replace } from "../lib/dom.js";
import { freshet } from "../lib/freshet.js";
import { liveBadge } from "../lib/live_badge.js";
import { announce, refreshSession, setTitle, startShell } from "../lib/shell.js";
import { cardSkeletons, emptyState, errorState, lineSkeletons } from "../lib/states.js";
import { message, onLanguage } from "../lib/text.js";
import { timeElement } from "../lib/time.js";

const CARDS = 6, TICKER = 5;
const grid = find("#latest"), ticker = find("#ticker");
const badge = liveBadge();
let feed = null, list = null;

function show() {
  feed?.stop();
  list = null;
  replace(grid, cardSkeletons(CARDS));
  replace(ticker, Array.from({ length: TICKER }, () => h("li", {}, lineSkeletons(1))));
  feed = freshet.follow(articlesChannel(), {
    load: latestArticles,
    show: ({ body }) => {
      list = { items: body, count: body.length, filter: { category: "", search: "" }, first: true, edgeAt: edgeOf(body) };
      draw();
    },
    apply: ({ data }) => {
      if (!list) return;
      const { list: next, change } = applyEvent(list, data);
      list = next;
      draw();
      if (change.kind === "added" || change.kind === "updated") point(change);
      if (list.items.length < CARDS && change.kind === "removed") feed.reload();
    },
    onState: badge.set,
    onError: (error) => {
      if (list) return;
      replace(grid, h("li", { class: "whole" }, errorState(error, () => feed.reload())));
      replace(ticker);
    },
  });
}

// Twenty come at most; with fewer there is nothing older that could be missing.
function edgeOf(items) {
  return items.length < 20 ? null : items.at(-1).published_at;
}

function draw() {
  if (list.items.length === 0) {
    replace(grid, h("li", { class: "whole" }, emptyState({ symbol: "wave", title: "list.empty", text: "list.emptyText" })));
    replace(ticker, h("li", { class: "ticker-quiet", i18n: "home.quiet" }));
    return;
  }
  reconcile(grid, list.items.slice(0, CARDS), { key: (item) => item.id, make: makeCard, update: updateCard });
  reconcile(ticker, list.items.slice(0, TICKER), { key: (item) => item.id, make: makeLine, update: updateLine });
}

function makeLine(article) {
  const line = h("li", {}, h("a", {}));
  updateLine(line, article);
  return line;
}

function updateLine(line, article) {
  const link = find("a", line);
  link.href = articlePath(article);
  replace(link, h("span", { lang: article.language }, article.title), article.published_at && timeElement(article.published_at));
}

function point({ kind, article }) {
  document.querySelectorAll(`[data-key="${article.id}"]`).forEach(markFresh);
  if (kind === "added") announce(message("list.newOne", { title: article.title }));
}

startShell();
find("#live").replaceChildren(badge.element);
setTitle("");
onLanguage(show);
show();
refreshSession();
