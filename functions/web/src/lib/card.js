// One article in a grid. A card is made once and updated in place, so that it keeps focus and place.
import { cover } from "./cover.js";
import { find, h, replace } from "./dom.js";
import { language, LANGUAGE_NAMES } from "./text.js";
import { timeElement } from "./time.js";

const FRESH_MS = 4000;

export function articlePath(article) {
  return `/articles/${encodeURIComponent(article.slug)}`;
}

export function makeCard(article) {
  const card = h("li", { class: "card" },
    h("a", { class: "card-link" },
      h("div", { class: "card-cover" }, cover(article)),
      h("div", { class: "card-body" }, h("p", { class: "card-kicker" }), h("h3", {}), h("p", { class: "card-excerpt" }), h("p", { class: "card-meta" }))));
  updateCard(card, article);
  return card;
}

export function updateCard(card, article) {
  const shown = JSON.stringify([article.slug, article.title, article.excerpt, article.language, article.category, article.author, article.published_at]);
  if (card.shown === shown && card.shownIn === language()) return;
  card.shown = shown;
  card.shownIn = language();
  find("a", card).href = articlePath(article);
  find("h3", card).textContent = article.title;
  find("h3", card).lang = article.language;
  find(".card-excerpt", card).textContent = article.excerpt ?? "";
  find(".card-excerpt", card).lang = article.language;
  replace(find(".card-kicker", card), kicker(article));
  replace(find(".card-meta", card), byline(article));
}

function kicker(article) {
  return [
    article.category && h("span", {}, article.category.name),
    article.language !== language() && h("span", { class: "tag", lang: article.language, i18nTitle: "article.onlyOther" }, LANGUAGE_NAMES[article.language]),
  ];
}

export function byline(article) {
  const author = article.author?.name || article.author?.username;
  return [author && h("span", {}, author), article.published_at && timeElement(article.published_at)];
}

/// Draws the eye to what has just come or changed.
export function markFresh(node) {
  node.classList.remove("fresh");
  void node.offsetWidth;
  node.classList.add("fresh");
  setTimeout(() => node.classList.remove("fresh"), FRESH_MS);
}
