"""CONTRACT 1: the rules that every call keeps, and each limit at n and n + 1."""
import json
import secrets

import pytest
from harness import ORIGIN

ARTICLES, CATEGORIES = "/api/content/api/articles/", "/api/content/api/categories/"


@pytest.fixture(scope="module")
def admin(each_site):
    return each_site.admin()


@pytest.fixture(scope="module")
def anyone(each_site):
    return each_site.api()


def problem(answer, status):
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:500]}"
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status and body["title"] and body["type"] and "detail" in body
    return body


# ------------------------------------------------------------ methods, paths
@pytest.mark.parametrize("method, path, allowed", [
    ("DELETE", ARTICLES, {"GET", "POST"}), ("PUT", ARTICLES, {"GET", "POST"}), ("POST", ARTICLES + "latest/", {"GET"}), ("GET", ARTICLES + "publish/", {"POST"}),
    ("POST", ARTICLES + "some-slug/", {"GET", "PUT", "PATCH", "DELETE"}), ("GET", "/api/token/", {"POST"}), ("DELETE", "/healthz", {"GET"}),
    ("BREW", ARTICLES, {"GET", "POST"}),
])
def test_a_wrong_method_is_405_and_says_what_is_allowed(anyone, method, path, allowed):
    answer = anyone.request(method, path)
    problem(answer, 405)
    assert allowed <= {m.strip() for m in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize("path", ["/api/", "/api/nothing/", "/api/content/api/", "/api/content/api/articles/x/y/", "/API/content/api/articles/", "/api/%2e%2e/etc/passwd", "//api/token/"])
def test_an_unknown_path_is_a_404_problem(anyone, path):
    problem(anyone.get(path), 404)


@pytest.mark.parametrize("path", [ARTICLES, ARTICLES + "latest/", CATEGORIES])
def test_a_path_without_its_last_slash_answers_the_same(anyone, path):
    with_slash, without = anyone.get(path), anyone.get(path.rstrip("/"))
    assert (with_slash.status_code, without.status_code) == (200, 200)
    assert with_slash.json() == without.json()


def test_head_is_get_without_a_body(anyone):
    head, get = anyone.head(ARTICLES), anyone.get(ARTICLES)
    assert head.status_code == 200 and head.content == b"" and head.headers["ETag"] == get.headers["ETag"]


def test_the_served_documents_are_json(anyone):
    document = anyone.get("/api/openapi.json")
    assert document.status_code == 200 and document.json()["openapi"].startswith("3.1")
    for path in ("/api/token/", ARTICLES, ARTICLES + "publish/", CATEGORIES):
        assert path in document.json()["paths"], path
    keys = anyone.get("/.well-known/jwks.json").json()["keys"]
    assert keys and keys[0]["kty"] == "OKP" and keys[0]["crv"] == "Ed25519" and "d" not in keys[0]
    assert anyone.get("/healthz").status_code == 200 and anyone.get("/readyz").status_code == 200


# ------------------------------------------------------------ conditional reads
@pytest.mark.parametrize("path", [ARTICLES, ARTICLES + "latest/", ARTICLES + "?language=th", ARTICLES + "?search=conditional", "{article}"])
def test_an_unchanged_answer_is_304_without_a_body_and_a_changed_one_is_not(admin, anyone, path):
    made = admin.articles.create(title="Conditional reading", status="published")
    position = {"Freshet-Min-Position": made.headers["Freshet-Position"]}
    path = path.replace("{article}", f"{ARTICLES}{made.json()['id']}/")
    first = anyone.get(path, headers=position)
    tag = first.headers["ETag"]
    for header in (tag, f'"other", {tag}', "W/" + tag, "*"):
        again = anyone.get(path, headers={"If-None-Match": header})
        assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == tag, header
        assert again.headers.get("Content-Length") in (None, str(len(first.content)))
    assert anyone.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    changed = admin.articles.patch(made.json()["id"], {"translations": {"en": {"title": "Conditional reading, again"}, "th": {"title": "อีกครั้ง"}}})
    later = anyone.get(path, headers={"If-None-Match": tag, "Freshet-Min-Position": changed.headers["Freshet-Position"]})
    assert later.status_code == 200 and later.headers["ETag"] != tag


def test_a_list_keeps_its_tag_while_only_drafts_change(admin, anyone):
    admin.articles.create(status="published")
    last = admin.articles.create()
    before = anyone.get(ARTICLES, headers={"Freshet-Min-Position": last.headers["Freshet-Position"]})
    draft = admin.articles.create()
    after = anyone.get(ARTICLES, headers={"Freshet-Min-Position": draft.headers["Freshet-Position"], "If-None-Match": before.headers["ETag"]})
    assert after.status_code == 304


def test_public_lists_are_cacheable_and_answers_for_a_user_are_not(admin, anyone):
    public = anyone.get(ARTICLES)
    assert {"public", "max-age=0"} <= {p.strip() for p in public.headers["Cache-Control"].split(",")}
    assert {"authorization", "origin"} <= {p.strip().lower() for p in public.headers["Vary"].split(",")}
    private = admin.get(ARTICLES)
    assert {p.strip() for p in private.headers["Cache-Control"].split(",")} == {"private", "no-store"}


def test_a_position_that_the_log_has_not_reached_is_503_with_retry_after(admin, anyone):
    epoch, sequence = admin.articles.create().headers["Freshet-Position"].split("-")
    answer = anyone.get(ARTICLES, headers={"Freshet-Min-Position": f"{epoch}-{int(sequence) + 1_000_000}"})
    problem(answer, 503)
    assert int(answer.headers["Retry-After"]) >= 0


@pytest.mark.parametrize("text", ["garbage", "abcdefgh-", "-5", "abcdefgh-99999999999999999999999", "ABC-1"])
def test_a_position_that_is_none_is_400(anyone, text):
    problem(anyone.get(ARTICLES, headers={"Freshet-Min-Position": text}), 400)


# ------------------------------------------------------------ CORS
def test_an_allowed_origin_may_read_and_preflight(anyone):
    answer = anyone.get(ARTICLES, headers={"Origin": ORIGIN})
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    exposed = {h.strip().lower() for h in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"etag", "freshet-position", "link", "retry-after"} <= exposed
    preflight = anyone.options(ARTICLES + "x/", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH",
                                                         "Access-Control-Request-Headers": "authorization,content-type,if-match,idempotency-key"})
    assert preflight.status_code in (200, 204) and "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert {"authorization", "content-type", "if-match", "idempotency-key"} <= {h.strip().lower() for h in preflight.headers["Access-Control-Allow-Headers"].split(",")}


