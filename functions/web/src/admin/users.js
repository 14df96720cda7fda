// The people who have an account, page by page.
import { listUsers } from "../lib/api.js";
import { h, replace } from "../lib/dom.js";
import { emptyState, errorState, lineSkeletons } from "../lib/states.js";

export function usersView(box, { setTitle }) {
  setTitle("admin.users");
  const rows = h("ul", { class: "plain-list", id: "user-list" }, lineSkeletons(5).map((bone) => h("li", {}, bone)));
  const more = h("button", { type: "button", class: "button", hidden: true, i18n: "users.more", on: { click: () => load(page + 1) } });
  let page = 1;
  box.append(h("div", { class: "admin-head" }, h("h1", { i18n: "admin.users", tabindex: -1 })), h("div", { class: "panel" }, rows, more));

  async function load(wanted) {
    try {
      const { body } = await listUsers(wanted);
      page = wanted;
      const lines = body.results.map(userRow);
      if (wanted === 1) replace(rows, lines, lines.length === 0 && h("li", {}, emptyState({ title: "users.none" })));
      else rows.append(...lines);
      more.hidden = !body.next;
    } catch (error) {
      if (wanted === 1) replace(rows, h("li", {}, errorState(error, () => load(1))));
      else rows.append(h("li", {}, errorState(error)));
    }
  }

  load(1);
  return () => {};
}

function userRow(profile) {
  const name = profile.name || profile.username;
  return h("li", { class: "plain-row" },
    h("span", { class: "byline-author" }, h("span", { class: "avatar small", "aria-hidden": "true" }, [...name][0].toUpperCase()), h("span", {}, name), h("small", { class: "muted" }, `@${profile.username}`)),
    h("span", { class: "row" }, (profile.groups ?? []).map((group) => h("span", { class: "tag" }, group.name)), profile.is_staff && h("span", { class: "pill pill-published", i18n: "users.staff" })));
}
