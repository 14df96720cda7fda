"""CONTRACT 4: courses over REST and over both streams, with drafts that nobody outside ever hears of."""
import json
import re
import secrets

import pytest
from harness import ROOT, EventStream, eventually, together
from websockets.sync.client import connect

COURSES, SSE, SOCKET = "/api/courses/", "/events/courses/", "/ws/courses/"


class Courses:
    """Writes courses as the superuser; each call checks its status."""

    def __init__(self, site):
        self.api = site.admin()

    def create(self, title="A course", status="published", slug=None, **fields):
        answer = self.api.post(COURSES, json={"title": title, "description": "What it is about", "status": status, "slug": slug or "c-" + secrets.token_hex(6), **fields})
        assert answer.status_code == 201, answer.text
        return answer

    def patch(self, key, answers=200, headers=None, **changes):
        answer = self.api.patch(f"{COURSES}{key}/", json=changes, headers=headers or {})
        assert answer.status_code == answers, answer.text
        return answer

    def delete(self, key):
        answer = self.api.delete(f"{COURSES}{key}/")
        assert answer.status_code == 204, answer.text
        return answer


@pytest.fixture(scope="module")
def courses(each_site):
    return Courses(each_site)


def sse(site, **options):
    return EventStream(site.broker_url, SSE, **options)


def told(stream):
    """What a stream said of courses: (type, slug) in order."""
    return [(e.json["type"], e.json["course"]["slug"]) for e in list(stream.events) if e.type == "message"]


def wait_for(stream, type, slug):
    return stream.wait(lambda e: e.type == "message" and (e.json["type"], e.json["course"]["slug"]) == (type, slug))


