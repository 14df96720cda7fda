// What events do to the list of courses, and the values of the course form.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as form from "../../../functions/web/src/admin/course_form.js";
import { threeWay } from "../../../functions/web/src/admin/form_values.js";
import { applyCourse, ordered } from "../../../functions/web/src/lib/course_list.js";

const course = (id, title, updated_at = "2026-01-01T00:00:00Z") => ({ id, slug: title.toLowerCase(), title, description: "", updated_at });
const list = [course("1", "Algebra"), course("2", "Botany")];

// [name, event, kind of the change, titles afterwards]
const CASES = [
  ["a new course is added", { type: "course_created", course: course("3", "Chemistry") }, "created", "Algebra Botany Chemistry"],
  ["a changed one is replaced", { type: "course_updated", course: course("2", "Biology", "2026-02-01T00:00:00Z") }, "updated", "Algebra Biology"],
  ["a deleted one goes", { type: "course_deleted", course: { id: "1", slug: "algebra", title: "Algebra" } }, "deleted", "Botany"],
  ["what is shown so already is no news", { type: "course_created", course: list[0] }, "none", "Algebra Botany"],
  ["a deletion of what is not here is no news", { type: "course_deleted", course: { id: "9", slug: "x", title: "x" } }, "none", "Algebra Botany"],
  ["an update of what is not here yet is a new course", { type: "course_updated", course: course("3", "Chemistry") }, "created", "Algebra Botany Chemistry"],
  ["a word of a later server is nothing", { type: "course_starred", course: list[0] }, "none", "Algebra Botany"],
];
for (const [name, event, kind, titles] of CASES) {
  test(name, () => {
    const { items, change } = applyCourse(list, event);
    assert.equal(change.kind, kind);
    assert.equal(items.map(({ title }) => title).join(" "), titles);
  });
}

test("a deletion is told with what was shown, an event applied twice is told once", () => {
  assert.equal(applyCourse(list, { type: "course_deleted", course: { id: "1", slug: "algebra", title: "Renamed meanwhile" } }).change.course.title, "Algebra");
  const event = { type: "course_created", course: course("3", "Chemistry") };
  const once = applyCourse(list, event);
  assert.equal(applyCourse(once.items, event).change.kind, "none");
});

test("courses stand in the order in which a reader looks for them", () => {
  const titles = (items, locale) => ordered(items, locale).map(({ title }) => title);
  assert.deepEqual(titles([course("1", "Module 10"), course("2", "module 9"), course("3", "Äpfel"), course("4", "Birnen")], "en-GB"), ["Äpfel", "Birnen", "module 9", "Module 10"]);
  assert.deepEqual(titles([course("1", "เคมี"), course("2", "ชีววิทยา"), course("3", "คณิตศาสตร์")], "th-TH"), ["คณิตศาสตร์", "เคมี", "ชีววิทยา"]);
});

test("a course becomes values and values the body of a PUT; an empty slug is not sent", () => {
  const values = form.valuesOf({ id: "1", slug: "a", title: "A", description: "x\ny", status: "published", created_at: "…" });
  assert.deepEqual(form.bodyOf(values), { slug: "a", title: "A", description: "x\ny", status: "published" });
  assert.deepEqual(form.bodyOf({ ...form.emptyValues(), title: "A" }), { title: "A", description: "", status: "draft" });
});

test("what the server would refuse is said before it is sent", () => {
  const wrong = (values) => Object.keys(form.validate({ ...form.emptyValues(), title: "A", ...values }));
  assert.deepEqual(wrong({}), []);
  assert.deepEqual(wrong({ title: "  " }), ["title"]);
  assert.deepEqual(wrong({ title: "a < b" }), ["title"]);
  assert.deepEqual(wrong({ title: "ก".repeat(200) }), []);
  assert.deepEqual(wrong({ title: "🎓".repeat(200) }), []);
  assert.deepEqual(wrong({ title: "🎓".repeat(201) }), ["title"]);
  assert.deepEqual(wrong({ slug: "Not Good" }), ["slug"]);
});

test("two editors of a course are told apart field by field", () => {
  const base = { title: "A", description: "d", slug: "a", status: "draft" };
  assert.deepEqual(threeWay(base, { ...base, title: "B" }, { ...base, description: "e" }).map(({ field, suggestion }) => [field, suggestion]), [["title", "mine"], ["description", "theirs"]]);
  assert.equal(threeWay(base, { ...base, title: "B" }, { ...base, title: "C" })[0].suggestion, null);
});
