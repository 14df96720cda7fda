// What the editor can write: exactly elements that the server's sanitiser lets through (shared/html).
//
// Html that holds more (a table written over the API) would lose it here, so isLossless() is asked first; the editor then
// stays in its HTML view.
import { DOMParser, DOMSerializer, Schema } from "prosemirror-model";
import { bulletList, listItem, orderedList } from "prosemirror-schema-list";
import { parseInert } from "../lib/trusted_html.js";
import { IMAGE_SCHEMES, cleanAddress } from "./address.js";

const attribute = (dom, name) => dom.getAttribute(name) || null;

// Gives false for an address that may not stand: the rule does not match, and the element is left out.
function imageAttributes(dom) {
  const src = cleanAddress(dom.getAttribute("src"), IMAGE_SCHEMES);
  return src !== null && { src, alt: dom.getAttribute("alt") ?? "", title: attribute(dom, "title") };
}

function linkAttributes(dom) {
  const href = cleanAddress(dom.getAttribute("href"));
  return href !== null && { href, title: attribute(dom, "title") };
}

const nodes = {
  doc: { content: "block+" },
  paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
  heading: {
    content: "inline*", group: "block", defining: true, attrs: { level: { default: 2 } },
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: Math.min(4, Math.max(2, level)) } })),
    toDOM: (node) => [`h${node.attrs.level}`, 0],
  },
  blockquote: { content: "block+", group: "block", defining: true, parseDOM: [{ tag: "blockquote" }], toDOM: () => ["blockquote", 0] },
  code_block: {
    content: "text*", marks: "", group: "block", code: true, defining: true,
    parseDOM: [{ tag: "pre", preserveWhitespace: "full" }], toDOM: () => ["pre", ["code", 0]],
  },
  bullet_list: { ...bulletList, content: "list_item+", group: "block" },
  ordered_list: {
    ...orderedList, content: "list_item+", group: "block",
    parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ order: dom.hasAttribute("start") ? Number(dom.getAttribute("start")) || 1 : 1 }) }],
  },
  list_item: { ...listItem, content: "paragraph block*" },
  horizontal_rule: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
  text: { group: "inline" },
  image: {
    inline: true, group: "inline", draggable: true, attrs: { src: {}, alt: { default: "" }, title: { default: null } },
    parseDOM: [{ tag: "img[src]", getAttrs: imageAttributes }],
    toDOM: ({ attrs }) => ["img", attrs.title ? { src: attrs.src, alt: attrs.alt, title: attrs.title } : { src: attrs.src, alt: attrs.alt }],
  },
  hard_break: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
};

const simple = (tag, ...also) => ({ parseDOM: [tag, ...also].map((name) => ({ tag: name })), toDOM: () => [tag, 0] });

const marks = {
  link: {
    attrs: { href: {}, title: { default: null } }, inclusive: false,
    parseDOM: [{ tag: "a[href]", getAttrs: linkAttributes }],
    toDOM: ({ attrs }) => ["a", { ...(attrs.title ? { href: attrs.href, title: attrs.title } : { href: attrs.href }), rel: "noopener nofollow" }, 0],
  },
  strong: simple("strong", "b"),
  em: simple("em", "i"),
  underline: simple("u"),
  strike: simple("s", "del"),
  sub: { ...simple("sub"), excludes: "sup" },
  sup: { ...simple("sup"), excludes: "sub" },
  code: simple("code"),
};

export const schema = new Schema({ nodes, marks });

export function parseHtml(html) {
  return DOMParser.fromSchema(schema).parse(parseInert(html));
}

/// Pasted or stored markup may be anything; what is written is only what the schema holds.
export function serialise(doc) {
  if (doc.childCount === 1 && doc.firstChild.type.name === "paragraph" && doc.firstChild.childCount === 0) return "";
  const box = document.implementation.createHTMLDocument("").createElement("div");
  box.append(DOMSerializer.fromSchema(schema).serializeFragment(doc.content, { document: box.ownerDocument }));
  return box.innerHTML;
}

/// True when the editor shows all that `html` holds: same elements with their attributes, same text.
export function isLossless(html) {
  return outline(parseInert(html)) === outline(parseInert(serialise(parseHtml(html))));
}

const EQUAL = { B: "STRONG", I: "EM", DEL: "S" };
const UNSEEN = ["P", "CODE"];

// Where whitespace and the nesting of marks do not count: what must agree is the text, and which elements with which attributes
// there are. Paragraphs in list items come and go, and a code block has an element more here.
function outline(body) {
  const elements = [...body.querySelectorAll("*")].map((element) => {
    const attributes = [...element.attributes].filter(({ value }) => value !== "").map(({ name, value }) => ` ${name}=${value}`);
    return (EQUAL[element.tagName] ?? element.tagName) + attributes.sort().join("");
  });
  return `${elements.filter((element) => !UNSEEN.includes(element)).sort().join("\n")}\n${body.textContent.replace(/\s+/g, "")}`;
}
