// The fields of an article: both languages beside each other where there is room, as tabs where there is not.
import { find, h, replace } from "../lib/dom.js";
import { LANGUAGES, LANGUAGE_NAMES, language } from "../lib/text.js";
import { LIMITS } from "./article_form.js";
import { field, idOf } from "./editor_form.js";
import { RichText } from "./rich_text.js";

export class ArticleFields {
  #rich = {};
  #onChange;

  constructor({ onChange }) {
    this.#onChange = onChange;
    this.main = h("div", { class: "editor-languages" }, this.#tabs(), LANGUAGES.map((name) => this.#panel(name)));
    this.side = field("category", "editor.category", onChange, (props) => h("select", props));
    this.#showTab(language());
  }

  destroy() {
    Object.values(this.#rich).forEach((editor) => editor.destroy());
  }

  focusFirst() {
    find(`#${language()}-title`, this.main).focus();
  }

  read(name) {
    const [of, part] = name.split(".");
    if (part === "content") return this.#rich[of].value;
    return find(`#${idOf(name)}`, part ? this.main : this.side).value;
  }

  write(name, value) {
    const [of, part] = name.split(".");
    if (part === "content") this.#rich[of].value = value;
    else find(`#${idOf(name)}`, part ? this.main : this.side).value = value;
  }

  goTo(name) {
    const [of, part] = name.split(".");
    if (part) this.#showTab(of);
    if (part === "content") this.#rich[of].focus();
    else find(`#${idOf(name)}`, part ? this.main : this.side).focus();
  }

  /// What there is to choose from: the categories.
  offer(categories) {
    const select = find("#category", this.side), chosen = select.value;
    replace(select, h("option", { value: "", i18n: "editor.noCategory" }), categories.map(({ slug, name }) => h("option", { value: slug }, name)));
    select.value = chosen;
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
      const tab = find(`#tab-${name}`, this.main);
      tab.setAttribute("aria-selected", String(name === shown));
      tab.tabIndex = name === shown ? 0 : -1;
      find(`#panel-${name}`, this.main).classList.toggle("tab-hidden", name !== shown);
    }
  }

  #panel(name) {
    const words = { language: LANGUAGE_NAMES[name] };
    this.#rich[name] = new RichText({ label: ["editor.contentIn", words], lang: name, onChange: () => this.#onChange() });
    return h("section", { class: "panel language-panel", id: `panel-${name}`, "aria-labelledby": `panel-${name}-name` },
      h("h2", { id: `panel-${name}-name`, class: "panel-language", lang: name }, LANGUAGE_NAMES[name]),
      field(`${name}.title`, "editor.title", this.#onChange, (props) => h("input", { ...props, type: "text", class: "title-input", lang: name, maxlength: LIMITS.title * 2 })),
      field(`${name}.excerpt`, "editor.excerpt", this.#onChange, (props) => h("textarea", { ...props, rows: 2, lang: name })),
      h("div", { class: "field", dataset: { field: `${name}.content` } },
        h("span", { class: "label", i18n: "editor.content" }), this.#rich[name].element, h("p", { class: "field-error", id: `${name}-content-error`, hidden: true })));
  }
}
