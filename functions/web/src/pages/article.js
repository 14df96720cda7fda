// /articles/{slug}: one article that follows its changes: edited text is swapped in where the reader is, a withdrawn
// article says so, one that comes back is there again.
import { articlesChannel, getArticle } from "../lib/api.js";
import { articlePath, markFresh } from "../lib/card.js";
import { cover } from "../lib/cover.js";
import { find, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { liveBadge } from "../lib/live_badge.js";
import { Problem, freshet, session } from "../lib/freshet.js";
import { announce, refreshSession, setTitle, startShell } from "../lib/shell.js";
import { emptyState, errorState, lineSkeletons } from "../lib/states.js";
import { LANGUAGE_NAMES, language, message, onLanguage } from "../lib/text.js";
import { timeElement } from "../lib/time.js";
import { showArticle } from "../lib/trusted_html.js";

const box = find("#article");
const badge = liveBadge();
let slug = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1));
let feed = null, article = null, id = null;

function show() {
  feed?.stop();
  article = null;
  box.setAttribute("aria-busy", "true");
  replace(box, h("div", { class: "article-loading" }, lineSkeletons(7)));
  feed = freshet.follow(articlesChannel(), {
    load,
    show: ({ found }) => (found ? drawArticle(found) : drawGone("article.missing", "article.missingText")),
    apply: ({ data }) => applied(data),
    onState: badge.set,
    onError: (error) => {
      if (!article) replace(box, errorState(error, () => feed.reload()));
    },
  });
}

// An unknown article is an answer, not a failure: the page stays live and shows it when it is published.
async function load(options) {
  const asStaff = Boolean(session.user()?.is_staff);
  try {
    const { body, position } = await getArticle(slug, { ...options, auth: asStaff ? "user" : "none" });
    return { found: body, position };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 404) return { found: null, position: null };
    if (error.status === 401 && asStaff && !session.user()) return load(options); // the login is over: read on as everybody
    throw error;
  }
}

function applied({ type, article: changed }) {
  if (changed.id !== id && changed.slug !== slug) return;
  if (type === "article_unpublished" || type === "article_deleted") {
    const gone = type === "article_deleted" ? "article.deleted" : "article.withdrawn";
    drawGone(gone, "article.withdrawnText");
    announce(message(gone));
    return;
  }
  const known = article !== null;
  drawArticle(changed);
  if (known) say("article.updated");
}

function drawArticle(next) {
  article = next;
  id = next.id;
  if (next.slug !== slug) {
    slug = next.slug;
    history.replaceState(history.state, "", articlePath(next) + location.search);
  }
  setTitle(next.title);
  box.removeAttribute("aria-busy");
  const prose = h("div", { class: "prose", lang: next.language });
  showArticle(prose, next.content);
  replace(box,
    next.status === "draft" && h("p", { class: "banner", i18n: "article.draft" }),
    h("div", { class: "article-cover" }, cover(next)),
    h("header", { class: "article-head" },
      next.category && h("a", { class: "kicker", href: `/articles?category=${encodeURIComponent(next.category.slug)}` }, next.category.name),
      h("h1", { lang: next.language, tabindex: -1 }, next.title),
      next.excerpt && h("p", { class: "lead", lang: next.language }, next.excerpt),
      h("p", { class: "byline" }, byline(next))),
    next.language !== language() && h("p", { class: "banner", i18n: ["article.otherLanguage", { language: LANGUAGE_NAMES[next.language] }] }),
    prose);
}

function byline(next) {
  const author = next.author?.name || next.author?.username;
  const edited = next.published_at && Date.parse(next.updated_at) - Date.parse(next.published_at) > 60_000;
  return [
    author && h("span", { class: "byline-author" }, h("span", { class: "avatar small", "aria-hidden": "true" }, [...author][0].toUpperCase()), author),
    next.published_at && timeElement(next.published_at, "date"),
    edited && h("span", {}, h("span", { i18n: "article.edited" }), " ", timeElement(next.updated_at)),
    session.user()?.is_staff && h("a", { class: "link", href: `/admin/articles/${next.id}` }, icon("edit"), h("span", { i18n: "article.edit" })),
  ];
}

function drawGone(title, text) {
  article = null;
  setTitle(message(title));
  box.removeAttribute("aria-busy");
  replace(box, emptyState({
    symbol: "inbox", title, text,
    action: h("a", { class: "button primary", href: "/articles", i18n: "article.toList" }),
  }));
}

function say(key) {
  markFresh(find(".article-head", box));
  announce(message(key));
  const note = find("#note");
  replace(note, icon("refresh"), h("span", { i18n: key }));
  note.hidden = false;
  setTimeout(() => (note.hidden = true), 5000);
}

startShell();
find("#live").replaceChildren(badge.element);
onLanguage(show);
show();
refreshSession();
