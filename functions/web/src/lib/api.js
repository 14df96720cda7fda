// The calls the pages make, named. Paths and shapes: CONTRACT 2 and 3.
import { request } from "./http.js";
import { language } from "./text.js";

const ARTICLES = "/api/content/api/articles/", CATEGORIES = "/api/content/api/categories/";

export function streamUrl(of = language()) {
  return `/api/content/events/article-updates-${of}/`;
}

export function listArticles(query, options = {}) {
  return request("GET", ARTICLES, { ...options, query: { language: language(), ...query } });
}

export function latestArticles(options = {}) {
  return request("GET", `${ARTICLES}latest/`, { ...options, query: { language: language() } });
}

export function getArticle(idOrSlug, options = {}) {
  return request("GET", `${ARTICLES}${encodeURIComponent(idOrSlug)}/`, { ...options, query: { language: language() } });
}

export function createArticle(json, idempotencyKey) {
  return request("POST", ARTICLES, { json, idempotencyKey, auth: "user" });
}

export function replaceArticle(id, json, ifMatch) {
  return request("PUT", `${ARTICLES}${id}/`, { json, ifMatch, auth: "user" });
}

export function patchArticle(id, json, ifMatch) {
  return request("PATCH", `${ARTICLES}${id}/`, { json, ifMatch, auth: "user" });
}

export function deleteArticle(id, ifMatch) {
  return request("DELETE", `${ARTICLES}${id}/`, { ifMatch, auth: "user" });
}

/// `action` is "publish" or "unpublish": one batch, all or none.
export function bulkArticles(action, ids, idempotencyKey) {
  return request("POST", `${ARTICLES}${action}/`, { json: { ids }, idempotencyKey, auth: "user" });
}

/// Every category, in the asked language; there are few, so the pages of the API are joined.
export async function listCategories(options = {}) {
  const all = [];
  for (let page = 1; ; page++) {
    const { body } = await request("GET", CATEGORIES, { ...options, query: { language: language(), page, page_size: 100 } });
    all.push(...body.results);
    if (!body.next) return all;
  }
}

export function createCategory(json, idempotencyKey) {
  return request("POST", CATEGORIES, { json, idempotencyKey, auth: "user" });
}

export function listUsers(page) {
  return request("GET", "/api/users/", { query: { page, page_size: 50 }, auth: "user" });
}
