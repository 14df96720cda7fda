// The form of the editor: both languages beside each other where there is room, as tabs where there is not.
//
// It knows fields and their values, nothing of saving: editor.js decides what its buttons do.
import { find, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { LANGUAGES, LANGUAGE_NAMES, describe, language, message } from "../lib/text.js";
import { formatTime } from "../lib/time.js";
import { FIELDS, LIMITS } from "./article_form.js";
import { RichText } from "./rich_text.js";

export class EditorForm {
  #rich = {};
  #options;
  #status = "draft";

  constructor(options) {
    this.#options = options;
    this.element = h("form", { class: "editor", novalidate: true, on: { submit: (event) => { event.preventDefault(); options.onSave(null); } } },
      this.#head(), h("div", { id: "editor-notice" }), h("div", { id: "editor-errors", role: "alert" }),
      h("div", { class: "editor-body" }, h("div", { class: "editor-languages" }, this.#tabs(), LANGUAGES.map((name) => this.#panel(name))), this.#side()));
    this.element.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        options.onSave(null);
      }
    });
    this.setCategories(options.categories);
    this.#showTab(language());
  }

  destroy() {
    Object.values(this.#rich).forEach((editor) => editor.destroy());
  }

  focusFirst() {
    find(`#${language()}-title`, this.element).focus();
  }

  #head() {
    return h("div", { class: "admin-head editor-head" },
      h("a", { class: "quiet icon-button", href: "/admin/", i18nLabel: "admin.toList", i18nTitle: "admin.toList" }, icon("left")),
      h("h1", { id: "editor-title", tabindex: -1 }),
      h("span", { id: "editor-status", class: "pill" }),
      h("span", { id: "editor-state", class: "muted", role: "status" }),
      h("div", { class: "editor-actions" },
        h("a", { id: "editor-view", class: "button quiet", target: "_blank", rel: "noopener", hidden: true }, icon("eye"), h("span", { i18n: "editor.view" })),
        h("button", { id: "editor-save", class: "button", i18n: "editor.saveDraft" }),
        h("button", { id: "editor-publish", type: "button", class: "button primary", on: { click: () => this.#options.onSave(this.#status === "published" ? "draft" : "published") } })));
  }

  #tabs() {
    const tabs = h("div", { class: "tabs", role: "tablist", i18nLabel: "editor.languages" }, LANGUAGES.map((name) =>
      h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, lang: name, on: { click: () => this.#showTab(name) } }, LANGUAGE_NAMES[name])));
    tabs.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const next = LANGUAGES.find((name) => find(`#tab-${name}`, tabs).getAttribute("aria-selected") !== "true");
      this.#showTab(next);
      find(`#tab-${next}`, tabs).focus();
    });
    return tabs;
  }

  #showTab(shown) {
    for (const name of LANGUAGES) {
      const tab = find(`#tab-${name}`, this.element);
      tab.setAttribute("aria-selected", String(name === shown));
      tab.tabIndex = name === shown ? 0 : -1;
      find(`#panel-${name}`, this.element).classList.toggle("tab-hidden", name !== shown);
    }
  }

  #panel(name) {
    const words = { language: LANGUAGE_NAMES[name] };
    this.#rich[name] = new RichText({ label: ["editor.contentIn", words], lang: name, onChange: () => this.#options.onChange() });
    return h("section", { class: "panel language-panel", id: `panel-${name}`, "aria-labelledby": `panel-${name}-name` },
      h("h2", { id: `panel-${name}-name`, class: "panel-language", lang: name }, LANGUAGE_NAMES[name]),
      this.#field(`${name}.title`, "editor.title", (props) => h("input", { ...props, type: "text", class: "title-input", lang: name, maxlength: LIMITS.title * 2 })),
      this.#field(`${name}.excerpt`, "editor.excerpt", (props) => h("textarea", { ...props, rows: 2, lang: name })),
      h("div", { class: "field", dataset: { field: `${name}.content` } },
        h("span", { class: "label", i18n: "editor.content" }), this.#rich[name].element, h("p", { class: "field-error", id: `${name}-content-error`, hidden: true })));
  }

  #field(field, label, make) {
    const id = field.replace(".", "-");
    return h("div", { class: "field", dataset: { field } },
      h("label", { for: id, i18n: label }),
      make({ id, autocomplete: "off", "aria-describedby": `${id}-error`, on: { input: () => this.#options.onChange() } }),
      h("p", { class: "field-error", id: `${id}-error`, hidden: true }));
  }

  #side() {
    return h("aside", { class: "panel editor-side", i18nLabel: "editor.settings" },
      this.#field("category", "editor.category", (props) => h("select", props)),
      this.#field("slug", "editor.slug", (props) => h("input", { ...props, type: "text", spellcheck: false, i18nPlaceholder: "editor.slugMade" })),
      h("p", { class: "hint", i18n: "editor.slugHint" }),
      h("dl", { class: "facts", id: "editor-facts" }),
      h("button", { type: "button", id: "editor-delete", class: "button danger quiet", hidden: true, on: { click: () => this.#options.onDelete() } }, icon("trash"), h("span", { i18n: "admin.delete" })));
  }

  setCategories(categories) {
    const select = find("#category", this.element), chosen = select.value;
    replace(select, h("option", { value: "", i18n: "editor.noCategory" }), categories.map(({ slug, name }) => h("option", { value: slug }, name)));
    select.value = chosen;
  }

  values() {
    const values = { status: this.#status };
    for (const field of FIELDS) {
      if (field === "status") continue;
      const [name, part] = field.split(".");
      values[field] = part === "content" ? this.#rich[name].value : find(`#${field.replace(".", "-")}`, this.element).value;
    }
    return values;
  }

  fill(values, fields = FIELDS) {
    for (const field of fields) {
      const [name, part] = field.split(".");
      if (field === "status") this.#status = values.status;
      else if (part === "content") this.#rich[name].value = values[field];
      else find(`#${field.replace(".", "-")}`, this.element).value = values[field];
    }
  }

  draw({ article, state, dirty, saving }) {
    this.#status = article?.status ?? "draft";
    const published = this.#status === "published";
    const pill = find("#editor-status", this.element);
    pill.className = `pill pill-${this.#status}`;
    describe(pill, "text", `admin.${this.#status}`);
    describe(find("#editor-title", this.element), "text", article ? "editor.edit" : "editor.new");
    const line = find("#editor-state", this.element);
    line.dataset.dirty = String(dirty);
    describe(line, "text", state);
    const save = find("#editor-save", this.element), publish = find("#editor-publish", this.element);
    describe(save, "text", published ? "editor.saveChanges" : "editor.saveDraft");
    describe(publish, "text", published ? "editor.unpublish" : "editor.publish");
    save.className = published ? "button primary" : "button";
    publish.className = published ? "button" : "button primary";
    save.disabled = publish.disabled = saving;
    find("#editor-delete", this.element).hidden = !article;
    const view = find("#editor-view", this.element);
    view.hidden = !published;
    if (published) view.href = `/articles/${article.slug}`;
    this.#facts(article);
  }

  #facts(article) {
    const fact = (key, value) => value && [h("dt", { i18n: key }), h("dd", {}, value)];
    replace(find("#editor-facts", this.element), article && [
      fact("admin.column.author", article.author?.name || article.author?.username),
      fact("editor.created", formatTime(article.created_at, "full")),
      fact("admin.column.changed", formatTime(article.updated_at, "full")),
      fact("editor.publishedAt", article.published_at && formatTime(article.published_at, "full")),
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
      icon("warning"), h("p", { i18n: "editor.changedByOther" }),
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
    for (const field of names) {
      const id = field.replace(".", "-"), line = find(`#${id}-error`, this.element);
      describe(line, "text", ...wrong[field]);
      line.hidden = false;
      this.element.querySelector(`#${id}`)?.setAttribute("aria-invalid", "true");
    }
    const summary = find("#editor-errors", this.element);
    replace(summary, names.length > 0 && h("p", { class: "banner banner-bad", i18n: ["editor.notSaved", { count: names.length, fields: names.map(fieldName).join(", ") }] }));
    if (names.length > 0) this.#goTo(names[0]);
  }

  #goTo(field) {
    const [name, part] = field.split(".");
    if (part) this.#showTab(name);
    if (part === "content") this.#rich[name].focus();
    else find(`#${field.replace(".", "-")}`, this.element).focus();
  }
}

/// "Title (English)", "Category".
export function fieldName(field) {
  const [name, part] = field.split(".");
  return part ? `${message(`editor.${part}`)} (${LANGUAGE_NAMES[name]})` : message(`editor.${field}`);
}
