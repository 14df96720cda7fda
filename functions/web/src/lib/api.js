// The calls the pages make, named. Paths and shapes: CONTRACT 2 to 4.
import { freshet } from "./freshet.js";
import { language } from "./text.js";

const ARTICLES = "/api/content/api/articles/", CATEGORIES = "/api/content/api/categories/", COURSES = "/api/courses/";

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

/// Every category, in the asked language.
export async function listCategories(options = {}) {
  return (await everyPage(CATEGORIES, { ...options, query: { language: language() } })).items;
}

// There are few of them, so the pages of the API are joined. Position and ETag are those of the first page: what has changed since is told
// by the stream again, which does no harm. Nothing has changed when the first page has not: the ETag is that of the whole list.
async function everyPage(path, { ifNoneMatch, ...options }) {
  const items = [];
  let first = null;
  for (let page = 1; ; page++) {
    const answer = await freshet.request("GET", path, { ...options, ifNoneMatch: page === 1 ? ifNoneMatch : null, query: { ...options.query, page, page_size: 100 } });
    first ??= answer;
    if (answer.status === 304) return { items, ...first };
    items.push(...answer.body.results);
    if (!answer.body.next) return { items, ...first };
  }
}

export function createCategory(json, idempotencyKey) {
  return freshet.request("POST", CATEGORIES, { json, idempotencyKey, auth: "user" });
}

export function listUsers(page) {
  return freshet.request("GET", "/api/users/", { query: { page, page_size: 50 }, auth: "user" });
}

/// Every published course.
export function allCourses(options = {}) {
  return everyPage(COURSES, options);
}

/// For those who write them, drafts too, the latest first: {status, search}. The API has no search for courses; there are few, and all are here.
export async function listCourses({ status, search }, options = {}) {
  const { items, ...answer } = await everyPage(COURSES, { ...options, query: { status } });
  if (answer.status === 304) return answer;
  const wanted = search.toLocaleLowerCase();
  const results = items.filter((course) => `${course.title}\n${course.slug}\n${course.description}`.toLocaleLowerCase().includes(wanted));
  results.sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1)); // what was written last is what is written on
  return { ...answer, body: { results, count: results.length, next: null, previous: null } };
}

export function getCourse(idOrSlug, options = {}) {
  return freshet.request("GET", `${COURSES}${encodeURIComponent(idOrSlug)}/`, options);
}

export function createCourse(json, idempotencyKey) {
  return freshet.request("POST", COURSES, { json, idempotencyKey, auth: "user" });
}

export function replaceCourse(id, json, ifMatch) {
  return freshet.request("PUT", `${COURSES}${id}/`, { json, ifMatch, auth: "user" });
}

export function patchCourse(id, json, ifMatch) {
  return freshet.request("PATCH", `${COURSES}${id}/`, { json, ifMatch, auth: "user" });
}

export function deleteCourse(id, ifMatch) {
  return freshet.request("DELETE", `${COURSES}${id}/`, { ifMatch, auth: "user" });
}
