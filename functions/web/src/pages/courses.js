// /courses: what is offered, live. Dropdown, bar and cards are one list, drawn three times; each thing that happens to it is said in a toast for
// five seconds. What cannot be told one by one (a reset, polling) comes as a new list without words.
import { allCourses } from "../lib/api.js";
import { markFresh } from "../lib/card.js";
import { applyCourse, ordered } from "../lib/course_list.js";
import { cover } from "../lib/cover.js";
import { find, h, reconcile, replace } from "../lib/dom.js";
import { freshet, session } from "../lib/freshet.js";
import { liveBadge } from "../lib/live_badge.js";
import { closeOnLeave, refreshSession, setTitle, startShell } from "../lib/shell.js";
import { cardSkeletons, emptyState, errorState } from "../lib/states.js";
import { describe, locale, message, onLanguage } from "../lib/text.js";
import { formatTime, timeElement } from "../lib/time.js";
import { toast } from "../lib/toast.js";

const DRAW_MS = 16;
const TOASTS = { created: ["good", "courses.new"], updated: ["info", "courses.updated"], deleted: ["warn", "courses.removed"] };
const grid = find("#courses"), bar = find("#courses-bar"), dropdown = find("#courses-dropdown"), menu = find("#courses-menu"), notice = find("#notice");
const badge = liveBadge();
let courses = null, loadedAt = null, drawTimer = null;
const fresh = new Set();

const feed = follow();

function follow() {
  replace(grid, cardSkeletons(6));
  return freshet.follow("courses", {
    load: allCourses,
    show({ items }) {
      const before = courses && new Map(courses.map((course) => [course.id, course.updated_at]));
      courses = items;
      if (before) items.filter((course) => before.get(course.id) !== course.updated_at).forEach(({ id }) => fresh.add(id));
      loadedAt = new Date().toISOString();
      notice.hidden = true;
      draw();
      if (!before && location.hash) location.replace(location.hash); // what it names was not there when the page came
    },
    apply: ({ data }) => applied(data),
    onState: badge.set,
    onError: failed,
  });
}

function applied(data) {
  const { items, change } = applyCourse(courses, data);
  courses = items;
  if (change.kind === "none") return;
  const [kind, text] = TOASTS[change.kind];
  toast(kind, [text, { title: change.course.title }]);
  if (change.kind !== "deleted") fresh.add(change.course.id);
  drawTimer ??= setTimeout(draw, DRAW_MS);
}

function failed(error) {
  if (courses === null) {
    grid.removeAttribute("aria-busy");
    replace(grid, h("li", { class: "whole" }, errorState(error, () => feed.reload())));
    return;
  }
  describe(notice, "text", "list.stale", { time: formatTime(loadedAt, "clock") });
  notice.hidden = false;
}

function draw() {
  drawTimer = null;
  if (courses === null) return;
  const shown = ordered(courses, locale());
  grid.removeAttribute("aria-busy");
  find("#courses-nav").hidden = shown.length === 0;
  describe(find("#courses-count"), "text", "courses.count", { count: shown.length });
  const key = (course) => course.id;
  reconcile(bar, shown, { key, make: (course) => withLink(h("li", {}), course, "chip"), update: updateLink });
  reconcile(dropdown, shown, { key, make: (course) => updateItem(h("a", {}), course), update: updateItem });
  if (shown.length === 0) replace(grid, h("li", { class: "whole" }, nothingHere()));
  else reconcile(grid, shown, { key, make: makeCard, update: updateCard });
  for (const id of fresh) grid.querySelectorAll(`[data-key="${id}"]`).forEach(markFresh);
  fresh.clear();
}

function nothingHere() {
  const action = session.user()?.is_staff && h("a", { class: "button primary", href: "/admin/courses/new", i18n: "courses.admin.add" });
  return emptyState({ symbol: "inbox", title: "courses.empty", text: "courses.emptyText", action });
}

// A slug may be any word; the prefix keeps it from being an id of the page's own.
function placeOf(course) {
  return `course-${course.slug}`;
}

function withLink(item, course, className) {
  item.append(h("a", { class: className }));
  updateLink(item, course);
  return item;
}

function updateLink(item, course) {
  updateItem(find("a", item), course);
}

function updateItem(link, course) {
  if (link.textContent !== course.title) link.textContent = course.title;
  link.href = `#${placeOf(course)}`;
  return link;
}

function makeCard(course) {
  const card = h("li", { class: "course" },
    h("div", { class: "course-cover" }), h("div", { class: "course-body" }, h("h3", { tabindex: -1 }), h("p", { class: "course-text" }), h("p", { class: "card-meta" })));
  replace(find(".course-cover", card), cover({ id: course.id, category: { slug: course.id } }));
  updateCard(card, course);
  return card;
}

function updateCard(card, course) {
  card.id = placeOf(course);
  find("h3", card).textContent = course.title;
  find(".course-text", card).textContent = course.description ?? "";
  const shown = `${course.updated_at} ${session.user()?.is_staff ?? false}`;
  if (card.shown === shown) return;
  card.shown = shown;
  replace(find(".card-meta", card), [
    h("span", {}, h("span", { i18n: "article.edited" }), " ", timeElement(course.updated_at)),
    session.user()?.is_staff && h("a", { class: "link", href: `/admin/courses/${course.id}`, i18n: "article.edit" }),
  ]);
}

// A choice in the dropdown closes it and goes to the course, with the focus, so that the next Tab goes on from there.
function goTo(event) {
  const link = event.target.closest("a[href^='#']");
  if (!link) return;
  menu.open = false;
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (target) requestAnimationFrame(() => find("h3", target).focus({ preventScroll: true }));
}
dropdown.addEventListener("click", goTo);
bar.addEventListener("click", goTo);

startShell();
closeOnLeave(menu);
find("#live").replaceChildren(badge.element);
const title = () => setTitle(message("nav.courses"));
title();
onLanguage(() => {
  title();
  draw();
});
session.onChange(draw);
refreshSession();
