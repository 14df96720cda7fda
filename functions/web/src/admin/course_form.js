// The values of the course form. Pure: no DOM.
import { SLUG, longerThan } from "./form_values.js";

export const FIELDS = ["title", "description", "slug", "status"];

/// CONTRACT 1, limits; in Unicode code points.
export const LIMITS = { title: 200, description: 10_000 };

export function emptyValues() {
  return { title: "", description: "", slug: "", status: "draft" };
}

export function valuesOf(course) {
  return Object.fromEntries(FIELDS.map((field) => [field, course[field] ?? emptyValues()[field]]));
}

export function bodyOf({ slug, ...values }) {
  return slug ? { ...values, slug } : values;
}

/// {field: [message key, params]} for what cannot be saved.
export function validate(values) {
  const wrong = {};
  if (!values.title.trim()) wrong.title = ["editor.needTitle"];
  else if (/[<>]/.test(values.title)) wrong.title = ["courses.titleSigns"];
  for (const field of ["title", "description"]) {
    if (longerThan(values[field], LIMITS[field])) wrong[field] = ["editor.tooLong", { count: LIMITS[field] }];
  }
  if (values.slug && !SLUG.test(values.slug)) wrong.slug = ["editor.slugForm"];
  return wrong;
}
