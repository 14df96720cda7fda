// Modal questions on <dialog>: the browser traps the focus, Escape closes, and the focus returns where it was.
import { h } from "./dom.js";
import { trayHome } from "./toast.js";

/// Shows `content`; gives the dialog's returnValue ("" when it was left by Escape).
export function openDialog(content, { className = "", labelledBy } = {}) {
  const before = document.activeElement;
  const dialog = h("dialog", { class: `dialog ${className}`, "aria-labelledby": labelledBy }, content);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      trayHome();
      dialog.remove();
      if (before?.isConnected) before.focus();
      resolve(dialog.returnValue);
    });
  });
}

export function closeDialog(inside, value) {
  inside.closest("dialog").close(value);
}

/// Asks before something that cannot be undone. True: do it.
export async function confirm({ title, text, action, danger = false }) {
  const content = h("div", { class: "dialog-body" },
    h("h2", { id: "confirm-title", i18n: title }),
    text && h("p", { i18n: text }),
    h("div", { class: "dialog-actions" },
      h("button", { type: "button", class: "button", autofocus: true, i18n: "cancel", on: { click: (event) => closeDialog(event.target, "") } }),
      h("button", { type: "button", class: danger ? "button danger" : "button primary", i18n: action, on: { click: (event) => closeDialog(event.target, "yes") } })));
  return (await openDialog(content, { className: "dialog-small", labelledBy: "confirm-title" })) === "yes";
}

/// Asks for one line of text; null when it was left.
export async function ask({ title, label, value = "", action, type = "text" }) {
  const input = h("input", { id: "ask-input", type, value, autofocus: true });
  const form = h("form", { class: "dialog-body", on: { submit: (event) => { event.preventDefault(); closeDialog(input, "yes"); } } },
    h("h2", { id: "ask-title", i18n: title }),
    h("div", { class: "field" }, h("label", { for: "ask-input", i18n: label }), input),
    h("div", { class: "dialog-actions" },
      h("button", { type: "button", class: "button", i18n: "cancel", on: { click: () => closeDialog(input, "") } }),
      h("button", { class: "button primary", i18n: action })));
  return (await openDialog(form, { className: "dialog-small", labelledBy: "ask-title" })) === "yes" ? input.value.trim() : null;
}