def test_another_origin_is_told_nothing(anyone):
    for method in ("GET", "OPTIONS"):
        answer = anyone.request(method, ARTICLES, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"})
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Access-Control-Allow-Origin" not in anyone.get(ARTICLES, headers={"Origin": ORIGIN + ".evil.example"}).headers


# ------------------------------------------------------------ bodies
def test_a_body_that_is_no_json_is_415(admin):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        problem(admin.post(ARTICLES, content=json.dumps(admin.articles.body()), headers={"Content-Type": kind}), 415)


def nested(depth):
    return b'{"x":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize("depth, accepted", [(32, True), (33, False), (10_000, False)])
def test_json_may_be_32_levels_deep(admin, depth, accepted):
    body = json.dumps(admin.articles.body()).encode()[:-1] + b',"extra":' + nested(depth - 1) + b"}"
    answer = admin.post(ARTICLES, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == (201 if accepted else 400), answer.text[:300]


def with_text(api, field, text):
    body = api.articles.body()
    if field == "slug":
        body["slug"] = text
    else:
        body["translations"]["en"][field] = text
    return api.post(ARTICLES, json=body)


@pytest.mark.parametrize("field, text, accepted", [
    ("title", "t" * 200, True), ("title", "t" * 201, False), ("title", "ก" * 200, True), ("title", "😀" * 200, True), ("title", "😀" * 201, False),
    ("excerpt", "e" * 500, True), ("excerpt", "e" * 501, False), ("content", "c" * (512 * 1024), True), ("content", "c" * (512 * 1024 + 1), False),
    ("content", "ก" * (512 * 1024), True),
])
def test_a_text_may_have_its_limit_in_code_points_and_not_one_more(admin, field, text, accepted):
    answer = with_text(admin, field, text)
    if accepted:
        assert answer.status_code == 201, answer.text[:300]
        assert answer.json()["translations"]["en"][field] == text
    else:
        assert any(field in key for key in problem(answer, 400)["errors"])


@pytest.mark.parametrize("length, accepted", [(100, True), (101, False)])
def test_a_slug_may_have_100_characters(admin, length, accepted):
    slug = (secrets.token_hex(50) + "x")[:length]
    assert with_text(admin, "slug", slug).status_code == (201 if accepted else 400)


def padded(api, size):
    body = json.dumps({**api.articles.body(), "extra": ""}).encode()
    return body[:-2] + b"x" * (size - len(body)) + b'"}'


@pytest.mark.parametrize("extra, accepted", [(0, True), (1, False), (1 << 20, False)])
def test_an_article_body_may_have_3_mib(admin, extra, accepted):
    body = padded(admin, (3 << 20) + extra)
    assert len(body) == (3 << 20) + extra
    answer = admin.post(ARTICLES, content=body, headers={"Content-Type": "application/json"})
    if accepted:
        assert answer.status_code == 201, answer.text[:300]
    else:
        problem(answer, 413)


def test_another_body_may_have_1_mib(anyone):
    def login(size):
        body = json.dumps({"username": "nobody", "password": "wrong password", "extra": ""}).encode()
        return anyone.post("/api/token/", content=body[:-2] + b"x" * (size - len(body)) + b'"}', headers={"Content-Type": "application/json"})
    problem(login(1 << 20), 401)
    problem(login((1 << 20) + 1), 413)


@pytest.mark.parametrize("count, status", [(500, 404), (501, 400)])
def test_a_bulk_call_takes_500_ids(admin, count, status):
    ids = [f"01ARZ3NDEKTSV4RRFFQ69{n:05d}" for n in range(count)]
    problem(admin.post(ARTICLES + "publish/", json={"ids": ids}), status)


def test_a_url_may_have_8_kib(anyone):
    path = ARTICLES + "?search=x&extra="
    answer = anyone.get(path + "x" * (8192 - len(path)))
    assert answer.status_code == 200, answer.text
    problem(anyone.get(path + "x" * (8193 - len(path))), 414)


def test_headers_over_16_kib_are_431(anyone):
    assert anyone.get(ARTICLES, headers={"X-Long": "x" * 14_000}).status_code == 200
    assert anyone.get(ARTICLES, headers={"X-Long": "x" * 17_000}).status_code == 431


# ------------------------------------------------------------ idempotency
def test_a_repeated_create_with_its_key_gives_the_same_article(admin):
    body, key = admin.articles.body(), {"Idempotency-Key": secrets.token_hex(16)}
    first, second = admin.post(ARTICLES, json=body, headers=key), admin.post(ARTICLES, json=body, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json() and first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Freshet-Position"] == second.headers["Freshet-Position"]


def test_a_key_with_another_body_is_422_and_for_another_user_it_is_another_key(admin, each_site):
    key = {"Idempotency-Key": secrets.token_hex(16)}
    assert admin.post(ARTICLES, json=admin.articles.body(), headers=key).status_code == 201
    problem(admin.post(ARTICLES, json=admin.articles.body(), headers=key), 422)


def test_a_repeated_bulk_publish_with_its_key_does_nothing_twice(admin, each_site, closing):
    id = admin.articles.create().json()["id"]
    key = {"Idempotency-Key": secrets.token_hex(16)}
    stream = closing(each_site.stream()).wait_open()
    answers = [admin.post(ARTICLES + "publish/", json={"ids": [id]}, headers=key) for _ in range(3)]
    assert {(a.status_code, a.headers["Freshet-Position"]) for a in answers} == {(200, answers[0].headers["Freshet-Position"])}
    marker = admin.articles.create(status="published").json()["id"]
    stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == marker)
    assert sum(e.type == "message" and e.json["article"]["id"] == id for e in stream.events) == 1
