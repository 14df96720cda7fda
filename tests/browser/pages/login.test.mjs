// Logging in, staying in, getting out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD, USERNAME, call, unique } from "../support/api.mjs";
import { login, visitor } from "../support/browser.mjs";

test("a wrong password is refused in words, the focus is where it is needed, and the right one leads on", async () => {
  await visitor({ expected: [/401/] }, async (page) => {
    await page.goto("/admin/");
    await page.waitForURL(/\/login\?next=%2Fadmin%2F/);
    await page.click("#login-button");
    await page.getByText("Please enter user name and password.").waitFor();
    await page.fill("#username", USERNAME);
    await page.fill("#password", `${PASSWORD}-not`);
    await page.keyboard.press("Enter");
    await page.getByText("User name or password is not right.").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), "password");
    await page.fill("#password", PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === "/admin/");
    await page.getByRole("heading", { name: "Articles", exact: true }).waitFor();
  });
});

test("a login survives a reload without a new token, and an expired access token is renewed unseen", async () => {
  await visitor({}, async (page) => {
    const renewals = [];
    page.on("request", (request) => request.url().endsWith("/api/token/refresh/") && renewals.push(request.headers()["idempotency-key"]));
    await login(page);
    await page.reload();
    await page.getByRole("heading", { name: "Articles", exact: true }).waitFor();
    assert.deepEqual(renewals, []);
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await page.getByRole("heading", { name: "Articles", exact: true }).waitFor();
    assert.equal(renewals.length, 1);
    assert.match(renewals[0], /^[0-9a-f]{32}$/);
  });
});

test("tabs that renew at the same time do not revoke each other", async () => {
  await visitor({}, async (page, context) => {
    await login(page);
    const tabs = await Promise.all([context.newPage(), context.newPage(), context.newPage()]);
    await Promise.all(tabs.map((tab) => tab.goto("/admin/")));
    for (const tab of tabs) await tab.getByRole("heading", { name: "Articles", exact: true }).waitFor();
    await tabs[2].evaluate(() => sessionStorage.clear());
    await tabs[2].reload();
    await tabs[2].getByRole("heading", { name: "Articles", exact: true }).waitFor();
  });
});

test("a renewal whose answer was lost is repeated with its key and gets the same pair", async () => {
  await visitor({ expected: [/ERR_FAILED/] }, async (page) => {
    await login(page);
    await page.evaluate(() => sessionStorage.clear());
    let lost = 0;
    await page.route("**/api/token/refresh/", async (route) => {
      if (lost++ > 0) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await page.reload();
    await page.getByRole("heading", { name: "Articles", exact: true }).waitFor();
    assert.equal(lost, 2);
  });
});

test("logging out in one tab logs out the other, and the token is worth nothing any more", async () => {
  await visitor({}, async (page, context) => {
    await login(page);
    const other = await context.newPage();
    await other.goto("/admin/");
    await other.getByRole("heading", { name: "Articles", exact: true }).waitFor();
    const { refresh } = await page.evaluate(() => JSON.parse(localStorage.getItem("freshet.session")));
    await page.locator("#account summary").click();
    await page.getByRole("button", { name: "Log out" }).click();
    await other.waitForURL(/\/login/);
    await page.waitForURL((url) => url.pathname === "/"); // it leaves when the server has taken the token back
    await assert.rejects(call("POST", "/api/token/refresh/", { refresh }), /401/);
  });
});

test("a reader without rights is told so, politely", async () => {
  const username = unique("reader"), password = "a long enough password";
  await call("POST", "/api/users/", { username, password });
  await visitor({}, async (page) => {
    await page.goto("/login?next=/admin/");
    await page.fill("#username", username);
    await page.fill("#password", password);
    await page.click("#login-button");
    await page.getByRole("heading", { name: "This area is for the team" }).waitFor();
    assert.equal(await page.locator("#admin-nav").isVisible(), false);
  });
});

test("after login only a path of this site is gone to", async () => {
  for (const next of ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"]) {
    await visitor({ expected: [/ERR_/] }, async (page) => {
      await page.goto(`/login?next=${encodeURIComponent(next)}`);
      await page.fill("#username", USERNAME);
      await page.fill("#password", PASSWORD);
      await page.click("#login-button");
      await page.waitForURL((url) => !url.pathname.startsWith("/login"));
      assert.equal(new URL(page.url()).origin, process.env.FRESHET_BROWSER_URL);
    });
  }
});
