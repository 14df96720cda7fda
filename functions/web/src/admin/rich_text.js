// RichText: the prose editor of one field, with a toolbar, and a view of the HTML itself for what the toolbar cannot make.
//
// Shape    new RichText({label, lang, onChange}); element; value (HTML, "" when empty); focus(); destroy().
// Keys     Tab leaves the editor (nobody is caught in it); Mod-B/I/U, Mod-K link, Mod-Z, Mod-] and Mod-[ for the depth of a list.
import { baseKeymap, chainCommands, exitCode, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { history, redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { EditorState, Selection } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { find, h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { describe, message, onLanguage } from "../lib/text.js";
import { askImage, askLink } from "./editor_questions.js";
import { isLossless, parseHtml, schema, serialise } from "./schema.js";

const { nodes, marks } = schema;
const BLOCKS = [["paragraph", null], ["heading", 2], ["heading", 3], ["heading", 4]];

export class RichText {
  #onChange;
  #view;
  #source;
  #toolbar;
  #label;
  #off;

  constructor({ label, lang, onChange }) {
    this.#onChange = onChange;
    this.#label = label;
    const mount = h("div", { class: "prose-mount" });
    this.#source = h("textarea", { class: "html-source", hidden: true, spellcheck: false, lang, rows: 14, i18nLabel: label, on: { input: () => onChange() } });
    this.#toolbar = this.#makeToolbar();
    this.element = h("div", { class: "rich-text" }, this.#toolbar, mount, this.#source);
    this.#view = new EditorView(mount, {
      state: this.#stateOf(""),
      attributes: () => ({ class: "prose", lang, role: "textbox", "aria-multiline": "true", "aria-label": message(...[this.#label].flat()), spellcheck: "true" }),
      dispatchTransaction: (transaction) => this.#dispatch(transaction),
    });
    this.#off = onLanguage(() => this.#view.setProps({}));
    this.#draw();
  }

  get value() {
    return this.isSource ? this.#source.value.trim() : serialise(this.#view.state.doc);
  }

  set value(html) {
    this.#view.updateState(this.#stateOf(html));
    this.#source.value = html;
    this.#showSource(html !== "" && !isLossless(html));
    this.#draw();
  }

  get isSource() {
    return !this.#source.hidden;
  }

  focus() {
    if (this.isSource) this.#source.focus();
    else this.#view.focus();
  }

  destroy() {
    this.#off();
    this.#view.destroy();
  }

  #stateOf(html) {
    return EditorState.create({
      doc: parseHtml(html),
      plugins: [rules(), keymap(this.#keys()), keymap(baseKeymap), history(), dropCursor(), gapCursor()],
    });
  }

  #dispatch(transaction) {
    this.#view.updateState(this.#view.state.apply(transaction));
    this.#draw();
    if (transaction.docChanged) this.#onChange();
  }

  #keys() {
    return {
      "Mod-b": toggleMark(marks.strong), "Mod-i": toggleMark(marks.em), "Mod-u": toggleMark(marks.underline), "Mod-`": toggleMark(marks.code),
      "Mod-z": undo, "Mod-y": redo, "Mod-Shift-z": redo, "Mod-k": () => (this.#link(), true),
      Enter: splitListItem(nodes.list_item), "Mod-]": sinkListItem(nodes.list_item), "Mod-[": liftListItem(nodes.list_item),
      "Shift-Enter": chainCommands(exitCode, (state, dispatch) => {
        dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
        return true;
      }),
    };
  }

  #makeToolbar() {
    const block = h("select", { class: "block-type", i18nLabel: "rich.block", on: { change: () => this.#setBlock(BLOCKS[block.selectedIndex]) } },
      BLOCKS.map(([name, level]) => h("option", { i18n: level ? `rich.heading${level}` : "rich.paragraph", value: `${name}${level ?? ""}` })));
    const tools = [
      ["strong", "B", () => toggleMark(marks.strong)], ["em", "I", () => toggleMark(marks.em)], ["underline", "U", () => toggleMark(marks.underline)],
      ["strike", "S", () => toggleMark(marks.strike)], ["code", icon("code"), () => toggleMark(marks.code)],
      ["bullets", icon("list"), () => wrapInList(nodes.bullet_list)], ["numbers", icon("ordered"), () => wrapInList(nodes.ordered_list)],
      ["quote", icon("quote"), () => wrapIn(nodes.blockquote)], ["codeBlock", "{ }", () => setBlockType(nodes.code_block)],
      ["rule", icon("rule"), () => insertRule],
    ].map(([name, face, command]) => this.#tool(name, face, () => this.#run(command())));
    const bar = h("div", { class: "toolbar", role: "toolbar", i18nLabel: "rich.toolbar" }, block, tools,
      this.#tool("link", icon("link"), () => this.#link()), this.#tool("image", icon("image"), () => this.#image()),
      this.#tool("undo", icon("undo"), () => this.#run(undo)), this.#tool("redo", icon("redo"), () => this.#run(redo)),
      this.#tool("html", "HTML", () => this.#toggleSource()));
    bar.addEventListener("keydown", moveInToolbar);
    [...bar.children].forEach((tool, index) => (tool.tabIndex = index === 0 ? 0 : -1));
    return bar;
  }

  #tool(name, face, run) {
    return h("button", {
      type: "button", class: "tool", dataset: { tool: name }, i18nLabel: `rich.${name}`, i18nTitle: `rich.${name}`,
      on: { click: run, mousedown: (event) => event.preventDefault() },
    }, typeof face === "string" ? h("span", { class: `face-${name}`, "aria-hidden": "true" }, face) : face);
  }

  #run(command) {
    command(this.#view.state, (transaction) => this.#view.dispatch(transaction), this.#view);
    this.#view.focus();
  }

  #setBlock([name, level]) {
    this.#run(setBlockType(nodes[name], level ? { level } : null));
  }

  async #link() {
    const { from, to, empty } = this.#view.state.selection;
    const known = this.#view.state.doc.rangeHasMark(from, to, marks.link);
    if (known) return this.#run(toggleMark(marks.link));
    const href = await askLink();
    if (!href) return this.#view.focus();
    const mark = marks.link.create({ href });
    const transaction = empty ? this.#view.state.tr.insert(from, schema.text(href, [mark])) : this.#view.state.tr.addMark(from, to, mark);
    this.#view.dispatch(transaction);
    this.#view.focus();
  }

  async #image() {
    const image = await askImage();
    if (image) this.#run(insert(nodes.image.create(image)));
  }

  #toggleSource() {
    if (this.isSource) this.value = this.#source.value.trim();
    else {
      this.#source.value = this.value;
      this.#showSource(true);
    }
    this.#draw();
    this.focus();
  }

  #showSource(shown) {
    this.#source.hidden = !shown;
    find(".prose-mount", this.element).hidden = shown;
  }

  #draw() {
    if (!this.#view) return;
    const { selection, doc, storedMarks } = this.#view.state;
    const { $from, from, to, empty } = selection;
    const pressed = (mark) => (empty ? Boolean(mark.isInSet(storedMarks ?? $from.marks())) : doc.rangeHasMark(from, to, mark));
    const state = { strong: pressed(marks.strong), em: pressed(marks.em), underline: pressed(marks.underline), strike: pressed(marks.strike), code: pressed(marks.code), link: pressed(marks.link), html: this.isSource };
    for (const tool of this.#toolbar.querySelectorAll(".tool")) {
      const name = tool.dataset.tool;
      if (name in state) tool.setAttribute("aria-pressed", String(state[name]));
      tool.disabled = this.isSource && name !== "html";
    }
    const block = find(".block-type", this.#toolbar);
    block.disabled = this.isSource;
    const at = BLOCKS.findIndex(([name, level]) => $from.parent.type.name === name && (level ?? undefined) === $from.parent.attrs.level);
    block.selectedIndex = at < 0 ? 0 : at;
    describe(block, "title", "rich.block");
  }
}

function insert(node) {
  return (state, dispatch) => {
    dispatch?.(state.tr.replaceSelectionWith(node).scrollIntoView());
    return true;
  };
}

// A line is followed by a place to write on: what comes after it, or a new paragraph.
function insertRule(state, dispatch) {
  const transaction = state.tr.replaceSelectionWith(nodes.horizontal_rule.create());
  const from = transaction.mapping.map(state.selection.to);
  if (!Selection.findFrom(transaction.doc.resolve(from), 1, true)) transaction.insert(transaction.doc.content.size, nodes.paragraph.create());
  transaction.setSelection(Selection.findFrom(transaction.doc.resolve(from), 1, true));
  dispatch?.(transaction.scrollIntoView());
  return true;
}

// Typed beginnings: "## ", "- ", "1. ", "> ".
function rules() {
  return inputRules({
    rules: [
      textblockTypeInputRule(/^(#{2,4})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
      wrappingInputRule(/^\s*[-*]\s$/, nodes.bullet_list),
      wrappingInputRule(/^(\d+)\.\s$/, nodes.ordered_list, (match) => ({ order: Number(match[1]) })),
      wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
    ],
  });
}

// One stop of the Tab key for the whole bar, arrows inside (WAI-ARIA practices, toolbar).
function moveInToolbar(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || event.target.tagName === "SELECT" && event.altKey) return;
  const tools = [...event.currentTarget.children].filter((tool) => !tool.disabled);
  const next = tools[(tools.indexOf(event.target) + step + tools.length) % tools.length];
  event.preventDefault();
  for (const tool of event.currentTarget.children) tool.tabIndex = tool === next ? 0 : -1;
  next.focus();
}
