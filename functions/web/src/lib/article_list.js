// What one event does to a page of articles. Pure: no DOM, no network, tested without a browser.
//
// Shape    a list is {items, count, filter: {category, search}, first, edgeAt}: `items` newest first, `first` true on the first
//          page, `edgeAt` is published_at of the last item that came with the page (null: there is no older page).
//          applyEvent(list, event) → {list, change}: change is {kind, article} with kind
//            "added"    a matching article belongs on this page: it is in `items` now
//            "updated"  it was here and still matches: replaced, in its order
//            "removed"  it was here and is gone, or matches no more
//            "elsewhere" a new article that belongs to the first page while another is shown, or that only the server's search
//                       can judge
//            "none"     nothing for this page
// Bounds   the first page only grows (up to `itemsMax`); cutting its end would tear a hole before the second page, whose
//          cursor begins where this one ended when it was loaded.

const ITEMS_MAX = 200;

export function applyEvent(list, { type, article }) {
  const at = list.items.findIndex((item) => item.id === article.id);
  if (type === "article_unpublished" || type === "article_deleted") return at < 0 ? nothing(list) : without(list, at);
  if (type !== "article_published" && type !== "article_updated") return nothing(list);
  const fits = !list.filter.category || article.category?.slug === list.filter.category;
  if (at >= 0) return fits ? changed(list, at, article) : without(list, at);
  if (!fits || !isNewerThanEdge(list, article)) return nothing(list);
  if (list.filter.search || !list.first || list.items.length >= ITEMS_MAX) {
    return type === "article_published" ? { list, change: { kind: "elsewhere", article } } : nothing(list);
  }
  const items = ordered([article, ...list.items]);
  return { list: { ...list, items, count: list.count + 1 }, change: { kind: "added", article } };
}

function changed(list, at, article) {
  const items = ordered(replaced(list.items, at, article));
  return { list: { ...list, items }, change: { kind: "updated", article } };
}

function without(list, at) {
  const article = list.items[at];
  const items = list.items.filter((_, index) => index !== at);
  return { list: { ...list, items, count: Math.max(0, list.count - 1) }, change: { kind: "removed", article } };
}

function nothing(list) {
  return { list, change: { kind: "none" } };
}

function replaced(items, at, article) {
  return items.map((item, index) => (index === at ? article : item));
}

// An article older than the last one of this page is on a later page, where its cursor will find it.
function isNewerThanEdge(list, article) {
  return list.edgeAt === null || article.published_at >= list.edgeAt || !list.first;
}

// The order of the API: newest first, and of one millisecond (a batch) the one later in the log first. Events come in the order of
// the log and sorting is stable, so a new article belongs before its equals.
function ordered(items) {
  return [...items].sort((a, b) => (a.published_at === b.published_at ? 0 : a.published_at < b.published_at ? 1 : -1));
}

/// A list out of the API's answer.
export function listFrom(body, { filter, first }) {
  const last = body.results.at(-1);
  return { items: body.results, count: body.count, filter, first, edgeAt: body.next && last ? last.published_at : null };
}
