// Two people changed the same thing: the dialog that brings both versions together, field by field.
//
// Shape    resolveConflict({kind, base, mine, theirs, changedAt}) → the values to save, or null to go on editing.
//          Each field that differs shows theirs and mine, with what each changed marked against what both began with; the choice
//          is theirs, mine, or text written by hand. What only one side touched is chosen already, what both touched is not.
import { closeDialog, openDialog } from "../lib/dialog.js";
import { find, h, replace } from "../lib/dom.js";
import { describe, message } from "../lib/text.js";
import { diff } from "../lib/text_diff.js";
import { formatTime } from "../lib/time.js";
import { parseInert } from "../lib/trusted_html.js";
import { merged, threeWay } from "./form_values.js";
import { RichText } from "./rich_text.js";

export async function resolveConflict({ kind, base, mine, theirs, changedAt }) {
  const rows = threeWay(base, mine, theirs).map((conflict) => new Row(kind, conflict));
  if (rows.length === 0) return theirs;
  const open = h("p", { class: "muted", id: "conflict-open", role: "status" });
  const save = h("button", { class: "button primary", id: "conflict-save", i18n: "conflict.save" });
  const draw = () => {
    const left = rows.filter((row) => !row.choice).length;
    save.disabled = left > 0;
    describe(open, "text", left > 0 ? "conflict.left" : "conflict.ready", { count: left });
  };
  const chooseAll = (choice) => rows.forEach((row) => row.choose(choice));
  const form = h("form", { class: "dialog-body conflict", on: { submit: (event) => { event.preventDefault(); closeDialog(form, "save"); }, change: draw } },
    h("h2", { id: "conflict-title", i18n: kind.say("conflict.title"), tabindex: -1, autofocus: true }),
    h("p", { i18n: ["conflict.text", { time: formatTime(changedAt, "full") }] }),
    h("div", { class: "row" },
      h("button", { type: "button", class: "button small", id: "take-theirs", i18n: "conflict.allTheirs", on: { click: () => { chooseAll("theirs"); draw(); } } }),
      h("button", { type: "button", class: "button small", id: "keep-mine", i18n: "conflict.allMine", on: { click: () => { chooseAll("mine"); draw(); } } })),
    h("div", { class: "conflict-rows" }, rows.map((row) => row.element)),
    h("div", { class: "dialog-actions" }, open,
      h("button", { type: "button", class: "button", i18n: "conflict.back", on: { click: () => closeDialog(form, "") } }), save));
  draw();
  const decided = await openDialog(form, { className: "dialog-wide", labelledBy: "conflict-title" });
  const choices = Object.fromEntries(rows.map((row) => [row.conflict.field, row.result()]));
  rows.forEach((row) => row.destroy());
  return decided === "save" ? merged(theirs, choices) : null;
}

class Row {
  #hand = null;
  #rich = null;

  constructor(kind, conflict) {
    this.kind = kind;
    this.conflict = conflict;
    this.choice = conflict.suggestion;
    const id = conflict.field.replace(".", "-");
    const radio = (choice, labelKey) => h("label", { class: "check" },
      h("input", { type: "radio", name: `choice-${id}`, value: choice, checked: choice === this.choice, on: { change: () => this.choose(choice) } }),
      h("span", { i18n: labelKey }));
    this.element = h("fieldset", { class: "conflict-row", dataset: { field: conflict.field } },
      h("legend", {}, kind.fieldName(conflict.field)),
      h("div", { class: "conflict-choices" }, radio("theirs", "conflict.theirs"), radio("mine", "conflict.mine"),
        conflict.field !== "status" && radio("hand", "conflict.byHand")),
      h("div", { class: "conflict-sides" }, this.#side("theirs"), this.#side("mine")),
      h("div", { class: "conflict-hand", hidden: true }));
  }

  #side(which) {
    const { field, base } = this.conflict;
    const text = (value) => (this.kind.isHtml(field) ? plain(value) : field === "status" ? message(`admin.${value}`) : value);
    const parts = diff(text(base), text(this.conflict[which]));
    const changed = parts.some((part) => part.kind !== "same");
    return h("div", { class: "conflict-side", dataset: { side: which } },
      h("h3", { i18n: `conflict.${which}` }),
      h("p", { class: "diff", lang: this.kind.lang(field) },
        parts.map(({ kind, text: words }) => (kind === "same" ? words : h(kind === "added" ? "ins" : "del", {}, words)))),
      !changed && this.conflict[which] !== base && h("p", { class: "hint", i18n: "conflict.onlyFormat" }));
  }

  choose(choice) {
    this.choice = choice;
    const input = find(`input[value="${choice}"]`, this.element);
    input.checked = true;
    for (const side of this.element.querySelectorAll(".conflict-side")) side.classList.toggle("chosen", side.dataset.side === choice);
    const hand = find(".conflict-hand", this.element);
    hand.hidden = choice !== "hand";
    if (choice === "hand" && hand.childElementCount === 0) this.#writeByHand(hand);
  }

  #writeByHand(box) {
    const { field, mine } = this.conflict;
    const name = this.kind.fieldName(field);
    if (this.kind.isHtml(field)) {
      this.#rich = new RichText({ label: ["conflict.handFor", { field: name }], lang: this.kind.lang(field), onChange: () => {} });
      replace(box, this.#rich.element);
      this.#rich.value = mine;
      return;
    }
    this.#hand = h("textarea", { rows: 2, i18nLabel: ["conflict.handFor", { field: name }] });
    this.#hand.value = mine;
    replace(box, this.#hand);
  }

  result() {
    const { mine, theirs } = this.conflict;
    if (this.choice === "hand" && this.#rich) return this.#rich.value;
    if (this.choice === "hand") return this.kind.keepsLines(this.conflict.field) ? this.#hand.value : this.#hand.value.replace(/\s*\n\s*/g, " ");
    return this.choice === "mine" ? mine : theirs;
  }

  destroy() {
    this.#rich?.destroy();
  }
}

// Text with a line for each block: what a reader would see, without the markup.
function plain(html) {
  const body = parseInert(html);
  for (const block of body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, li, blockquote, pre, tr, br, hr")) block.append("\n");
  return body.textContent.replace(/\n{2,}/g, "\n").trim();
}
