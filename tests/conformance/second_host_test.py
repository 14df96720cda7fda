"""The component on another host: jco's Node implementation of wasi:http and wasi:sockets gives the answers that wasmtime gives. Nothing in it knows wasmtime.

Left out are answers without a body (HEAD, 204, 304): wasi:http 0.2 lets a response's body be left untaken, jco 1.x ends its process on one (preview2-shim, ResponseOutparam.set)."""
import os
import secrets

import pytest
from harness import Api, Part, eventually, free_port
from harness.site import ROOT, dependencies

ARTICLES = "/api/content/api/articles/"


@pytest.fixture(scope="module")
def hosts(site):
    """The site's own functions on wasmtime, and the same component on jco beside them, with the same log and store."""
    port = free_port()
    env = {**site.environment(), "FRESHET_NATS_URL": site.nats_url("functions"), "PATH": f"{dependencies() / 'bin'}:{os.environ['PATH']}"}
    component = os.environ.get("FRESHET_COMPONENT_DIR", str(ROOT / "build/wasm/components")) + "/api.wasm"
    jco = Part("jco", [str(dependencies() / "bin/jco"), "serve", component, "--port", str(port), "--host", "127.0.0.1"], env, str(site.folder / "jco.log"))
    site.parts["jco"] = jco
    jco.start()
    other = f"http://127.0.0.1:{port}"
    eventually(lambda: Api(other).get("/healthz").status_code == 200, 60, every=0.3, what=f"jco serves: {jco.log_tail()}")
    return site.functions_url, other


def shape(answer):
    """What may not differ: status, body, and every header that our code sets."""
    ours = {"content-type", "etag", "cache-control", "vary", "allow", "www-authenticate", "link", "access-control-allow-origin"}
    return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k in ours}


@pytest.mark.parametrize("method, path, headers, body", [
    ("GET", ARTICLES, {}, None), ("GET", ARTICLES + "latest/?language=th", {}, None), ("GET", ARTICLES + "?page=0", {}, None), ("GET", ARTICLES + "missing/", {}, None),
    ("DELETE", ARTICLES, {}, None), ("GET", "/api/users/me/", {"Authorization": "Bearer a.b.c"}, None),
    ("POST", "/api/token/", {"Content-Type": "application/json"}, b"{"), ("POST", "/api/token/", {"Content-Type": "text/plain"}, b"{}"),
    ("GET", "/.well-known/jwks.json", {}, None), ("GET", "/api/openapi.json", {}, None), ("GET", ARTICLES, {"Origin": "https://site.example"}, None),
])
def test_both_hosts_answer_the_same(site, hosts, method, path, headers, body):
    made = site.admin().articles.create(status="published")
    site.api().get(ARTICLES, headers={"Freshet-Min-Position": made.headers["Freshet-Position"]})
    answers = [Api(base, timeout=30).request(method, path, headers=headers, content=body) for base in hosts]
    assert shape(answers[0]) == shape(answers[1])


def test_what_one_host_writes_the_other_shows_and_guards(site, hosts):
    one, other = (Api(base, token=site.login()["access"], timeout=30) for base in hosts)
    slug = "two-hosts-" + secrets.token_hex(4)
    made = other.articles.create(slug=slug, title="Written on jco", content="<p>" + "x" * 100_000 + "</p>", status="published")
    shown = one.articles.get(slug, min_position=made.headers["Freshet-Position"])
    assert shown.json()["title"] == "Written on jco" and len(shown.json()["content"]) == 100_007
    one.articles.patch(slug, {"translations": {"en": {"title": "Changed on wasmtime"}}}, etag=made.headers["ETag"])
    other.articles.patch(slug, {"status": "draft"}, etag=made.headers["ETag"], status=412)
    assert other.post(ARTICLES, json=other.articles.body(slug=slug)).status_code == 409
