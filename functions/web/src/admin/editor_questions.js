// The two small questions of the prose editor: where a link goes, which image to show.
import { ask, closeDialog, openDialog } from "../lib/dialog.js";
import { h } from "../lib/dom.js";
import { IMAGE_SCHEMES, cleanAddress } from "./address.js";

export async function askLink() {
  const text = await ask({ title: "rich.linkTitle", label: "rich.linkLabel", action: "rich.insert", type: "text" });
  return text ? cleanAddress(text) : null;
}

export async function askImage() {
  const src = h("input", { id: "image-src", type: "text", inputmode: "url", autofocus: true, required: true });
  const alt = h("input", { id: "image-alt", type: "text" });
  const form = h("form", { class: "dialog-body", on: { submit: (event) => { event.preventDefault(); closeDialog(src, "yes"); } } },
    h("h2", { id: "image-title", i18n: "rich.imageTitle" }),
    h("div", { class: "field" }, h("label", { for: "image-src", i18n: "rich.imageAddress" }), src),
    h("div", { class: "field" }, h("label", { for: "image-alt", i18n: "rich.imageAlt" }), alt),
    h("div", { class: "dialog-actions" },
      h("button", { type: "button", class: "button", i18n: "cancel", on: { click: () => closeDialog(src, "") } }),
      h("button", { class: "button primary", i18n: "rich.insert" })));
  if ((await openDialog(form, { className: "dialog-small", labelledBy: "image-title" })) !== "yes") return null;
  const address = cleanAddress(src.value, IMAGE_SCHEMES);
  return address ? { src: address, alt: alt.value.trim() } : null;
}
