"""The served OpenAPI document against the running functions: every call of it, asked rightly and wrongly, answers with a status, a media type and a body that it documents."""
import re
import secrets
from datetime import datetime

import pytest

ARTICLES, CATEGORIES = "/api/content/api/articles/", "/api/content/api/categories/"
NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"  # an id that nothing has
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


class Document:
    """JSON Schema 2020-12 as far as the document uses it; a keyword that is not known here is an error, so that none goes unchecked."""

    SAYS_NOTHING = {"description", "default", "examples", "title"}

    def __init__(self, json):
        self.json = json

    def resolve(self, part):
        while "$ref" in part:
            target = self.json
            for name in part["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            part = target
        return part

    def operations(self):
        return [(method.upper(), path, operation) for path, item in self.json["paths"].items() for method, operation in item.items() if method != "parameters"]

    def check(self, value, schema, at="body"):
        schema = self.resolve(schema)
        for keyword, wanted in schema.items():
            if keyword not in self.SAYS_NOTHING:
                getattr(self, "_" + keyword)(value, wanted, schema, at)

    def _type(self, value, wanted, _, at):
        names = [wanted] if isinstance(wanted, str) else wanted
        kinds = tuple(TYPES[name] for name in names)
        assert isinstance(value, kinds) and (not isinstance(value, bool) or "boolean" in names), f"{at} is {value!r}, not {wanted}"

    def _required(self, value, wanted, _, at):
        assert not isinstance(value, dict) or set(wanted) <= set(value), f"{at} lacks {set(wanted) - set(value)}"

    def _properties(self, value, wanted, _, at):
        for name in wanted.keys() & value.keys() if isinstance(value, dict) else ():
            self.check(value[name], wanted[name], f"{at}.{name}")

    def _additionalProperties(self, value, wanted, schema, at):
        for name in set(value) - set(schema.get("properties", ())) if isinstance(value, dict) else ():
            assert wanted is not False, f"{at} has {name}"
            if isinstance(wanted, dict):
                self.check(value[name], wanted, f"{at}.{name}")

    def _items(self, value, wanted, _, at):
        for n, item in enumerate(value if isinstance(value, list) else ()):
            self.check(item, wanted, f"{at}[{n}]")

    def _fits(self, value, schema, at):
        try:
            self.check(value, schema, at)
        except AssertionError:
            return False
        return True

    def _oneOf(self, value, wanted, _, at):
        fits = sum(self._fits(value, schema, at) for schema in wanted)
        assert fits == 1, f"{at} is {value!r} and fits {fits} of {len(wanted)}"

    def _anyOf(self, value, wanted, _, at):
        assert any(self._fits(value, schema, at) for schema in wanted), f"{at} is {value!r} and fits none of {len(wanted)}"

    def _enum(self, value, wanted, _, at):
        assert value in wanted, f"{at} is {value!r}"

    def _const(self, value, wanted, _, at):
        assert value == wanted, f"{at} is {value!r}, not {wanted!r}"

    def _pattern(self, value, wanted, _, at):
        assert not isinstance(value, str) or re.search(wanted, value), f"{at} is {value!r}"

    def _format(self, value, wanted, _, at):
        if wanted == "date-time" and isinstance(value, str):
            assert value.endswith("Z") and datetime.fromisoformat(value), f"{at} is {value!r}"

    def _minimum(self, value, wanted, _, at):
        assert not isinstance(value, int) or value >= wanted, f"{at} is {value}"

    def _length(self, kind, value, least=None, most=None, at=""):
        assert not isinstance(value, kind) or (least or 0) <= len(value) <= (len(value) if most is None else most), f"{at} has {len(value)}"

    def _minLength(self, value, wanted, _, at):
        self._length(str, value, least=wanted, at=at)

    def _maxLength(self, value, wanted, _, at):
        self._length(str, value, most=wanted, at=at)

    def _minItems(self, value, wanted, _, at):
        self._length(list, value, least=wanted, at=at)

    def _maxItems(self, value, wanted, _, at):
        self._length(list, value, most=wanted, at=at)

    def _minProperties(self, value, wanted, _, at):
        self._length(dict, value, least=wanted, at=at)

    def check_answer(self, method, path, answer):
        responses = self.json["paths"][path][method.lower()]["responses"]
        status = str(answer.status_code)
        assert status in responses, f"{method} {path}: {status} is not documented: {answer.text[:300]}"
        content = self.resolve(responses[status]).get("content", {})
        if not content:
            assert answer.content == b"", f"{method} {path}: {status} has a body"
            return
        media = answer.headers["Content-Type"].split(";")[0]
        assert media in content, f"{method} {path}: {status} is {media}"
        if media.endswith("json") and "schema" in content[media]:
            self.check(answer.json(), content[media]["schema"])


@pytest.fixture(scope="module")
def document(site):
    return Document(site.api().get("/api/openapi.json").json())


@pytest.fixture(scope="module")
def reader(site):
    name, password = site.new_user()
    return site.api(site.login(name, password)["access"])


def test_every_call_that_goes_wrong_answers_as_documented(site, document, reader):
    statuses = set()
    for method, path, operation in document.operations():
        address = re.sub(r"\{[^}]+\}", NOBODY, path)
        wrong = [{"json": {}}, {"content": b"{", "headers": {"Content-Type": "application/json"}}, {"content": b"x", "headers": {"Content-Type": "text/plain"}},
                 {"json": {"title": 7, "slug": "UPPER", "ids": 7, "name": 7, "username": 7, "refresh": 7, "token": "a.b.c", "translations": []}}]
        for options in wrong if "requestBody" in operation else [{}, {"params": {"page": "0", "language": "xx"}}]:
            for api in (site.api(), reader, site.admin()):
                answer = api.request(method, address, **options)
                assert answer.status_code < 500, f"{method} {path}: {answer.status_code} {answer.text}"
                document.check_answer(method, path, answer)
                statuses.add(answer.status_code)
    assert {200, 400, 401, 403, 404, 415} <= statuses


def test_every_article_and_category_call_that_goes_well_answers_as_documented(site, document):
    admin, word = site.admin(), secrets.token_hex(4)
    called = []

    def call(method, path, status, key=None, **options):
        answer = admin.request(method, path if key is None else path.replace("{id_or_slug}", key), **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        document.check_answer(method, path, answer)
        called.append((method, path))
        return answer

    one, category = ARTICLES + "{id_or_slug}/", CATEGORIES + "{id_or_slug}/"
    call("POST", CATEGORIES, 201, json={"slug": f"c-{word}", "translations": {"en": {"name": "A category"}}})
    call("PATCH", category, 200, f"c-{word}", json={"translations": {"th": {"name": "หมวด"}}})
    whole = call("PUT", category, 200, f"c-{word}", json={"translations": {"en": {"name": "Another name"}}})
    call("GET", category, 200, f"c-{word}")
    call("PATCH", category, 412, f"c-{word}", json={"translations": {}}, headers={"If-Match": whole.headers["ETag"].replace("-", "-9", 1)})
    call("GET", CATEGORIES, 200)
    made = call("POST", ARTICLES, 201, json=admin.articles.body(slug=f"a-{word}", category=f"c-{word}"))
    id = made.json()["id"]
    call("POST", ARTICLES, 409, json=admin.articles.body(slug=f"a-{word}"))
    call("PATCH", one, 200, f"a-{word}", json={"translations": {"en": {"title": "Another title"}}})
    call("PATCH", one, 412, f"a-{word}", json={"status": "draft"}, headers={"If-Match": made.headers["ETag"]})
    call("PUT", one, 200, f"a-{word}", json=admin.articles.body(status="draft"))
    published = call("POST", ARTICLES + "publish/", 200, json={"ids": [id]})
    position = {"Freshet-Min-Position": published.headers["Freshet-Position"]}
    call("GET", one, 200, id, headers=position)
    for path in (ARTICLES, ARTICLES + "latest/"):
        tag = call("GET", path, 200, headers=position).headers["ETag"]
        call("GET", path, 304, headers={"If-None-Match": tag})
    call("GET", ARTICLES + "by_category/", 200, params={"category": f"c-{word}"})
    call("POST", ARTICLES + "unpublish/", 200, json={"ids": [id]})
    call("DELETE", one, 204, id)
    assert set(called) == {(method, path) for method, path, _ in document.operations() if path.startswith("/api/content/")}
