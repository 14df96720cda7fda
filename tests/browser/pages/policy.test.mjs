// The content security policy is sent, is strict, and works.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { article } from "../support/api.mjs";
import { BASE, visitor } from "../support/browser.mjs";

const POLICY = readFileSync(new URL("../../../functions/web/content-security-policy.txt", import.meta.url), "utf8").trim();
const PAGES = ["/", "/articles", "/articles/some-article", "/courses", "/login", "/status", "/admin/", "/admin/articles/new", "/admin/courses", "/nothing/here"];

test("every page is sent with the policy and the headers that go with it", async () => {
  for (const path of PAGES) {
    const { headers, status } = await fetch(BASE + path);
    assert.equal(status, path.startsWith("/nothing") ? 404 : 200, path);
    assert.equal(headers.get("Content-Security-Policy"), POLICY, path);
    assert.equal(headers.get("X-Content-Type-Options"), "nosniff", path);
    assert.match(headers.get("Content-Type"), /^text\/html/, path);
    assert.equal(headers.get("Cache-Control"), "no-cache", path);
  }
});

test("no page carries an inline script, style or handler, and every asset is there, for ever", async () => {
  for (const path of PAGES) {
    const html = await (await fetch(BASE + path)).text();
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)/, path);
    assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=/, path);
    for (const [, asset] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      const { status, headers } = await fetch(BASE + asset);
      assert.equal(status, 200, asset);
      assert.match(headers.get("Cache-Control"), /max-age=31536000.*immutable/, asset);
      assert.equal(headers.get("X-Content-Type-Options"), "nosniff", asset);
    }
  }
});

test("in the browser: no inline script, no eval, no string into a DOM sink, no second Trusted Types policy, no framing", async () => {
  const item = await article({ status: "published" });
  await visitor({ expected: [/./] }, async (page) => {
    await page.goto(`/articles/${item.slug}`);
    await page.waitForSelector(".prose");
    const results = await page.evaluate(async () => {
      const refused = (run) => {
        try {
          run();
          return false;
        } catch {
          return true;
        }
      };
      const script = document.createElement("script");
      const inline = refused(() => (script.textContent = "window.ran = 1")) || (document.head.append(script), window.ran !== 1);
      const frame = document.createElement("iframe");
      frame.src = "/articles";
      document.body.append(frame);
      await new Promise((resolve) => setTimeout(resolve, 800));
      let framed = false;
      try {
        framed = Boolean(frame.contentDocument?.querySelector("#articles"));
      } catch {
        framed = false;
      }
      return {
        inline, framed, sink: refused(() => (document.body.innerHTML = "<b>x</b>")), document: refused(() => document.write("x")),
        policy: refused(() => trustedTypes.createPolicy("other", { createHTML: (text) => text })),
        again: refused(() => trustedTypes.createPolicy("freshet", { createHTML: (text) => text })),
        elsewhere: await fetch("https://example.org/", { mode: "no-cors" }).then(() => false, () => true),
      };
    });
    assert.deepEqual(results, { inline: true, framed: false, sink: true, document: true, policy: true, again: true, elsewhere: true });
  });
});
