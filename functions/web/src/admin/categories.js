// Categories: what there is, and a form for one more.
import { createCategory, listCategories } from "../lib/api.js";
import { find, h, replace } from "../lib/dom.js";
import { explain } from "../lib/explain.js";
import { Problem, newKey } from "../lib/freshet.js";
import { emptyState, errorState, lineSkeletons } from "../lib/states.js";
import { LANGUAGES, LANGUAGE_NAMES, describe, onLanguage } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import { SLUG } from "./form_values.js";

export function categoriesView(box, { setTitle }) {
  setTitle("admin.categories");
  const rows = h("ul", { class: "plain-list", id: "category-list" }, lineSkeletons(4).map((bone) => h("li", {}, bone)));
  let key = newKey();

  const field = (id, labelKey, params, props = {}) => h("div", { class: "field" },
    h("label", { for: id, i18n: [labelKey, params] }), h("input", { id, type: "text", autocomplete: "off", "aria-describedby": `${id}-error`, ...props }),
    h("p", { class: "field-error", id: `${id}-error`, hidden: true }));
  const form = h("form", { class: "panel", id: "category-form", on: { submit: (event) => { event.preventDefault(); add(); } } },
    h("h2", { i18n: "categories.add" }),
    LANGUAGES.map((name) => field(`category-${name}`, "categories.name", { language: LANGUAGE_NAMES[name] }, { lang: name, maxlength: 150 })),
    field("category-slug", "editor.slug", undefined, { placeholder: "world-news", pattern: "[a-z0-9][a-z0-9\\-]{0,99}" }),
    h("button", { class: "button primary", id: "category-save", i18n: "categories.save" }));
  form.addEventListener("input", () => (key = newKey()));

  box.append(h("div", { class: "admin-head" }, h("h1", { i18n: "admin.categories", tabindex: -1 })), h("div", { class: "two-columns" }, h("div", { class: "panel" }, rows), form));

  async function load() {
    try {
      const categories = await listCategories({ auth: "user" });
      replace(rows, categories.map((item) => h("li", { class: "plain-row" }, h("span", {}, names(item)), h("code", {}, item.slug))),
        categories.length === 0 && h("li", {}, emptyState({ title: "categories.none", text: "categories.noneText" })));
    } catch (error) {
      replace(rows, h("li", {}, errorState(error, load)));
    }
  }

  async function add() {
    const value = (name) => find(`#category-${name}`, form).value.trim();
    const translations = Object.fromEntries(LANGUAGES.filter((name) => value(name)).map((name) => [name, { name: value(name) }]));
    clearErrors();
    if (Object.keys(translations).length === 0) return wrong("en", ["categories.needName"]);
    if (!SLUG.test(value("slug"))) return wrong("slug", ["editor.slugForm"]);
    const button = find("#category-save", form);
    button.disabled = true;
    try {
      await createCategory({ slug: value("slug"), translations }, key);
      key = newKey();
      form.reset();
      toast("good", "categories.saved");
      await load();
      find("#category-en", form).focus();
    } catch (error) {
      if (error instanceof Problem && error.status === 409) wrong("slug", ["editor.slugTaken"]);
      else if (error instanceof Problem && error.errors.slug) wrong("slug", ["error.refused", { detail: [error.errors.slug].flat().join(" ") }]);
      else toast("bad", explain(error));
    } finally {
      button.disabled = false;
    }
  }

  function wrong(name, text) {
    const input = find(`#category-${name}`, form), line = find(`#category-${name}-error`, form);
    describe(line, "text", ...text);
    line.hidden = false;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }

  function clearErrors() {
    form.querySelectorAll(".field-error").forEach((line) => (line.hidden = true));
    form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
  }

  load();
  return onLanguage(load);
}

function names(item) {
  const both = LANGUAGES.map((name) => item.translations?.[name]?.name).filter(Boolean);
  return both.length > 0 ? [...new Set(both)].join(" · ") : item.name;
}
