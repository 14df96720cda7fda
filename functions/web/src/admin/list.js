// The list of articles, or of courses (kinds.js), for those who write them: filters, a selection that survives paging, actions on many at once.
//
// Live: public changes come by the stream, drafts (which no stream may show) by asking again with the list's ETag. Both end in
// one reload of the shown page, which keeps rows, focus and selection.
import { listCategories } from "../lib/api.js";
import { markFresh } from "../lib/card.js";
import { confirm } from "../lib/dialog.js";
import { find, h, reconcile, replace } from "../lib/dom.js";
import { explain } from "../lib/explain.js";
import { Problem, freshet } from "../lib/freshet.js";
import { icon } from "../lib/icons.js";
import { liveBadge } from "../lib/live_badge.js";
import { announce } from "../lib/shell.js";
import { emptyState, errorState, lineSkeletons } from "../lib/states.js";
import { describe, language, message, onLanguage } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import { eachOf } from "./each_of.js";
import { remember } from "./list_place.js";
import { makeRow, updateRow } from "./list_row.js";
import { onSaved, tellSaved } from "./news.js";

const PAGE_SIZE = 50, POLL_MS = 8000, BURST_MS = 120, SELECTED_MAX = 500, DEBOUNCE_MS = 300;

export function listView(kind) {
  return (box, { setTitle }) => new ListView(kind, box, setTitle).unmount;
}

class ListView {
  #kind;
  #box;
  #badge = liveBadge();
  #feed = null;
  #results = null;
  #count = 0;
  #links = { next: null, previous: null };
  #etag = null;
  #selected = new Map();
  #categories = [];
  #burst = null;
  #typing = null;
  #busy = false;
  #off;

