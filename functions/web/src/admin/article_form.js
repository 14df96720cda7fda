// The values of the article form. Pure: no DOM.
//
// Shape    values are flat, by field name: {"en.title", "en.excerpt", "en.content", "th.…", slug, category, status}: all strings.
import { LANGUAGES } from "../lib/text.js";
import { SLUG, longerThan } from "./form_values.js";

const PARTS = ["title", "excerpt", "content"];
export const FIELDS = [...LANGUAGES.flatMap((language) => PARTS.map((part) => `${language}.${part}`)), "slug", "category", "status"];

/// CONTRACT 1, limits; in Unicode code points.
export const LIMITS = { title: 200, excerpt: 500, content: 512 * 1024 };

export function emptyValues() {
  return { ...Object.fromEntries(FIELDS.map((field) => [field, ""])), status: "draft" };
}

export function valuesOf(article) {
  const values = emptyValues();
  for (const language of LANGUAGES) {
    for (const part of PARTS) values[`${language}.${part}`] = article.translations?.[language]?.[part] ?? "";
  }
  return { ...values, slug: article.slug ?? "", category: article.category?.slug ?? "", status: article.status ?? "draft" };
}

/// The body of a PUT or POST. A language nobody wrote in is left out.
export function bodyOf(values) {
  const translations = {};
  for (const language of writtenLanguages(values)) {
    translations[language] = Object.fromEntries(PARTS.map((part) => [part, values[`${language}.${part}`]]));
  }
  const body = { status: values.status, category: values.category || null, translations };
  if (values.slug) body.slug = values.slug;
  return body;
}

export function writtenLanguages(values) {
  return LANGUAGES.filter((language) => PARTS.some((part) => values[`${language}.${part}`].trim() !== "" && !isBlank(values[`${language}.${part}`])));
}

function isBlank(html) {
  return html === "<p></p>";
}

/// {field: [message key, params]} for what cannot be saved.
export function validate(values) {
  const wrong = {};
  const languages = writtenLanguages(values);
  if (languages.length === 0) wrong["en.title"] = ["editor.needTitle"];
  for (const language of languages) {
    if (!values[`${language}.title`].trim()) wrong[`${language}.title`] = ["editor.needTitle"];
    for (const part of PARTS) {
      if (longerThan(values[`${language}.${part}`], LIMITS[part])) wrong[`${language}.${part}`] = ["editor.tooLong", { count: LIMITS[part] }];
    }
  }
  if (values.slug && !SLUG.test(values.slug)) wrong.slug = ["editor.slugForm"];
  return wrong;
}

/// The server names fields its own way ("translations.en.title", "category"): to ours, or null.
export function fieldOf(serverField) {
  const field = serverField.replace(/^translations\./, "");
  return FIELDS.includes(field) ? field : null;
}
