// Hostile HTML through the real API into Chromium. The oracles are the browser's own parser and DOMPurify; the vectors are those of the
// sanitiser's unit tests, and splices of them that nobody wrote by hand.
//
// What comes out  · runs nothing in a page that has no policy at all  · DOMPurify would take nothing out of it
//                 · means the same when a browser parses it, writes it, and parses it again  · has only harmless addresses
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readFileSync } from "node:fs";
import { article, asAdmin, patch, unique } from "../support/api.mjs";
import { require, visitor } from "../support/browser.mjs";

const VECTORS = JSON.parse(readFileSync(new URL("../../unit/shared/html/vectors.json", import.meta.url), "utf8"));
const DOMPURIFY = readFileSync(require.resolve("dompurify/dist/purify.min.js"), "utf8");
const SPLICED = 2000, TOGETHER = 20;
const seed = Number(process.env.FRESHET_TEST_SEED ?? 20261121);

// mulberry32
function generator(state) {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const GLUE = ["", "<", ">", "\"", "'", "`", "<!--", "-->", "</p>", "<p ", "<svg>", "<math><mtext>", "<table><td>", "<a href=", " onerror=alert(1) ", "&lt;", "/>", "<style>", "</style>", "\n"];

function spliced(random) {
  const pick = () => VECTORS[random(VECTORS.length)].in.replaceAll("\0", "");
  const half = (text) => text.slice(random(text.length + 1));
  const text = half(pick()) + GLUE[random(GLUE.length)] + pick().slice(0, 1 + random(80)) + GLUE[random(GLUE.length)] + half(pick());
  return text.toWellFormed(); // half a surrogate pair is no text, and the API says so
}

let holder;
async function stored(content) {
  holder ??= await article({ mark: unique("hostile") });
  const { body } = await patch(holder.id, { translations: { en: { content } } });
  return body.translations.en.content;
}

// Everything is judged inside one page without any policy, where a script that came through would run.
async function judge(page, outputs) {
  return page.evaluate(async (list) => {
    const box = document.body.appendChild(document.createElement("div"));
    const parse = (html) => {
      const inert = document.implementation.createHTMLDocument("");
      inert.body.innerHTML = html;
      return inert.body;
    };
    const SCHEMES = ["http:", "https:", "mailto:", "nowhere"];
    const schemeOf = (address) => (URL.canParse(address, "https://site.example/") ? new URL(address, "https://site.example/").protocol : "nowhere");
    // DOMPurify goes by a pattern and is suspicious of what only looks like a scheme (a no-break space before "javascript:"): for an address
    // the browser's own parser has the last word.
    const counts = ({ element, attribute }) => element || (attribute && !(["href", "src"].includes(attribute.name) && SCHEMES.includes(schemeOf(attribute.value))));
    const problems = [];
    for (const output of list) {
      const tree = parse(output);
      if (!tree.isEqualNode(parse(tree.innerHTML))) problems.push(["parses differently the second time", output]);
      // What is only dangerous in XML ("</style>" inside a quoted attribute) is none here: the second parse above says so.
      window.DOMPurify.sanitize(output, { SAFE_FOR_XML: false });
      const removed = window.DOMPurify.removed.filter(counts);
      if (removed.length > 0) problems.push([`DOMPurify removes ${removed.map((item) => item.element?.nodeName ?? item.attribute?.name)}`, output]);
      for (const link of tree.querySelectorAll("[href], [src]")) {
        const scheme = schemeOf(link.getAttribute("href") ?? link.getAttribute("src"));
        if (!SCHEMES.includes(scheme)) problems.push([`an address of ${scheme}`, output]);
      }
      box.innerHTML = output;
      for (const element of box.querySelectorAll("*")) {
        for (const type of ["click", "mouseover", "focus", "error", "load", "toggle", "animationstart"]) {
          const event = new Event(type, { bubbles: true, cancelable: true });
          event.preventDefault();
          if (type !== "click") element.dispatchEvent(event);
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (window.ran > 0) problems.push([`${window.ran} scripts ran`, ""]);
    return problems;
  }, outputs);
}

async function withJudge(scenario) {
  await visitor({ expected: [/404/, /ERR_/, /Failed to load/] }, async (page) => {
    await page.route("**/*", (route) => (route.request().isNavigationRequest()
      ? route.fulfill({ contentType: "text/html; charset=utf-8", body: "<!doctype html><title>no policy here</title><body></body>" }) : route.abort()));
    await page.goto("/judge");
    await page.evaluate(() => {
      window.ran = 0;
      for (const name of ["alert", "confirm", "prompt"]) window[name] = () => void (window.ran += 1);
    });
    await page.evaluate(DOMPURIFY);
    await scenario(page);
  });
}

before(() => assert.ok(VECTORS.length > 200, `only ${VECTORS.length} vectors`));

test("the judge sees what is hostile: each oracle finds its kind", async () => {
  await withJudge(async (page) => {
    const found = async (html) => (await judge(page, [html])).map(([why]) => why).join("; ");
    assert.match(await found('<img src="x" onerror="alert(1)">'), /DOMPurify removes onerror.*scripts ran/);
    assert.match(await found("<p>x<script>1</script></p>"), /DOMPurify removes SCRIPT/);
    assert.match(await found('<a href="javascript:alert(1)">x</a>'), /javascript:/);
    assert.match(await found("<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">"), /differently|DOMPurify/);
  });
});

test("every vector comes out as its expectation says, and harmless", async () => {
  const outputs = [];
  for (const { name, in: input, out } of VECTORS) {
    if (input.includes("\0")) {
      await assert.rejects(stored(input), /400/, `${name}: NUL is refused`);
      continue;
    }
    const output = await stored(input);
    assert.equal(output, out, name);
    outputs.push(output);
  }
  await withJudge(async (page) => assert.deepEqual(await judge(page, outputs), []));
});

test(`${SPLICED} splices of them come out harmless (seed ${seed})`, async () => {
  const random = generator(seed), outputs = [];
  for (let made = 0; made < SPLICED; made += TOGETHER) {
    outputs.push(await stored(Array.from({ length: TOGETHER }, () => spliced(random)).join("\n")));
  }
  await withJudge(async (page) => assert.deepEqual(await judge(page, outputs), []));
});

test("what was stored is stored again unchanged", async () => {
  const random = generator(seed + 1);
  for (let round = 0; round < 20; round++) {
    const output = await stored(Array.from({ length: TOGETHER }, () => spliced(random)).join("\n"));
    assert.equal(await stored(output), output);
  }
});

test("on the real page nothing runs, nothing is reported against scripts, and the page around it stands", async () => {
  const content = VECTORS.filter((vector) => !vector.in.includes("\0")).map((vector) => vector.in).join("\n<p>between</p>\n");
  const item = await article({ status: "published", content });
  // Pictures of nowhere, and those of plain http, which the policy refuses.
  await visitor({ expected: [/img-src/, /404/, /ERR_/, /load the image/, /Mixed/] }, async (page) => {
    await page.addInitScript(() => {
      window.ran = 0;
      for (const name of ["alert", "confirm", "prompt"]) window[name] = () => void (window.ran += 1);
    });
    await page.goto(`/articles/${item.slug}`);
    await page.waitForSelector(".prose");
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => window.ran), 0);
    assert.equal(await page.locator(".site-header").isVisible(), true);
    assert.equal(await page.locator("script:not([src])").count(), 0);
    assert.ok((await page.locator(".prose p", { hasText: "between" }).count()) > 100, "nothing swallowed the rest");
  });
  await asAdmin("DELETE", `/api/content/api/articles/${item.id}/`);
});
