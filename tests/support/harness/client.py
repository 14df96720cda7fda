"""REST as a careful client does it: tokens, entity tags, positions."""
import secrets

import httpx

ARTICLES = "/api/content/api/articles/"
CATEGORIES = "/api/content/api/categories/"


class Api:
    """A keep-alive client of one base address. Answers are httpx responses; nothing is raised for a status."""

    def __init__(self, base, token=None, scheme="Bearer", timeout=15.0, headers=None):
        self.base = base
        self.http = httpx.Client(base_url=base, timeout=timeout, headers=headers or {}, follow_redirects=False,
                                 limits=httpx.Limits(max_connections=64, max_keepalive_connections=64))
        if token:
            self.http.headers["Authorization"] = f"{scheme} {token}"

    def request(self, method, path, **options):
        return self.http.request(method, path, **options)

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def head(self, path, **options):
        return self.request("HEAD", path, **options)

    def options(self, path, **options):
        return self.request("OPTIONS", path, **options)

    def post(self, path, **options):
        return self.request("POST", path, **options)

    def put(self, path, **options):
        return self.request("PUT", path, **options)

    def patch(self, path, **options):
        return self.request("PATCH", path, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    @property
    def articles(self):
        return Articles(self)

    def close(self):
        self.http.close()


class Articles:
    """Shorthand for the calls that most tests make; each checks its status and returns the response."""

    def __init__(self, api):
        self.api = api

    @staticmethod
    def body(slug=None, status="draft", title="A title", title_th="ชื่อเรื่อง", content="<p>Some content.</p>", category=None, languages=("en", "th")):
        translations = {}
        if "en" in languages:
            translations["en"] = {"title": title, "content": content, "excerpt": "An excerpt"}
        if "th" in languages:
            translations["th"] = {"title": title_th, "content": "<p>เนื้อหา</p>", "excerpt": "ย่อ"}
        body = {"slug": slug or "a-" + secrets.token_hex(8), "status": status, "translations": translations}
        if category:
            body["category"] = category
        return body

    def create(self, **fields):
        answer = self.api.post(ARTICLES, json=self.body(**fields))
        assert answer.status_code == 201, f"{answer.status_code} {answer.text}"
        return answer

    def patch(self, key, changes, etag=None, status=200):
        answer = self.api.patch(f"{ARTICLES}{key}/", json=changes, headers={"If-Match": etag} if etag else {})
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return answer

    def get(self, key, language=None, min_position=None, status=200):
        answer = self.api.get(f"{ARTICLES}{key}/", params={"language": language} if language else {},
                              headers={"Freshet-Min-Position": min_position} if min_position else {})
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return answer

    def publish(self, ids, status=200):
        answer = self.api.post(ARTICLES + "publish/", json={"ids": ids})
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return answer

    def delete(self, key, etag=None, status=204):
        answer = self.api.delete(f"{ARTICLES}{key}/", headers={"If-Match": etag} if etag else {})
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return answer

    def list(self, status=200, **params):
        answer = self.api.get(ARTICLES, params=params)
        assert answer.status_code == status, f"{answer.status_code} {answer.text}"
        return answer

    def all_slugs(self, **params):
        """Every slug of a list, by keyset paging from the empty cursor."""
        slugs, path, options = [], ARTICLES, {"params": {**params, "cursor": "", "page_size": 100}}
        while path:
            answer = self.api.get(path, **options)
            assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
            page = answer.json()
            slugs += [item["slug"] for item in page["results"]]
            path, options = page["next"], {}
        return slugs
