// /login: name and password, then back to where the reader came from.
import { find, h, replace } from "../lib/dom.js";
import { explain } from "../lib/explain.js";
import { Problem, session } from "../lib/freshet.js";
import { setTitle, startShell } from "../lib/shell.js";
import { describe, message, onLanguage } from "../lib/text.js";

const form = find("#login-form"), error = find("#login-error"), button = find("#login-button"), already = find("#already");

/// Only a path of this origin may be gone to.
export function safeNext(asked, origin) {
  try {
    const url = new URL(asked ?? "", origin);
    return asked?.startsWith("/") && url.origin === origin ? `${url.pathname}${url.search}${url.hash}` : null;
  } catch {
    return null;
  }
}

function target(profile) {
  const next = safeNext(new URLSearchParams(location.search).get("next"), location.origin);
  return next ?? (profile?.is_staff ? "/admin/" : "/articles");
}

async function submit(event) {
  event.preventDefault();
  const username = find("#username"), password = find("#password");
  error.hidden = true;
  if (!username.value.trim() || !password.value) return refuse(["login.bothNeeded"], username.value.trim() ? password : username);
  button.disabled = true;
  form.setAttribute("aria-busy", "true");
  try {
    location.assign(target(await session.login(username.value.trim(), password.value)));
  } catch (problem) {
    const wrong = problem instanceof Problem && (problem.status === 401 || problem.status === 400);
    refuse(wrong ? ["login.wrong"] : explain(problem), wrong ? password : button);
    password.select();
  } finally {
    button.disabled = false;
    form.removeAttribute("aria-busy");
  }
}

function refuse(text, field) {
  describe(find("span", error), "text", ...text);
  error.hidden = false;
  button.disabled = false;
  field.focus();
}

function drawAlready() {
  const who = session.user();
  already.hidden = !who;
  form.hidden = Boolean(who);
  replace(already, who && [
    h("p", { i18n: ["login.already", { name: who.name || who.username }] }),
    h("div", { class: "row" },
      h("a", { class: "button primary", href: target(who), i18n: "login.continue" }),
      h("button", { type: "button", class: "button", i18n: "nav.logout", on: { click: () => session.logout() } })),
  ]);
}

find("#show-password").addEventListener("click", (event) => {
  const password = find("#password"), shown = password.type === "password";
  password.type = shown ? "text" : "password";
  event.currentTarget.setAttribute("aria-pressed", String(shown));
});
form.addEventListener("submit", submit);

startShell();
const title = () => setTitle(message("nav.login"));
title();
onLanguage(title);
session.onChange(drawAlready);
drawAlready();
