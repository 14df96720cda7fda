// The only door through which a string becomes markup. The CSP asks for Trusted Types and allows one policy, "freshet".
//
// showArticle()  puts an article's `content` into the page. The server sanitised it when it was written (shared/html):
//                it is an allow-list output that parses one way, and it is never taken apart and joined again here.
// parseInert()   parses into a document of its own, where nothing runs and nothing loads: for the editor and for diffs.
//
// The policy passes strings through, so it is not exported: who wants markup must come through one of these two.
const policy = globalThis.trustedTypes
  ? globalThis.trustedTypes.createPolicy("freshet", { createHTML: (html) => html })
  : { createHTML: (html) => html };

export function showArticle(element, sanitisedByServer) {
  element.innerHTML = policy.createHTML(sanitisedByServer);
  for (const image of element.querySelectorAll("img")) {
    image.loading = "lazy";
    image.decoding = "async";
  }
  for (const table of element.querySelectorAll("table")) wrapWide(table);
}

// A wide table scrolls in its own box, by keyboard too, instead of widening the page.
function wrapWide(table) {
  const box = document.createElement("div");
  box.className = "scroll-box";
  box.tabIndex = 0;
  table.replaceWith(box);
  box.append(table);
}

export function parseInert(html) {
  const inert = document.implementation.createHTMLDocument("");
  inert.body.innerHTML = policy.createHTML(html);
  return inert.body;
}

// prosemirror-view parses pasted HTML into a detached document and asks the window for a policy of its own
// name. The build hands it this object instead (esbuild `define` and `inject`, see build.mjs), so that the CSP can stay at one name.
export const freshetTrustedTypes = { defaultPolicy: policy };
