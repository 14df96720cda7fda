// One row of the staff's list.
import { find, h, replace } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { LANGUAGE_NAMES } from "../lib/text.js";
import { timeElement } from "../lib/time.js";

export function makeRow(item, context) {
  const check = h("input", { type: "checkbox", class: "row-check" });
  const row = h("div", { class: "table-row", role: "row" },
    h("span", { role: "cell", class: "cell-check" }, check),
    context.kind.columns.map((name) => h("span", { role: "cell", class: `cell-${name}` })));
  check.addEventListener("change", () => context.select(row.item, check.checked));
  updateRow(row, item, context);
  return row;
}

export function updateRow(row, item, context) {
  const check = find(".row-check", row);
  check.checked = context.isSelected(item.id);
  row.classList.toggle("selected", check.checked);
  const shown = JSON.stringify([item, context.language]);
  if (row.shown === shown) return;
  row.shown = shown;
  row.item = item;
  check.setAttribute("aria-label", item.title);
  replace(find(".cell-title", row),
    h("a", { href: `${context.kind.path}/${item.id}`, lang: item.language }, item.title),
    item.language && item.language !== context.language && h("span", { class: "tag", lang: item.language, i18nTitle: "article.onlyOther" }, LANGUAGE_NAMES[item.language]),
    h("span", { class: "row-slug" }, `/${item.slug}`));
  replace(find(".cell-status", row), h("span", { class: `pill pill-${item.status}`, i18n: `admin.${item.status}` }),
    item.status === "published" && h("a", { class: "quiet icon-button", href: context.kind.public(item), target: "_blank", rel: "noopener", i18nLabel: ["admin.view", { title: item.title }], i18nTitle: ["admin.view", { title: item.title }] }, icon("eye")));
  replace(find(".cell-changed", row), timeElement(item.updated_at));
  if (!context.kind.columns.includes("category")) return;
  find(".cell-category", row).textContent = item.category?.name ?? "";
  find(".cell-author", row).textContent = item.author?.name || item.author?.username || "";
}
