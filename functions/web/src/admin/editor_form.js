// The form of the editor: head with its buttons, notices, errors, and beside the fields what all kinds have: slug, facts, deletion.
//
// It knows fields and their values, nothing of saving: editor.js decides what its buttons do. The fields themselves are the kind's (kinds.js):
// {main, side, read(name), write(name, value), goTo(name), focusFirst(), offer(extras), destroy()}.
import { find, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { describe } from "../lib/text.js";
import { formatTime } from "../lib/time.js";
import { backTo } from "./list_place.js";

export const idOf = (field) => field.replace(".", "-");

/// One field with its label and its line for what is wrong.
export function field(name, label, onChange, make) {
  const id = idOf(name);
  return h("div", { class: "field", dataset: { field: name } },
    h("label", { for: id, i18n: label }),
    make({ id, autocomplete: "off", "aria-describedby": `${id}-error`, on: { input: () => onChange() } }),
    h("p", { class: "field-error", id: `${id}-error`, hidden: true }));
}

export class EditorForm {
  #options;
  #kind;
  #fields;
  #status = "draft";

  /// options: {kind, extras, onChange, onSave(status), onDelete}
  constructor(options) {
    this.#options = options;
    this.#kind = options.kind;
    this.#fields = new this.#kind.Fields({ onChange: options.onChange });
    this.element = h("form", { class: "editor", novalidate: true, on: { submit: (event) => { event.preventDefault(); options.onSave(null); } } },
      this.#head(), h("div", { id: "editor-notice" }), h("div", { id: "editor-errors", role: "alert" }),
      h("div", { class: "editor-body" }, this.#fields.main, this.#side()));
    this.element.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        options.onSave(null);
      }
    });
    this.offerExtras(options.extras);
  }

  destroy() {
    this.#fields.destroy();
  }

  focusFirst() {
    this.#fields.focusFirst();
  }

  offerExtras(extras) {
    this.#fields.offer(extras);
  }

  #head() {
    const { say } = this.#kind;
    return h("div", { class: "admin-head editor-head" },
      h("a", { class: "quiet icon-button", href: backTo(this.#kind), i18nLabel: say("admin.toList"), i18nTitle: say("admin.toList") }, icon("left")),
      h("h1", { id: "editor-title", tabindex: -1 }),
      h("span", { id: "editor-status", class: "pill" }),
      h("span", { id: "editor-state", class: "muted", role: "status" }),
      h("div", { class: "editor-actions" },
        h("a", { id: "editor-view", class: "button quiet", target: "_blank", rel: "noopener", hidden: true }, icon("eye"), h("span", { i18n: "editor.view" })),
        h("button", { id: "editor-save", class: "button", i18n: "editor.saveDraft" }),
        h("button", { id: "editor-publish", type: "button", class: "button primary", on: { click: () => this.#options.onSave(this.#status === "published" ? "draft" : "published") } })));
  }

  #side() {
    return h("aside", { class: "panel editor-side", i18nLabel: "editor.settings" },
      this.#fields.side,
      field("slug", "editor.slug", this.#options.onChange, (props) => h("input", { ...props, type: "text", spellcheck: false, i18nPlaceholder: "editor.slugMade" })),
      h("p", { class: "hint", i18n: "editor.slugHint" }),
      h("dl", { class: "facts", id: "editor-facts" }),
      h("button", { type: "button", id: "editor-delete", class: "button danger quiet", hidden: true, on: { click: () => this.#options.onDelete() } }, icon("trash"), h("span", { i18n: "admin.delete" })));
  }

  values() {
    return Object.fromEntries(Object.keys(this.#kind.empty()).map((name) => [name, this.#read(name)]));
  }

  #read(name) {
    if (name === "status") return this.#status;
    return name === "slug" ? find("#slug", this.element).value : this.#fields.read(name);
  }

  fill(values, names = Object.keys(this.#kind.empty())) {
    for (const name of names) {
      if (name === "status") this.#status = values.status;
      else if (name === "slug") find("#slug", this.element).value = values.slug;
      else this.#fields.write(name, values[name]);
    }
  }

  draw({ record, state, dirty, saving }) {
    this.#status = record?.status ?? "draft";
    const published = this.#status === "published";
    const pill = find("#editor-status", this.element);
    pill.className = `pill pill-${this.#status}`;
    describe(pill, "text", `admin.${this.#status}`);
    describe(find("#editor-title", this.element), "text", this.#kind.say(record ? "editor.edit" : "editor.new"));
    const line = find("#editor-state", this.element);
    line.dataset.dirty = String(dirty);
    describe(line, "text", state);
    const save = find("#editor-save", this.element), publish = find("#editor-publish", this.element);
    describe(save, "text", published ? "editor.saveChanges" : "editor.saveDraft");
    describe(publish, "text", published ? "editor.unpublish" : "editor.publish");
    save.className = published ? "button primary" : "button";
    publish.className = published ? "button" : "button primary";
    save.disabled = publish.disabled = saving;
    find("#editor-delete", this.element).hidden = !record;
    const view = find("#editor-view", this.element);
    view.hidden = !published;
    if (published) view.href = this.#kind.public(record);
    this.#facts(record);
  }

  #facts(record) {
    const fact = (key, value) => value && [h("dt", { i18n: key }), h("dd", {}, value)];
    replace(find("#editor-facts", this.element), record && [
      fact("admin.column.author", record.author?.name || record.author?.username),
      fact("editor.created", formatTime(record.created_at, "full")),
      fact("admin.column.changed", formatTime(record.updated_at, "full")),
      fact("editor.publishedAt", record.published_at && formatTime(record.published_at, "full")),
    ]);
  }

  offer({ at, restore, discard }) {
    const close = () => this.clearNotice();
    replace(find("#editor-notice", this.element), h("div", { class: "banner banner-info", role: "status" },
      h("p", { i18n: ["editor.keptOffer", { time: formatTime(at, "full") }] }),
      h("button", { type: "button", class: "button small primary", id: "restore-kept", i18n: "editor.restore", on: { click: () => { restore(); close(); } } }),
      h("button", { type: "button", class: "button small", i18n: "editor.discard", on: { click: () => { discard(); close(); } } })));
  }

  warnChanged(review) {
    replace(find("#editor-notice", this.element), h("div", { class: "banner banner-warn", role: "alert" },
      icon("warning"), h("p", { i18n: this.#kind.say("editor.changedByOther") }),
      h("button", { type: "button", class: "button small", i18n: "editor.review", on: { click: review } })));
  }

  clearNotice() {
    replace(find("#editor-notice", this.element));
  }

  /// Marks the fields, lists what is wrong, and goes to the first.
  showErrors(wrong) {
    const names = Object.keys(wrong);
    for (const line of this.element.querySelectorAll(".field-error")) line.hidden = true;
    for (const input of this.element.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    for (const name of names) {
      const id = idOf(name), line = find(`#${id}-error`, this.element);
      describe(line, "text", ...wrong[name]);
      line.hidden = false;
      this.element.querySelector(`#${id}`)?.setAttribute("aria-invalid", "true");
    }
    const summary = find("#editor-errors", this.element);
    replace(summary, names.length > 0 && h("p", { class: "banner banner-bad", i18n: ["editor.notSaved", { count: names.length, fields: names.map(this.#kind.fieldName).join(", ") }] }));
    if (names.length === 0) return;
    if (names[0] === "slug") find("#slug", this.element).focus();
    else this.#fields.goTo(names[0]);
  }
}
