// The calls the pages make, named. Paths and shapes: CONTRACT 2 and 3.
import { freshet } from "./freshet.js";
import { language } from "./text.js";

const ARTICLES = "/api/content/api/articles/", CATEGORIES = "/api/content/api/categories/";

/// The channel that tells of articles, in the language of the page.
export function articlesChannel() {
  return `articles-${language()}`;
}

export function listArticles(query, options = {}) {
  return freshet.request("GET", ARTICLES, { ...options, query: { language: language(), ...query } });
}

export function latestArticles(options = {}) {
  return freshet.request("GET", `${ARTICLES}latest/`, { ...options, query: { language: language() } });
}

export function getArticle(idOrSlug, options = {}) {
  return freshet.request("GET", `${ARTICLES}${encodeURIComponent(idOrSlug)}/`, { ...options, query: { language: language() } });
}

export function createArticle(json, idempotencyKey) {
  return freshet.request("POST", ARTICLES, { json, idempotencyKey, auth: "user" });
}

export function replaceArticle(id, json, ifMatch) {
  return freshet.request("PUT", `${ARTICLES}${id}/`, { json, ifMatch, auth: "user" });
}

export function patchArticle(id, json, ifMatch) {
  return freshet.request("PATCH", `${ARTICLES}${id}/`, { json, ifMatch, auth: "user" });
}

export function deleteArticle(id, ifMatch) {
  return freshet.request("DELETE", `${ARTICLES}${id}/`, { ifMatch, auth: "user" });
}

/// `action` is "publish" or "unpublish": one batch, all or none.
export function bulkArticles(action, ids, idempotencyKey) {
  return freshet.request("POST", `${ARTICLES}${action}/`, { json: { ids }, idempotencyKey, auth: "user" });
}

/// Every category, in the asked language; there are few, so the pages of the API are joined.
export async function listCategories(options = {}) {
  const all = [];
  for (let page = 1; ; page++) {
    const { body } = await freshet.request("GET", CATEGORIES, { ...options, query: { language: language(), page, page_size: 100 } });
    all.push(...body.results);
    if (!body.next) return all;
  }
}

export function createCategory(json, idempotencyKey) {
  return freshet.request("POST", CATEGORIES, { json, idempotencyKey, auth: "user" });
}

export function listUsers(page) {
  return freshet.request("GET", "/api/users/", { query: { page, page_size: 50 }, auth: "user" });
}