# ------------------------------------------------------------ REST
def test_a_course_is_made_read_changed_and_deleted(each_site, courses):
    made = courses.create(title="Knots & bends", status="PUBLISHED")
    course, anyone = made.json(), each_site.api()
    assert sorted(course) == ["created_at", "description", "id", "slug", "status", "title", "updated_at"] and course["status"] == "published"
    seen = {"Freshet-Min-Position": made.headers["Freshet-Position"]}
    for key in (course["id"], course["slug"]):
        read = anyone.get(f"{COURSES}{key}/", headers=seen)
        assert read.json() == course and read.headers["ETag"] == made.headers["ETag"]
        assert anyone.get(f"{COURSES}{key}/", headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    changed = courses.patch(course["slug"], title="Knots", headers={"If-Match": made.headers["ETag"]})
    late = courses.patch(course["slug"], answers=412, title="Late", headers={"If-Match": made.headers["ETag"]})
    assert late.json()["current"]["title"] == "Knots"
    # The instance remembers what it answered; a change is never hidden by it.
    seen = {"Freshet-Min-Position": changed.headers["Freshet-Position"]}
    assert anyone.get(f"{COURSES}{course['slug']}/", headers=seen).json()["title"] == "Knots"
    put = courses.api.put(f"{COURSES}{course['slug']}/", json={"title": "Whole", "status": "published"})
    assert put.status_code == 200 and put.json()["description"] == ""
    gone = courses.delete(course["slug"])
    assert anyone.get(f"{COURSES}{course['slug']}/", headers={"Freshet-Min-Position": gone.headers["Freshet-Position"]}).status_code == 404
    assert anyone.get(f"{COURSES}{course['slug']}/").status_code == 404
    assert courses.create(slug=course["slug"]).json()["id"] != course["id"]


def test_lists_are_paged_tagged_and_told_to_caches(each_site, courses):
    last = [courses.create(title=f"Listed {n}") for n in range(5)][-1]
    anyone, seen = each_site.api(), {"Freshet-Min-Position": last.headers["Freshet-Position"]}
    first = anyone.get(COURSES, params={"page_size": 2}, headers=seen)
    assert first.headers["Cache-Control"] == "public, max-age=0, s-maxage=0" and len(first.json()["results"]) == 2
    assert 'rel="next"' in first.headers["Link"]
    slugs, path = [], f"{COURSES}?cursor=&page_size=2"
    while path:
        page = anyone.get(path, headers=seen).json()
        slugs += [c["slug"] for c in page["results"]]
        path = page["next"]
    assert len(slugs) == len(set(slugs)) == page["count"] and slugs[-1] == last.json()["slug"]
    assert anyone.get(COURSES, params={"page_size": 2}, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    draft = courses.create(status="draft")
    headers = {"If-None-Match": first.headers["ETag"], "Freshet-Min-Position": draft.headers["Freshet-Position"]}
    assert anyone.get(COURSES, params={"page_size": 2}, headers=headers).status_code == 304  # a draft changes nothing that others see


@pytest.mark.parametrize("title", ["<b>bold</b>", "a < b", "a > b", "", "  ", "x" * 201])
def test_a_title_that_the_seeds_page_could_not_show_is_refused(courses, title):
    answer = courses.api.post(COURSES, json={"title": title, "description": ""})
    assert answer.status_code == 400 and "title" in answer.json()["errors"]


def test_of_twenty_clients_that_claim_one_slug_one_wins(each_site):
    for _ in range(3):
        slug, clients = "wanted-" + secrets.token_hex(4), [each_site.admin() for _ in range(20)]
        answers = together([lambda c=c, n=n: c.post(COURSES, json={"title": f"Client {n}", "description": "", "slug": slug, "status": "published"}) for n, c in enumerate(clients)])
        assert sorted(a.status_code for a in answers) == [201] + [409] * 19, [a.text for a in answers if a.status_code not in (201, 409)]
        winner = next(a for a in answers if a.status_code == 201)
        shown = each_site.api().get(f"{COURSES}{slug}/", headers={"Freshet-Min-Position": winner.headers["Freshet-Position"]})
        assert shown.json()["id"] == winner.json()["id"]
        for client in clients:
            client.close()


def test_a_repeated_create_with_its_key_is_one_course(each_site, courses):
    body, headers = {"title": "Once", "description": "", "slug": "once-" + secrets.token_hex(4)}, {"Idempotency-Key": secrets.token_hex(8)}
    first, second = (courses.api.post(COURSES, json=body, headers=headers) for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json() == second.json()
    assert first.headers["Freshet-Position"] == second.headers["Freshet-Position"]
    assert courses.api.post(COURSES, json={**body, "title": "Other"}, headers=headers).status_code == 422


# ------------------------------------------------------------ streams
def test_what_becomes_public_changes_and_goes_is_told_and_drafts_are_silent(each_site, courses, closing):
    stream = closing(sse(each_site)).wait_open()
    slug = "told-" + secrets.token_hex(4)
    course = courses.create(slug=slug, title="Draft", status="draft").json()
    courses.patch(slug, description="still a draft")
    courses.patch(slug, status="Published", title="Told")
    changed = courses.patch(slug, title="Told again")
    courses.patch(slug, status="draft", title="Secret", slug=f"{slug}-secret")
    courses.patch(f"{slug}-secret", description="silent again")
    courses.delete(f"{slug}-secret")
    published = courses.create(slug=slug, title="New").json()
    courses.delete(slug)
    marker = "marker-" + secrets.token_hex(4)
    courses.create(slug=marker)
    wait_for(stream, "course_created", marker)
    assert [t for t in told(stream) if t[1].startswith("told-")] == [
        ("course_created", slug), ("course_updated", slug), ("course_deleted", slug), ("course_created", slug), ("course_deleted", slug)]
    events = [e.json for e in stream.events if e.type == "message" and e.json["course"]["slug"] == slug]
    assert events[1]["course"] == changed.json() and events[1]["position"] == changed.headers["Freshet-Position"]
    assert events[2]["course"] == {"id": course["id"], "slug": slug, "title": "Told again"}  # by the name that everybody knew
    assert events[4]["course"] == {"id": published["id"], "slug": slug, "title": "New"}
    assert all(e.id == e.json["position"] and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", e.json["timestamp"]) for e in stream.events if e.type == "message")
    assert "Secret" not in json.dumps(events) and "silent" not in json.dumps(events)


def test_when_a_stream_tells_of_a_course_a_plain_read_shows_it(each_site, courses, closing):
    stream, anyone = closing(sse(each_site)).wait_open(), each_site.api()
    slug = courses.create().json()["slug"]
    for n in range(20):
        anyone.get(f"{COURSES}{slug}/")  # now it may be remembered
        courses.patch(slug, title=f"Number {n}")
        stream.wait(lambda e: e.type == "message" and e.json["course"].get("title") == f"Number {n}")
        assert anyone.get(f"{COURSES}{slug}/").json()["title"] == f"Number {n}"


def test_a_client_that_comes_back_gets_what_it_missed_once_and_in_order(each_site, courses, closing):
    first = courses.create()
    missed = [courses.create(title=f"Missed {n}").json()["slug"] for n in range(30)]
    stream = closing(sse(each_site, last_event_id=first.headers["Freshet-Position"])).wait_open()
    wait_for(stream, "course_created", missed[-1])
    assert [slug for _, slug in told(stream)] == missed


def test_articles_are_not_told_to_who_follows_courses_nor_the_other_way_round(each_site, courses, closing):
    about_courses, about_articles = closing(sse(each_site)).wait_open(), closing(each_site.stream()).wait_open()
    article = each_site.admin().articles.create(status="published").json()["id"]
    slug = courses.create().json()["slug"]
    wait_for(about_courses, "course_created", slug)
    about_articles.wait(lambda e: e.type == "message" and e.json["article"]["id"] == article)
    assert all("course" in e.json for e in about_courses.events if e.type == "message")
    assert all("article" in e.json for e in about_articles.events if e.type == "message")


# ------------------------------------------------------------ drafts
@pytest.mark.parametrize("who", ["anonymous", "reader"])
def test_no_public_road_leads_to_a_draft(each_site, courses, closing, who):
    canary = "canary" + secrets.token_hex(6)
    start = courses.create().headers["Freshet-Position"]
    stream = closing(sse(each_site)).wait_open()
    hidden = courses.create(title=canary, description=canary, slug=canary, status="draft").json()
    withdrawn = courses.create(title="Was public").json()
    courses.patch(withdrawn["id"], status="draft", title=f"{canary} plans", description=canary)
    deleted = courses.create(title=canary, status="draft").json()
    courses.delete(deleted["id"])
    marker = courses.create()
    headers = {"Freshet-Min-Position": marker.headers["Freshet-Position"]}
    api = each_site.api(each_site.login(*each_site.new_user())["access"]) if who == "reader" else each_site.api()
    for path in (COURSES, COURSES + "?page_size=100", COURSES + "?status=draft", COURSES + "?status=all&cursor=", "/readyz", "/metrics", "/api/openapi.json"):
        answer = api.get(path, headers=headers if path.startswith(COURSES) else {})
        assert canary not in answer.text and hidden["id"] not in answer.text and withdrawn["id"] not in answer.text
    for key in (hidden["id"], hidden["slug"], withdrawn["id"], withdrawn["slug"], deleted["id"]):
        found, never = api.get(f"{COURSES}{key}/", headers=headers), api.get(f"{COURSES}never-was/", headers=headers)
        assert found.status_code == never.status_code == 404 and found.json() == never.json()
        for answer in (api.patch(f"{COURSES}{key}/", json={}), api.put(f"{COURSES}{key}/", json={}), api.delete(f"{COURSES}{key}/")):
            assert answer.status_code == (403 if who == "reader" else 401) and canary not in answer.text
    resumed = closing(sse(each_site, last_event_id=start))
    for one in (stream, resumed):
        wait_for(one, "course_created", marker.json()["slug"])
        assert all(canary not in e.data and hidden["id"] not in e.data and deleted["id"] not in e.data for e in one.events)
    assert canary in each_site.admin().get(COURSES, params={"status": "draft", "page_size": 100}, headers=headers).text  # so it would have been found


# ------------------------------------------------------------ the documents, and the log as a file
def fits(value, schema):
    """Whether `value` is what a schema of our documents says; the words of JSON Schema that they use."""
    kinds = {"object": dict, "string": str, "array": list, "integer": int}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return False
    if "const" in schema and value != schema["const"] or "enum" in schema and value not in schema["enum"]:
        return False
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return False
    if not isinstance(value, dict):
        return True
    known = schema.get("properties", {})
    if not set(schema.get("required", [])) <= set(value) or schema.get("additionalProperties") is False and not set(value) <= set(known):
        return False
    return all(fits(inner, known[name]) for name, inner in value.items() if name in known)


def test_what_the_stream_sends_is_what_the_document_says(each_site, courses, closing):
    document = each_site.api().get("/api/asyncapi.json").json()
    channel = next(c for c in document["channels"].values() if c["address"] == SSE)
    messages = [document["components"]["messages"][m["$ref"].rsplit("/", 1)[1]] for m in channel["messages"].values()]
    stream = closing(sse(each_site)).wait_open()
    broken = closing(sse(each_site, last_event_id="nonsense")).wait_open()
    slug = courses.create().json()["slug"]
    courses.patch(slug, title="Changed")
    courses.delete(slug)
    wait_for(stream, "course_deleted", slug)
    seen = set()
    for event in [*stream.events, *broken.events]:
        fitting = [m["title"] for m in messages if m["name"] == event.type and fits(event.json, m["payload"])]
        assert len(fitting) == 1, (event, fitting)
        seen.add(fitting[0])
    assert seen == {m["title"] for m in messages if m["name"] != "keep-alive"}


def test_what_the_socket_sends_is_what_the_document_says_and_what_sse_says(each_site, courses, closing):
    document = each_site.api().get("/api/asyncapi.json").json()
    channel = next(c for c in document["channels"].values() if c["address"] == SOCKET)
    messages = [document["components"]["messages"][m["$ref"].rsplit("/", 1)[1]] for m in channel["messages"].values()]
    url, stream = each_site.broker_url.replace("http", "ws") + SOCKET, closing(sse(each_site)).wait_open()
    with connect(url) as socket, connect(url + "?since=nonsense") as broken:
        received = [json.loads(broken.recv(10)), json.loads(socket.recv(10))]
        assert [m["type"] for m in received] == ["stream-reset", "stream-open"]
        socket.send('{"type":"ping"}')
        socket.send("no JSON")
        received += [json.loads(socket.recv(10)) for _ in range(2)]
        slug = courses.create().json()["slug"]
        courses.patch(slug, title="Changed")
        courses.delete(slug)
        changes = [json.loads(socket.recv(10)) for _ in range(3)]
    wait_for(stream, "course_deleted", slug)
    assert changes == [e.json for e in stream.events if e.type == "message"][-3:]
    seen = [[m["title"] for m in messages if fits(frame, m["payload"])] for frame in received + changes]
    assert all(len(fitting) == 1 for fitting in seen), (received, seen)
    unseen = {m["title"] for m in messages} - {fitting[0] for fitting in seen}
    assert unseen == {m["title"] for m in messages if m["name"] in ("heartbeat", "status", "ping")}


def test_courses_travel_with_the_log_into_another_site(each_site, courses, own_site):
    kept = courses.create(title="Kept", slug="kept-" + secrets.token_hex(4)).json()
    gone = courses.create(title="Gone").json()
    courses.delete(gone["id"])
    draft = courses.create(title="Draft", status="draft").json()
    own_site.freshet("import", "--merge", stdin=each_site.freshet("export").stdout)
    anyone = own_site.api()
    eventually(lambda: anyone.get(f"{COURSES}{kept['slug']}/").status_code == 200, what="the moved course is readable")
    assert anyone.get(f"{COURSES}{kept['slug']}/").json() == kept
    eventually(lambda: own_site.admin().get(f"{COURSES}{draft['id']}/").status_code == 200, what="the last event is applied")
    assert {anyone.get(f"{COURSES}{one['id']}/").status_code for one in (gone, draft)} == {404}


def test_the_demonstration_holds_courses_that_the_api_takes(courses):
    demo = json.loads((ROOT / "infra/demo/content.json").read_text())["courses"]
    assert len(demo) >= 4 and {c["status"] for c in demo} == {"draft", "published"}
    for course in demo:
        assert courses.api.post(COURSES, json={**course, "slug": course["slug"] + "-" + secrets.token_hex(3)}).status_code == 201
