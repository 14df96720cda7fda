"""No draft on any public road: a canary in each hidden article, and every way in."""
import secrets

import pytest

ARTICLES, CATEGORIES = "/api/content/api/articles/", "/api/content/api/categories/"


@pytest.fixture(scope="module")
def hidden(each_site):
    """Articles that are hidden for different reasons, each with the canary in every field; and a stream of each language open all the while."""
    admin, canary = each_site.admin(), "canary" + secrets.token_hex(8)
    streams = [each_site.stream(language).wait_open() for language in ("en", "th")]
    start = streams[0].last_id

    def make(**fields):
        made = admin.articles.create(slug=f"{canary}-{secrets.token_hex(3)}", title=f"{canary} title", title_th=f"{canary} ชื่อ",
                                     content=f"<p>{canary}</p>", **fields).json()
        return made

    never = make()
    edited = make()
    admin.articles.patch(edited["id"], {"translations": {"en": {"title": f"{canary} edited"}}})
    renamed = make()
    admin.articles.patch(renamed["id"], {"slug": f"{canary}-renamed"})
    deleted = make()
    admin.articles.delete(deleted["id"])
    last = admin.articles.create(status="published", title="The last public one")
    position = last.headers["Freshet-Position"]
    reader_name, password = each_site.new_user()
    people = {"anonymous": each_site.api(), "reader": each_site.api(each_site.login(reader_name, password)["access"])}
    for api in people.values():
        api.http.headers["Freshet-Min-Position"] = position
    yield {"site": each_site, "canary": canary, "articles": [never, edited, renamed], "all": [never, edited, renamed, deleted], "people": people,
           "streams": streams, "start": start, "position": position, "last": last.json()["id"]}
    for stream in streams:
        stream.close()


def test_staff_sees_the_drafts_so_the_canary_would_be_found(hidden):
    admin = hidden["site"].admin()
    admin.http.headers["Freshet-Min-Position"] = hidden["position"]
    assert hidden["canary"] in admin.get(ARTICLES, params={"status": "draft"}).text
    assert hidden["canary"] in admin.get(f"{ARTICLES}{hidden['articles'][0]['id']}/").text


@pytest.mark.parametrize("who", ["anonymous", "reader"])
@pytest.mark.parametrize("path", [
    ARTICLES, ARTICLES + "?page_size=100", ARTICLES + "?language=th&page_size=100", ARTICLES + "?cursor=&page_size=100", ARTICLES + "latest/",
    ARTICLES + "latest/?language=th", CATEGORIES, "/api/openapi.json", "/readyz", "/healthz", "/metrics",
])
def test_no_list_shows_a_draft(hidden, who, path):
    answer = hidden["people"][who].get(path)
    assert hidden["canary"] not in answer.text
    assert not any(article["id"] in answer.text for article in hidden["all"])


@pytest.mark.parametrize("who", ["anonymous", "reader"])
@pytest.mark.parametrize("language", ["en", "th"])
def test_no_search_finds_a_draft(hidden, who, language):
    for words in (hidden["canary"], hidden["canary"][:10], "title " + hidden["canary"]):
        answer = hidden["people"][who].get(ARTICLES, params={"search": words, "language": language})
        assert answer.status_code == 200 and answer.json()["count"] == 0 and answer.json()["results"] == []


@pytest.mark.parametrize("who", ["anonymous", "reader"])
@pytest.mark.parametrize("status", ["draft", "all", "published"])
def test_no_status_filter_shows_a_draft_to_others(hidden, who, status):
    answer = hidden["people"][who].get(ARTICLES, params={"status": status, "page_size": 100})
    assert hidden["canary"] not in answer.text
    assert answer.status_code in (200, 401, 403)


@pytest.mark.parametrize("who", ["anonymous", "reader"])
def test_a_draft_reads_like_an_article_that_never_was(hidden, who):
    api = hidden["people"][who]

    def shape(answer):
        body = answer.json()
        return answer.status_code, body["title"], body["type"], sorted(body), sorted(h for h in answer.headers if h not in ("date", "content-length"))

    for article in hidden["all"]:
        for key, never in ((article["id"], "01ARZ3NDEKTSV4RRFFQ69G5FAV"), (article["slug"], "no-such-" + article["slug"][-8:])):
            for method in ("GET", "HEAD"):
                headers = {"If-None-Match": "*"}
                found, missing = api.request(method, f"{ARTICLES}{key}/", headers=headers), api.request(method, f"{ARTICLES}{never}/", headers=headers)
                assert found.status_code == missing.status_code == 404
                if method == "GET":
                    assert shape(found) == shape(missing)


@pytest.mark.parametrize("who, status", [("anonymous", {401}), ("reader", {403})])
def test_a_write_by_others_tells_nothing_about_drafts(hidden, who, status):
    api = hidden["people"][who]
    for key in (hidden["articles"][0]["id"], hidden["articles"][0]["slug"], "no-such-article"):
        answers = [api.patch(f"{ARTICLES}{key}/", json={"status": "published"}), api.put(f"{ARTICLES}{key}/", json={}), api.delete(f"{ARTICLES}{key}/"),
                   api.post(ARTICLES + "publish/", json={"ids": [key]})]
        assert {a.status_code for a in answers} == status
        assert all(hidden["canary"] not in a.text for a in answers)


def test_no_stream_showed_a_draft_live(hidden):
    for stream in hidden["streams"]:
        stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == hidden["last"])
        for event in stream.events:
            assert hidden["canary"] not in event.data and not any(article["id"] in event.data for article in hidden["all"])


@pytest.mark.parametrize("language", ["en", "th"])
def test_no_resume_replays_a_draft(hidden, closing, language):
    epoch = hidden["start"].split("-")[0]
    for position in (hidden["start"], f"{epoch}-1"):
        stream = closing(hidden["site"].stream(language, last_event_id=position))
        stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == hidden["last"])
        assert all(hidden["canary"] not in e.data for e in stream.events)


def test_an_article_that_is_withdrawn_leaves_every_list(hidden):
    admin, anyone = hidden["site"].admin(), hidden["site"].api()
    made = admin.articles.create(title=f"{hidden['canary']} was public", status="published").json()
    gone = admin.articles.patch(made["id"], {"status": "draft"})
    later = admin.articles.patch(made["id"], {"translations": {"en": {"title": f"{hidden['canary']} secret plan"}}})
    headers = {"Freshet-Min-Position": later.headers["Freshet-Position"]}
    for path in (ARTICLES, ARTICLES + "latest/", ARTICLES + f"?search={hidden['canary']}", f"{ARTICLES}{made['id']}/", f"{ARTICLES}{made['slug']}/"):
        assert hidden["canary"] not in anyone.get(path, headers=headers).text
    with hidden["site"].stream(last_event_id=gone.headers["Freshet-Position"]) as stream:
        marker = admin.articles.create(status="published").json()["id"]
        stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == marker)
        assert all("secret plan" not in e.data for e in stream.events)
