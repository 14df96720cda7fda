// The REST API as a test uses it: to make what a scenario begins with, and to be the second editor.
const BASE = process.env.FRESHET_BROWSER_URL;
export const [USERNAME, PASSWORD] = splitOnce(process.env.FRESHET_BROWSER_ADMIN ?? ":");
const ARTICLES = "/api/content/api/articles/";
let token = null;

function splitOnce(text) {
  const at = text.indexOf(":");
  return [text.slice(0, at), text.slice(at + 1)];
}

export async function call(method, path, json, headers = {}) {
  const response = await fetch(BASE + path, {
    method, headers: { ...(json === undefined ? {} : { "Content-Type": "application/json" }), ...headers }, body: json === undefined ? undefined : JSON.stringify(json),
  });
  const body = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(body)}`);
  return { body, etag: response.headers.get("ETag"), position: response.headers.get("Freshet-Position") };
}

export async function asAdmin(method, path, json, headers = {}) {
  token ??= call("POST", "/api/token/", { username: USERNAME, password: PASSWORD }).then(({ body }) => body.access);
  return call(method, path, json, { Authorization: `Bearer ${await token}`, ...headers });
}

let counter = 0;
/// A word that no other article has, so that tests do not see each other's.
export function unique(prefix) {
  counter += 1;
  return `${prefix}${process.pid.toString(36)}${Date.now().toString(36)}${counter}`;
}

const categories = new Set();
/// There is such a category afterwards; the write is the question, since a read may be a moment behind.
export async function category(slug = "tests") {
  if (categories.has(slug)) return slug;
  try {
    await asAdmin("POST", "/api/content/api/categories/", { slug, translations: { en: { name: `Name of ${slug}` }, th: { name: `ชื่อ ${slug}` } } });
  } catch (error) {
    if (!/: 409 /.test(error.message)) throw error;
  }
  categories.add(slug);
  return slug;
}

export async function article(fields = {}) {
  const mark = fields.mark ?? unique("mark");
  const body = {
    slug: fields.slug ?? mark, status: fields.status ?? "draft", category: await category(fields.category),
    translations: fields.translations ?? {
      en: { title: fields.title ?? `Title ${mark}`, excerpt: `Excerpt ${mark}`, content: fields.content ?? `<p>Content ${mark}</p>` },
      th: { title: `ชื่อเรื่อง ${mark}`, excerpt: `บทคัดย่อ ${mark}`, content: `<p>เนื้อหา ${mark}</p>` },
    },
  };
  const made = await asAdmin("POST", ARTICLES, body);
  return { ...made.body, mark, etag: made.etag };
}

export const publish = (...ids) => asAdmin("POST", `${ARTICLES}publish/`, { ids });
export const unpublish = (...ids) => asAdmin("POST", `${ARTICLES}unpublish/`, { ids });
export const patch = (id, changes) => asAdmin("PATCH", `${ARTICLES}${id}/`, changes);
export const remove = (id) => asAdmin("DELETE", `${ARTICLES}${id}/`);
export const read = (id) => asAdmin("GET", `${ARTICLES}${id}/`);

const COURSES = "/api/courses/";
export async function course(fields = {}) {
  const mark = fields.mark ?? unique("course");
  const { body, etag } = await asAdmin("POST", COURSES, { title: fields.title ?? `Course ${mark}`, description: fields.description ?? `About ${mark}.`, status: fields.status ?? "published" });
  return { ...body, mark, etag };
}

export const patchCourse = (id, changes) => asAdmin("PATCH", `${COURSES}${id}/`, changes);
export const removeCourse = (id) => asAdmin("DELETE", `${COURSES}${id}/`);
