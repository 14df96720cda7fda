// What the staff's pages write: articles and courses. Lists, editor and conflict dialog are the same for both; what differs is here.
//
// Shape    name          what its unsaved text and its news are kept under
//          path, list, public(record)   addresses: of the editor, of the list, of its page on the site
//          empty(), valuesOf(record), bodyOf(values), validate(values), fieldOf(name of the server), fieldName(field), isHtml(field), lang(field)
//          get, create, replace, remove    calls of the API;  extras()  what its form offers to choose from;  Fields  the form's own part
//          channel(), load(query, options), filters, columns    the list;  setStatus("publish" | "unpublish", records)  of many
//          say(key)      the key of the text that speaks of it: "editor.new" is courses' "courses.editor.new"
import {
  articlesChannel, bulkArticles, createArticle, createCourse, deleteArticle, deleteCourse, getArticle, getCourse, listArticles, listCategories, listCourses, patchCourse,
  replaceArticle, replaceCourse,
} from "../lib/api.js";
import { newKey } from "../lib/freshet.js";
import { LANGUAGE_NAMES, knows, message } from "../lib/text.js";
import { ArticleFields } from "./article_fields.js";
import * as articleForm from "./article_form.js";
import { CourseFields } from "./course_fields.js";
import * as courseForm from "./course_form.js";
import { eachOf } from "./each_of.js";

export const ARTICLE = {
  name: "article", path: "/admin/articles", list: "/admin/", Fields: ArticleFields,
  public: (article) => `/articles/${article.slug}`,
  empty: articleForm.emptyValues, valuesOf: articleForm.valuesOf, bodyOf: articleForm.bodyOf, validate: articleForm.validate, fieldOf: articleForm.fieldOf,
  fieldName(field) {
    const [of, part] = field.split(".");
    return part ? `${message(`editor.${part}`)} (${LANGUAGE_NAMES[of]})` : message(`editor.${field}`);
  },
  isHtml: (field) => field.endsWith(".content"),
  keepsLines: () => false,
  lang: (field) => (field.includes(".") ? field.split(".")[0] : undefined),
  get: getArticle, create: createArticle, replace: replaceArticle, remove: deleteArticle,
  extras: () => listCategories({ auth: "user" }),
  channel: articlesChannel, load: listArticles, filters: ["status", "category", "search"], columns: ["title", "status", "category", "author", "changed"],
  setStatus: (action, items) => bulkArticles(action, items.map(({ id }) => id), newKey()),
  say: (key) => key,
};

export const COURSE = {
  name: "course", path: "/admin/courses", list: "/admin/courses", Fields: CourseFields,
  public: (course) => `/courses#course-${course.slug}`,
  empty: courseForm.emptyValues, valuesOf: courseForm.valuesOf, bodyOf: courseForm.bodyOf, validate: courseForm.validate,
  fieldOf: (name) => (courseForm.FIELDS.includes(name) ? name : null),
  fieldName: (field) => message(field === "description" ? "courses.description" : `editor.${field}`),
  isHtml: () => false,
  keepsLines: (field) => field === "description",
  lang: () => undefined,
  get: getCourse, create: createCourse, replace: replaceCourse, remove: deleteCourse,
  extras: async () => [],
  channel: () => "courses", load: listCourses, filters: ["status", "search"], columns: ["title", "status", "changed"],
  setStatus: (action, items) => eachOf(items, (course) => patchCourse(course.id, { status: action === "publish" ? "published" : "draft" })),
  say: (key) => (knows(`courses.${key}`) ? `courses.${key}` : key),
};
