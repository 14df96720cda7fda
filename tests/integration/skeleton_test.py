"""One article from an editor's PATCH to an open SSE socket, through every real part."""
from harness import ADMIN_NAME, eventually


def test_a_published_article_reaches_an_open_stream_within_the_second(each_site, closing):
    articles = each_site.admin().articles
    made = articles.create(title="From a click to every browser", status="draft")
    article = made.json()
    stream = closing(each_site.stream("en")).wait_open()
    answer = articles.patch(article["slug"], {"status": "published"}, etag=made.headers["ETag"])
    event = stream.wait(lambda e: e.type == "message" and e.json["article"]["slug"] == article["slug"], timeout=1.0)
    assert event.json["type"] == "article_published"
    assert event.json["article"]["title"] == "From a click to every browser"
    assert event.id == answer.headers["Freshet-Position"]


def test_what_a_stream_showed_a_plain_get_shows(each_site, closing):
    articles, reader = each_site.admin().articles, each_site.api().articles
    stream = closing(each_site.stream("en")).wait_open()
    late = 0
    for n in range(40):
        slug = articles.create(title=f"Seen at once {n}", status="published").json()["slug"]
        stream.wait(lambda e: e.type == "message" and e.json["article"]["slug"] == slug, timeout=2.0)
        late += reader.api.get(f"/api/content/api/articles/{slug}/").status_code != 200
        late += slug not in [item["slug"] for item in reader.list().json()["results"]]
    assert late == 0, f"{late} of 80 reads after an event did not show it"


def test_the_position_of_a_write_makes_a_read_wait_for_it(each_site):
    articles, reader = each_site.admin().articles, each_site.api().articles
    for n in range(20):
        made = articles.create(title=f"Read your writes {n}", status="published")
        found = reader.get(made.json()["id"], min_position=made.headers["Freshet-Position"])
        assert found.json()["title"] == f"Read your writes {n}"


def test_the_superuser_of_the_command_line_is_the_author(each_site):
    made = each_site.admin().articles.create(status="published").json()
    shown = eventually(lambda: each_site.api().articles.get(made["id"]).json(), what="the article is readable")
    assert shown["author"]["username"] == ADMIN_NAME and set(shown["author"]) == {"id", "username", "name"}