  constructor(kind, box, setTitle) {
    this.#kind = kind;
    this.#box = box;
    setTitle(kind.say("admin.articles"));
    this.#build();
    const poll = setInterval(() => this.#poll(), POLL_MS);
    const offs = [onLanguage(() => this.#open()), onSaved((position) => this.#feed.reload({ minPosition: position }))];
    this.#off = () => {
      clearInterval(poll);
      clearTimeout(this.#burst);
      clearTimeout(this.#typing);
      offs.forEach((off) => off());
    };
    this.unmount = () => {
      this.#off();
      this.#feed?.stop();
    };
    this.#loadCategories();
    this.#open();
  }

  #build() {
    this.#box.append(
      h("div", { class: "admin-head" },
        h("h1", { i18n: this.#kind.say("admin.articles"), tabindex: -1 }), h("span", { id: "admin-count", class: "muted" }), this.#badge.element,
        h("a", { class: "button primary", href: `${this.#kind.path}/new`, id: "add-article" }, icon("plus"), h("span", { i18n: this.#kind.say("admin.add") }))),
      this.#filters(),
      this.#actions(),
      h("p", { id: "admin-notice", class: "banner", hidden: true }),
      h("div", { class: `table table-${this.#kind.name}`, role: "table", i18nLabel: this.#kind.say("admin.articles") },
        h("div", { class: "table-head", role: "row" },
          ["", ...this.#kind.columns].map((name) => h("span", { role: "columnheader", i18n: name ? `admin.column.${name}` : "admin.column.select", class: name ? "" : "visually-hidden" }))),
        h("div", { id: "rows", class: "table-body", role: "rowgroup" })),
      h("div", { id: "admin-empty" }),
      h("nav", { id: "admin-pager", class: "pager", i18nLabel: "list.pages", on: { click: (event) => this.#turnPage(event) } }));
  }

  #filters() {
    const at = this.#place();
    const status = h("select", { id: "filter-status", on: { change: () => this.#go({ status: status.value }) } },
      [["", "admin.anyStatus"], ["draft", "admin.draft"], ["published", "admin.published"]].map(([value, key]) => h("option", { value, i18n: key, selected: value === at.status })));
    const category = h("select", { id: "filter-category", on: { change: () => this.#go({ category: category.value }) } });
    const hasCategory = this.#kind.filters.includes("category");
    const search = h("input", { id: "filter-search", type: "search", value: at.search, i18nPlaceholder: this.#kind.say("list.search"), on: { input: () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#go({ search: search.value.trim() }), DEBOUNCE_MS);
    } } });
    const field = (name, control) => h("div", { class: "field" }, h("label", { for: control.id, i18n: `admin.filter.${name}` }), control);
    return h("form", { class: "filters", role: "search", on: { submit: (event) => event.preventDefault() } },
      field("search", search), field("status", status), hasCategory && field("category", category));
  }

  #actions() {
    const action = (id, key, symbol, run, className = "") =>
      h("button", { type: "button", id, class: `button small ${className}`, disabled: true, on: { click: run } }, icon(symbol), h("span", { i18n: this.#kind.say(key) }));
    const all = h("input", { type: "checkbox", id: "select-all", on: { change: () => this.#selectAll(all.checked) } });
    return h("div", { class: "bulk", role: "group", i18nLabel: this.#kind.say("admin.actions") },
      h("label", { class: "check" }, all, h("span", { i18n: "admin.selectAll" })),
      h("span", { id: "selected-count", class: "muted", "aria-live": "polite" }),
      action("bulk-publish", "admin.publishSelected", "up", () => this.#bulk("publish")),
      action("bulk-unpublish", "admin.unpublishSelected", "eye", () => this.#bulk("unpublish")),
      action("bulk-delete", "admin.deleteSelected", "trash", () => this.#bulkDelete(), "danger"));
  }

  #place() {
    const params = new URLSearchParams(location.search);
    return { ...Object.fromEntries(this.#kind.filters.map((name) => [name, params.get(name) ?? ""])), cursor: params.get("cursor") ?? "", page: Math.max(1, Number(params.get("page")) || 1) };
  }

  #address(next) {
    const params = new URLSearchParams(Object.entries(next).filter(([name, value]) => value && !(name === "page" && value === 1)));
    return params.toString() ? `${this.#kind.list}?${params}` : this.#kind.list;
  }

  #go(change) {
    history.replaceState(null, "", this.#address({ ...this.#place(), cursor: "", page: 1, ...change }));
    this.#open();
  }

  #open() {
    remember(this.#kind);
    this.#feed?.stop();
    this.#etag = null;
    this.#results = null;
    this.#drawLoading();
    this.#feed = freshet.follow(this.#kind.channel(), {
      load: (options) => this.#load(options),
      show: (snapshot) => this.#show(snapshot),
      apply: () => this.#changed(),
      onState: this.#badge.set,
      onError: (error) => this.#failed(error),
    });
  }

  // Another page of the same view: it stays mounted, so the selection stays too.
  #turnPage(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    this.#open();
    find("h1", this.#box).focus();
  }

  #query() {
    const { status, category, search, cursor } = this.#place();
    return { status: status || "all", category: category ?? "", search, cursor, page_size: PAGE_SIZE };
  }

  async #load(options) {
    const answer = await this.#kind.load(this.#query(), { ...options, auth: "user", ifNoneMatch: this.#etag });
    return { ...answer, unchanged: answer.status === 304 };
  }

  #show({ body, etag, unchanged }) {
    find("#admin-notice").hidden = true;
    if (unchanged) return;
    this.#etag = etag;
    const before = this.#results && new Map(this.#results.map((item) => [item.id, item.updated_at + item.status]));
    this.#results = body.results;
    this.#count = body.count;
    this.#links = { next: cursorOf(body.next), previous: cursorOf(body.previous) };
    for (const item of body.results) if (this.#selected.has(item.id)) this.#selected.set(item.id, item);
    this.#draw();
    if (!before) return;
    const fresh = body.results.filter((item) => before.get(item.id) !== item.updated_at + item.status);
    fresh.forEach((item) => markFresh(find(`[data-key="${item.id}"]`, this.#box)));
    if (fresh.length > 0) announce(message(this.#kind.say("admin.changed"), { count: fresh.length }));
  }

  // A burst of events (fifty published at once) asks once.
  #changed() {
    clearTimeout(this.#burst);
    this.#burst = setTimeout(() => this.#feed.reload(), BURST_MS);
  }

  #poll() {
    if (document.visibilityState === "visible" && navigator.onLine && this.#etag && !this.#busy) this.#feed.reload();
  }

  #failed(error) {
    if (this.#results) {
      const notice = find("#admin-notice");
      describe(notice, "text", ...explain(error));
      notice.hidden = false;
      return;
    }
    replace(find("#rows"));
    replace(find("#admin-empty"), errorState(error, () => this.#open()));
  }

  #drawLoading() {
    replace(find("#admin-empty"));
    replace(find("#rows"), Array.from({ length: 6 }, () => h("div", { class: "table-row skeleton", role: "row" }, h("span", { role: "cell" }, lineSkeletons(1)))));
    this.#drawActions();
  }

  #draw() {
    const rows = find("#rows");
    const context = { isSelected: (id) => this.#selected.has(id), select: (item, on) => this.#select(item, on), language: language(), kind: this.#kind };
    reconcile(rows, this.#results, { key: (item) => item.id, make: (item) => makeRow(item, context), update: (row, item) => updateRow(row, item, context) });
    replace(find("#admin-empty"), this.#results.length === 0 && this.#nothing());
    describe(find("#admin-count"), "text", this.#kind.say("list.count"), { count: this.#count });
    this.#drawPager();
    this.#drawActions();
  }

  #nothing() {
    const { status, category, search } = this.#place();
    if (status || category || search) return emptyState({ symbol: "search", title: "list.noMatch", text: this.#kind.say("list.noMatchText") });
    return emptyState({ symbol: "edit", title: this.#kind.say("admin.none"), text: "admin.noneText", action: h("a", { class: "button primary", href: `${this.#kind.path}/new`, i18n: this.#kind.say("admin.add") }) });
  }

  #drawPager() {
    const { cursor, page } = this.#place();
    const newer = cursor ? { cursor: page > 2 ? this.#links.previous ?? "" : "", page: page - 1 } : null;
    const older = this.#links.next ? { cursor: this.#links.next, page: page + 1 } : null;
    const link = (key, to) => (to
      ? h("a", { class: "button", href: this.#address({ ...this.#place(), ...to }), i18n: key })
      : h("span", { class: "button", "aria-disabled": "true", i18n: key }));
    replace(find("#admin-pager"), (newer || older) && [
      link("list.newer", newer),
      h("span", { class: "pager-here", i18n: ["list.page", { page, pages: Math.max(page, Math.ceil(this.#count / PAGE_SIZE)) }] }),
      link("list.older", older),
    ]);
  }

  #select(item, on) {
    if (on && this.#selected.size >= SELECTED_MAX) {
      toast("info", [this.#kind.say("admin.selectedMax"), { count: SELECTED_MAX }]);
      return this.#draw();
    }
    if (on) this.#selected.set(item.id, item);
    else this.#selected.delete(item.id);
    this.#draw();
  }

  #selectAll(on) {
    for (const item of this.#results ?? []) {
      if (!on) this.#selected.delete(item.id);
      else if (this.#selected.size < SELECTED_MAX) this.#selected.set(item.id, item);
    }
    this.#draw();
  }

  #drawActions() {
    const count = this.#selected.size, shown = this.#results ?? [];
    const here = shown.filter((item) => this.#selected.has(item.id)).length;
    const all = find("#select-all");
    all.checked = shown.length > 0 && here === shown.length;
    all.indeterminate = here > 0 && here < shown.length;
    all.disabled = shown.length === 0;
    for (const id of ["bulk-publish", "bulk-unpublish", "bulk-delete"]) find(`#${id}`).disabled = count === 0 || this.#busy;
    describe(find("#selected-count"), "text", "admin.selected", { count });
  }

  async #bulk(action) {
    const items = [...this.#selected.values()];
    if (action === "unpublish" && !(await confirm({ title: [this.#kind.say("admin.unpublishAsk"), { count: items.length }], text: this.#kind.say("admin.unpublishText"), action: "admin.unpublish" }))) return;
    await this.#work(async () => {
      const { position } = await this.#kind.setStatus(action, items);
      this.#selected.clear();
      toast("good", [this.#kind.say(`admin.${action}edMany`), { count: items.length }]);
      return position;
    });
  }

  // What failed stays selected; what somebody else has deleted is gone as well.
  async #bulkDelete() {
    const items = [...this.#selected.values()];
    if (!(await confirm({ title: [this.#kind.say("admin.deleteAsk"), { count: items.length }], text: "admin.deleteText", action: "admin.delete", danger: true }))) return;
    await this.#work(async () => {
      const { position } = await eachOf(items, async (item) => {
        const answer = await this.#kind.remove(item.id).catch((error) => {
          if (!(error instanceof Problem) || error.status !== 404) throw error;
          return { position: null };
        });
        this.#selected.delete(item.id);
        return answer;
      });
      toast("good", [this.#kind.say("admin.deletedMany"), { count: items.length }]);
      return position;
    });
  }

  async #work(run) {
    this.#busy = true;
    this.#drawActions();
    try {
      const position = await run();
      tellSaved(position);
      await this.#feed.reload({ minPosition: position });
    } catch (error) {
      toast("bad", explain(error));
      this.#feed.reload();
    } finally {
      this.#busy = false;
      this.#drawActions();
    }
  }

  async #loadCategories() {
    if (!this.#kind.filters.includes("category")) return;
    try {
      this.#categories = await listCategories({ auth: "user" });
    } catch {
      return; // the list says so
    }
    const chosen = this.#place().category;
    const select = this.#box.querySelector("#filter-category");
    if (select) replace(select, h("option", { value: "", i18n: "admin.anyCategory" }), this.#categories.map(({ slug, name }) => h("option", { value: slug, selected: slug === chosen }, name)));
  }
}

function cursorOf(address) {
  return address ? new URL(address, location.origin).searchParams.get("cursor") ?? "" : null;
}
