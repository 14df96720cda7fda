"""Seed 000 to the letter: its REST and real-time endpoints, in both languages, as its React frontend calls them."""
import secrets

import pytest
from harness import EventStream, eventually

ARTICLE_KEYS = ["id", "slug", "status", "category", "author", "title", "excerpt", "language", "published_at", "created_at", "updated_at", "view_count"]


@pytest.fixture(scope="module")
def content(each_site):
    """A category with three published articles and one draft; the last write's position."""
    admin, mark = each_site.admin(), secrets.token_hex(4)
    category = f"health-{mark}"
    answer = admin.post("/api/content/api/categories/", json={"slug": category, "translations": {"en": {"name": "Health"}, "th": {"name": "สุขภาพ"}}})
    assert answer.status_code == 201, answer.text
    slugs = [f"seed-{mark}-{n}" for n in range(3)]
    for n, slug in enumerate(slugs):
        admin.articles.create(slug=slug, title=f"English {n} {mark}", title_th=f"ภาษาไทย {n}", category=category, status="published")
    last = admin.articles.create(slug=f"seed-{mark}-draft", title=f"Draft {mark}", category=category)
    anyone = each_site.api(headers={"Freshet-Min-Position": last.headers["Freshet-Position"]})
    return {"category": category, "slugs": slugs, "mark": mark, "api": anyone, "site": each_site}


def test_the_list_is_a_page_of_articles_newest_first(content):
    answer = content["api"].get("/api/content/api/articles/", params={"category": content["category"]})
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    page = answer.json()
    assert list(page) == ["count", "next", "previous", "results"] and page["count"] == 3 and page["next"] is None and page["previous"] is None
    assert [item["slug"] for item in page["results"]] == content["slugs"][::-1]
    assert list(page["results"][0]) == ARTICLE_KEYS


def test_each_language_has_its_version(content):
    for language, title, name in (("en", f"English 2 {content['mark']}", "Health"), ("th", "ภาษาไทย 2", "สุขภาพ")):
        item = content["api"].get("/api/content/api/articles/", params={"category": content["category"], "language": language}).json()["results"][0]
        assert (item["language"], item["title"], item["category"]["name"]) == (language, title, name)


def test_latest_is_an_array_of_at_most_twenty(content):
    answer = content["api"].get("/api/content/api/articles/latest/")
    latest = answer.json()
    assert answer.status_code == 200 and isinstance(latest, list) and 3 <= len(latest) <= 20
    assert [item["slug"] for item in latest[:3]] == content["slugs"][::-1]


def test_by_category_filters(content):
    answer = content["api"].get("/api/content/api/articles/by_category/", params={"category": content["category"]})
    assert answer.status_code == 200
    assert [item["slug"] for item in answer.json()["results"]] == content["slugs"][::-1]


def test_an_article_is_found_by_slug_and_by_id_and_has_its_content(content):
    by_slug = content["api"].get(f"/api/content/api/articles/{content['slugs'][0]}/").json()
    by_id = content["api"].get(f"/api/content/api/articles/{by_slug['id']}/").json()
    assert by_slug == by_id and by_slug["content"] == "<p>Some content.</p>" and set(by_slug["translations"]) == {"en", "th"}


@pytest.mark.parametrize("prefix", ["/api/content/events", "/events"])
@pytest.mark.parametrize("language, title", [("en", "English live"), ("th", "ไทยสด")])
def test_both_event_endpoints_show_a_publication_in_their_language(content, closing, prefix, language, title):
    stream = closing(EventStream(content["site"].broker_url, f"{prefix}/article-updates-{language}/")).wait_open()
    made = content["site"].admin().articles.create(title="English live", title_th="ไทยสด", status="published").json()
    event = stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == made["id"], timeout=2)
    assert event.json["type"] == "article_published"
    assert event.json["article"]["title"] == title and event.json["article"]["language"] == language


def test_bulk_publishing_shows_every_article_on_the_stream_in_one_batch(content, closing):
    articles = content["site"].admin().articles
    ids = [articles.create(title=f"Bulk {n}").json()["id"] for n in range(10)]
    stream = closing(content["site"].stream()).wait_open()
    answer = articles.publish(ids)
    for id in ids:
        stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == id, timeout=2)
    events = [e for e in stream.events if e.type == "message" and e.json["article"]["id"] in ids]
    assert len(events) == 10 and {e.json["type"] for e in events} == {"article_published"}
    assert max(int(e.id.split("-")[1]) for e in events) == int(answer.headers["Freshet-Position"].split("-")[1])


def test_search_finds_english_words_and_thai_inside_a_sentence(content):
    articles = content["site"].admin().articles
    made = articles.create(title="Perennial gardens", title_th="สวนสวยในเชียงใหม่", status="published")
    position = made.headers["Freshet-Position"]
    for language, words in (("en", "perennial"), ("en", "Gardens"), ("th", "เชียงใหม่"), ("th", "สวยใน")):
        found = content["site"].api(headers={"Freshet-Min-Position": position}).get(
            "/api/content/api/articles/", params={"search": words, "language": language}).json()
        assert made.json()["slug"] in [item["slug"] for item in found["results"]], words


def test_unpublishing_and_deleting_are_told_with_id_and_slug(content, closing):
    articles = content["site"].admin().articles
    made = articles.create(status="published").json()
    stream = closing(content["site"].stream()).wait_open()
    articles.patch(made["id"], {"status": "draft"})
    stream.wait(lambda e: e.type == "message" and e.json == {"type": "article_unpublished", "article": {"id": made["id"], "slug": made["slug"]}}, timeout=2)
    articles.patch(made["id"], {"status": "published"})
    articles.delete(made["id"])
    stream.wait(lambda e: e.type == "message" and e.json == {"type": "article_deleted", "article": {"id": made["id"], "slug": made["slug"]}}, timeout=2)
    eventually(lambda: content["site"].api().get(f"/api/content/api/articles/{made['slug']}/").status_code == 404, what="the article is gone")
