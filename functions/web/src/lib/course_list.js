// What one event does to the list of courses. Pure: no DOM, no network, tested without a browser.
//
// Shape    applyCourse(items, event) → {items, change}: change is {kind, course} with kind "created" | "updated" | "deleted", or "none": an event
//          that is no news to this list (it showed the course so already, or never had it).
//          A course that comes as an update and is not here yet was published while we were not looking: it is news all the same.

export function applyCourse(items, { type, course }) {
  const at = items.findIndex((item) => item.id === course.id);
  if (type === "course_deleted") {
    if (at < 0) return { items, change: { kind: "none" } };
    return { items: items.filter((_, index) => index !== at), change: { kind: "deleted", course: items[at] } };
  }
  if (type !== "course_created" && type !== "course_updated") return { items, change: { kind: "none" } };
  if (at < 0) return { items: [...items, course], change: { kind: "created", course } };
  if (sameCourse(items[at], course)) return { items, change: { kind: "none" } };
  return { items: items.map((item, index) => (index === at ? course : item)), change: { kind: "updated", course } };
}

function sameCourse(a, b) {
  return ["slug", "title", "description", "updated_at"].every((field) => a[field] === b[field]);
}

/// By title, as a reader of that language looks for it.
export function ordered(items, locale) {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
  return [...items].sort((a, b) => collator.compare(a.title, b.title) || (a.id < b.id ? -1 : 1));
}
