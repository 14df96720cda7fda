// h(): builds elements without ever parsing HTML, so text from a user can only become text.
//
// h("button", { class: "primary", i18n: "save", on: { click } }, icon("check"))
//   i18n, i18nLabel, i18nPlaceholder, i18nTitle   the visible text, aria-label, placeholder, title by key; they follow
//                                                 a switch of language by themselves (text.js); [key, params] or key
//   on         listeners;  dataset  data-* attributes;  anything else: a property when boolean, else an attribute
// A child is a node, a string, or nothing (null, undefined, false).
import { describe } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";
const TEXT_PROPS = { i18n: "text", i18nLabel: "label", i18nPlaceholder: "placeholder", i18nTitle: "title" };

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, props);
  append(element, children);
  for (const [prop, slot] of Object.entries(TEXT_PROPS)) {
    if (props[prop]) describe(element, slot, ...[props[prop]].flat());
  }
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  append(element, children);
  return element;
}

function assign(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name in TEXT_PROPS || value === undefined || value === null) continue;
    if (name === "on") {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else if (name === "dataset") {
      Object.assign(element.dataset, value);
    } else if (name === "value" || typeof value === "boolean") {
      if (name in element) element[name] = value;
      else element.setAttribute(name, String(value));
    } else {
      element.setAttribute(name, String(value));
    }
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child);
  }
}

export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

export function find(selector, root = document) {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

/// Brings the children of `parent` in line with `items`, moving and keeping nodes whose key stays, so that focus,
/// selection and animations survive; what has no key (a skeleton, an empty state) goes. `make(item)` gives a node; `update(node, item)` refreshes a kept one.
export function reconcile(parent, items, { key, make, update }) {
  const known = new Map();
  for (const node of [...parent.children]) {
    if (node.dataset.key === undefined) node.remove();
    else known.set(node.dataset.key, node);
  }
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let node = known.get(name);
    if (node) {
      update(node, item);
      known.delete(name);
    } else {
      node = make(item);
      node.dataset.key = name;
    }
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const node of known.values()) node.remove();
}
