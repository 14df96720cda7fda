// The browser's own EventSource on our streams (WHATWG HTML, server-sent events): what a page without the SDK relies on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { article, patch } from "../support/api.mjs";
import { visitor } from "../support/browser.mjs";
import { SKIP, eventually, ownPage, pidOf, signal } from "../support/own_pages.mjs";

const NETWORK = [/ERR_/, /50[234]/, /40[34]/];

/// A page with one EventSource; window.told is everything that it says.
async function source(page, path, { credentials = false } = {}) {
  await page.goto(ownPage("event_source.html", `<!doctype html><meta charset="utf-8"><title>EventSource</title><link rel="icon" href="data:,"><script>
    window.told = [];
    const path = new URLSearchParams(location.search).get("path");
    window.source = new EventSource(path, { withCredentials: ${credentials} });
    const tell = (what) => (event) => told.push({ what, data: event.data ?? null, id: event.lastEventId ?? null, state: source.readyState, at: performance.now() });
    source.onopen = tell("open");
    source.onerror = tell("error");
    for (const type of ["message", "stream-open", "stream-reset", "keep-alive"]) source.addEventListener(type, tell(type));
  </script>`) + `?${new URLSearchParams({ path })}`);
}

const told = (page, what) => page.evaluate((wanted) => window.told.filter((item) => item.what === wanted), what);
const tells = (page, what, count, timeout = 40_000) =>
  page.waitForFunction(([wanted, least]) => window.told.filter((item) => item.what === wanted).length >= least, [what, count], { timeout });
const ids = async (page) => (await told(page, "message")).map(({ data }) => JSON.parse(data).article.id);

async function published(count) {
  const made = [];
  for (let number = 0; number < count; number++) made.push((await eventually(() => article({ status: "published" }))).id);
  return made;
}

let killed = null;
async function killNext() {
  killed = await eventually(() => {
    assert.notEqual(pidOf("broker") ?? killed, killed);
    return signal("broker");
  });
}

const STREAM = "/api/content/events/article-updates-en/";
const asks = (request, path) => new URL(request.url()).pathname.startsWith(path);

test("it opens, and each event has its position as lastEventId; named events come under their names", { skip: SKIP }, async () => {
  await visitor({}, async (page) => {
    await source(page, STREAM);
    await tells(page, "stream-open", 1);
    assert.equal((await told(page, "open"))[0].state, 1);
    const [opening] = await told(page, "stream-open");
    assert.equal(opening.id, JSON.parse(opening.data).position);
    const made = await published(2);
    await tells(page, "message", 2);
    assert.deepEqual(await ids(page), made);
    for (const { data, id } of await told(page, "message")) {
      assert.match(id, /^[a-z0-9]{8}-\d+$/);
      assert.equal(JSON.parse(data).type, "article_published");
    }
    await tells(page, "keep-alive", 1, 25_000);
  });
});

test("when the broker dies it comes back by itself, sends Last-Event-ID, and gets exactly what it missed", { skip: SKIP }, async () => {
  await visitor({ expected: NETWORK }, async (page) => {
    const sent = [];
    page.on("request", async (request) => {
      if (asks(request, STREAM)) sent.push((await request.allHeaders())["last-event-id"] ?? null);
    });
    await source(page, STREAM);
    await tells(page, "stream-open", 1);
    const before = await published(2);
    await tells(page, "message", 2);
    const last = (await told(page, "message")).at(-1).id;
    signal("broker");
    const missed = await published(3);
    await tells(page, "message", 5);
    assert.deepEqual(await ids(page), [...before, ...missed]);
    assert.equal(sent[0], null);
    assert.ok(sent.length > 1 && sent.slice(1).every((id) => id === last), `${sent}`);
    assert.deepEqual(await told(page, "stream-reset"), []);
  });
});

test("while there is no broker it is answered with a wait, which it keeps, and never gives up", { skip: SKIP }, async () => {
  await visitor({ expected: NETWORK }, async (page) => {
    const tries = [];
    page.on("request", (request) => asks(request, STREAM) && tries.push(Date.now()));
    await source(page, STREAM);
    await tells(page, "stream-open", 1);
    for (let kills = 0; kills < 4; kills++) await killNext(); // infra/up waits longer each time
    const made = await published(1);
    await tells(page, "message", 1);
    assert.deepEqual(await ids(page), made);
    const waits = tries.slice(1).map((at, index) => at - tries[index]);
    assert.ok(waits.length > 1 && waits.slice(1).every((wait) => wait >= 900), `${waits}`);
    assert.ok((await told(page, "error")).every(({ state }) => state === 0), "connecting again, never closed");
  });
});

test("a position that means nothing is a stream-reset and a live stream, not an error", { skip: SKIP }, async () => {
  await visitor({}, async (page) => {
    for (const position of ["zzzzzzzz-5", "nonsense"]) {
      await source(page, `${STREAM}?lastEventId=${position}`);
      await tells(page, "stream-reset", 1);
      const [reset] = await told(page, "stream-reset");
      assert.equal(reset.id, JSON.parse(reset.data).position);
      const made = await published(1);
      await tells(page, "message", 1);
      assert.deepEqual(await ids(page), made);
    }
  });
});

test("what does not exist is final: the source closes and does not come back", { skip: SKIP }, async () => {
  await visitor({ expected: NETWORK }, async (page) => {
    let tries = 0;
    page.on("request", (request) => (tries += asks(request, "/events/nothing") ? 1 : 0));
    await source(page, "/events/nothing-here/");
    await tells(page, "error", 1);
    assert.equal((await told(page, "error"))[0].state, 2);
    await page.waitForTimeout(4000);
    assert.equal(tries, 1);
  });
});

test("an event that is changed in Thai and English reaches each source in its language", { skip: SKIP }, async () => {
  const item = await article({ status: "published" });
  await visitor({}, async (page, context) => {
    const thai = await context.newPage();
    await Promise.all([source(page, STREAM), source(thai, "/events/article-updates-th/")]);
    await Promise.all([tells(page, "stream-open", 1), tells(thai, "stream-open", 1)]);
    await patch(item.id, { translations: { en: { title: "River" }, th: { title: "แม่น้ำ" } } });
    await Promise.all([tells(page, "message", 1), tells(thai, "message", 1)]);
    assert.equal(JSON.parse((await told(page, "message"))[0].data).article.title, "River");
    assert.equal(JSON.parse((await told(thai, "message"))[0].data).article.title, "แม่น้ำ");
  });
});
