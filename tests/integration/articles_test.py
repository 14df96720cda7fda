"""Articles and categories: writes, conditional writes, names, pages."""
import re
import secrets
import threading

import pytest

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
ARTICLES, CATEGORIES = "/api/content/api/articles/", "/api/content/api/categories/"


@pytest.fixture(scope="module")
def admin(each_site):
    return each_site.admin()


@pytest.fixture(scope="module")
def anyone(each_site):
    return each_site.api()


def read(api, key, after, **params):
    """An article as it is at or after the position of the answer `after`."""
    return api.get(f"{ARTICLES}{key}/", params=params, headers={"Freshet-Min-Position": after.headers["Freshet-Position"]})


def problem(answer, status, *fields):
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status and body["title"] and body["type"]
    for field in fields:
        assert any(key == field or key.startswith(field + ".") for key in body.get("errors", {})), f"{field} not in {body}"
    return body


# ------------------------------------------------------------ create
def test_a_created_article_has_an_id_a_tag_and_a_position(admin):
    answer = admin.articles.create(slug="created-" + secrets.token_hex(4))
    article = answer.json()
    assert ULID.fullmatch(article["id"]) and article["status"] == "draft" and article["published_at"] is None
    assert re.fullmatch(r'"[a-z0-9]{8}-\d+-[^"]*"', answer.headers["ETag"])
    assert re.fullmatch(r"[a-z0-9]{8}-\d+", answer.headers["Freshet-Position"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", article["created_at"])


def test_a_slug_comes_from_the_english_title_and_thai_alone_gets_one_generated(admin):
    mark = secrets.token_hex(4)
    body = admin.articles.body(title=f"Hello, World & {mark}!")
    del body["slug"]
    assert admin.post(ARTICLES, json=body).json()["slug"] == f"hello-world-{mark}"
    body = admin.articles.body(languages=("th",))
    del body["slug"]
    answer = admin.post(ARTICLES, json=body)
    assert answer.status_code == 201 and SLUG.fullmatch(answer.json()["slug"])


@pytest.mark.parametrize("slug", ["latest", "by_category", "publish", "unpublish", "Upper", "-first", "with space", "under_score", "", "a/b", "ไทย", "a" * 101])
def test_a_slug_that_cannot_be_one_is_refused(admin, slug):
    body = admin.articles.body()
    body["slug"] = slug
    problem(admin.post(ARTICLES, json=body), 400, "slug")


def test_a_taken_slug_is_409_and_is_free_again_after_the_delete(admin):
    slug = "taken-" + secrets.token_hex(4)
    first = admin.articles.create(slug=slug)
    problem(admin.post(ARTICLES, json=admin.articles.body(slug=slug)), 409)
    admin.articles.delete(first.json()["id"])
    admin.articles.create(slug=slug)


def test_a_changed_slug_frees_the_old_one(admin, anyone):
    old, new = "old-" + secrets.token_hex(4), "new-" + secrets.token_hex(4)
    made = admin.articles.create(slug=old, status="published")
    changed = admin.articles.patch(old, {"slug": new})
    assert read(anyone, new, changed).json()["id"] == made.json()["id"]
    assert read(anyone, old, changed).status_code == 404
    admin.articles.create(slug=old)


@pytest.mark.parametrize("change, field", [
    ({"status": "hidden"}, "status"), ({"status": 3}, "status"), ({"translations": []}, "translations"), ({"translations": {}}, "translations"),
    ({"translations": {"de": {"title": "x", "content": ""}}}, "translations"), ({"translations": {"en": {"content": "<p>no title</p>"}}}, "translations"),
    ({"translations": {"en": {"title": " ", "content": ""}}}, "translations"), ({"translations": {"en": {"title": 7, "content": ""}}}, "translations"),
    ({"translations": {"en": "text"}}, "translations"), ({"category": "no-such-category"}, "category"), ({"category": 5}, "category"),
])
def test_an_invalid_field_is_named(admin, change, field):
    problem(admin.post(ARTICLES, json={**admin.articles.body(), **change}), 400, field)


def test_an_unknown_field_is_ignored(admin):
    answer = admin.post(ARTICLES, json={**admin.articles.body(), "colour": "green"})
    assert answer.status_code == 201 and "colour" not in answer.json()


def test_content_is_sanitised_and_plain_text_is_kept_verbatim(admin):
    title = "<b>Plain</b> & simple"
    made = admin.articles.create(title=title, content='<p onclick="x()">Hi<script>alert(1)</script> <a href="javascript:x">l</a></p>').json()
    assert made["title"] == title
    assert "script" not in made["content"] and "onclick" not in made["content"] and "javascript" not in made["content"] and "Hi" in made["content"]


def test_the_largest_article_is_read_back_whole_and_the_next_one_too(admin, anyone):
    content = "กขค" * (512 * 1024 // 3)
    largest = admin.articles.create(content=content, status="published")
    assert read(anyone, largest.json()["id"], largest).json()["content"] == content
    after = admin.articles.create(title="After the largest", status="published")
    assert read(anyone, after.json()["id"], after).json()["title"] == "After the largest"


# ------------------------------------------------------------ change
def test_a_patch_merges_inside_a_language(admin):
    made = admin.articles.create(title="First", title_th="หนึ่ง", content="<p>Kept</p>")
    changed = admin.articles.patch(made.json()["id"], {"translations": {"en": {"title": "Second"}}}).json()
    assert changed["translations"]["en"]["title"] == "Second" and changed["translations"]["en"]["content"] == "<p>Kept</p>"
    assert changed["translations"]["th"]["title"] == "หนึ่ง"


def test_a_put_takes_the_body_of_a_get(admin):
    category = "put-" + secrets.token_hex(4)
    assert admin.post(CATEGORIES, json={"slug": category, "translations": {"en": {"name": "Put"}, "th": {"name": "พุต"}}}).status_code == 201
    made = admin.articles.create(category=category)
    got = read(admin, made.json()["id"], made)
    answer = admin.put(f"{ARTICLES}{made.json()['id']}/", json=got.json(), headers={"If-Match": got.headers["ETag"]})
    assert answer.status_code == 200, answer.text
    changing = {"updated_at"}
    assert {k: v for k, v in answer.json().items() if k not in changing} == {k: v for k, v in got.json().items() if k not in changing}


def test_a_put_replaces_what_it_leaves_out(admin):
    made = admin.articles.create()
    body = admin.articles.body(slug=made.json()["slug"], languages=("en",))
    answer = admin.put(f"{ARTICLES}{made.json()['id']}/", json=body)
    assert answer.status_code == 200 and set(answer.json()["translations"]) == {"en"}


def test_the_second_of_two_editors_gets_412_and_nothing_of_his(admin):
    made = admin.articles.create(title="Start")
    key, tag = made.json()["id"], made.headers["ETag"]
    first = admin.articles.patch(key, {"translations": {"en": {"title": "Editor one"}}}, etag=tag)
    problem(admin.patch(f"{ARTICLES}{key}/", json={"translations": {"en": {"title": "Editor two"}}}, headers={"If-Match": tag}), 412)
    problem(admin.delete(f"{ARTICLES}{key}/", headers={"If-Match": tag}), 412)
    shown = read(admin, key, first)
    assert shown.json()["title"] == "Editor one"
    admin.articles.patch(key, {"translations": {"en": {"title": "Editor two, informed"}}}, etag=shown.headers["ETag"])


def test_of_many_editors_with_the_same_tag_one_wins(admin, each_site):
    made = admin.articles.create(title="Race")
    results, barrier = [], threading.Barrier(12)

    def edit(n):
        api = each_site.admin()
        barrier.wait()
        results.append((api.patch(f"{ARTICLES}{made.json()['id']}/", json={"translations": {"en": {"title": f"Editor {n}"}}},
                                  headers={"If-Match": made.headers["ETag"]}), n))

    threads = [threading.Thread(target=edit, args=(n,)) for n in range(12)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    won = [(answer, n) for answer, n in results if answer.status_code == 200]
    assert sorted(answer.status_code for answer, _ in results) == [200] + [412] * 11
    assert read(admin, made.json()["id"], won[0][0]).json()["title"] == f"Editor {won[0][1]}"


def test_without_a_tag_concurrent_patches_of_different_fields_all_hold(admin, each_site):
    made = admin.articles.create()
    key = made.json()["id"]
    changes = [{"translations": {"en": {"title": "New title"}}}, {"translations": {"th": {"title": "ใหม่"}}}, {"translations": {"en": {"excerpt": "New excerpt"}}}]
    answers, barrier = [], threading.Barrier(len(changes))

    def edit(change):
        api = each_site.admin()
        barrier.wait()
        answers.append(api.patch(f"{ARTICLES}{key}/", json=change))

    threads = [threading.Thread(target=edit, args=(change,)) for change in changes]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert [a.status_code for a in answers] == [200, 200, 200]
    last = max(answers, key=lambda a: int(a.headers["Freshet-Position"].split("-")[1]))
    shown = read(admin, key, last).json()["translations"]
    assert (shown["en"]["title"], shown["th"]["title"], shown["en"]["excerpt"]) == ("New title", "ใหม่", "New excerpt")


def test_publishing_again_keeps_the_first_time_of_publication(admin):
    key = admin.articles.create(status="published").json()["id"]
    first = admin.articles.patch(key, {"translations": {"en": {"title": "Edited"}}}).json()["published_at"]
    admin.articles.patch(key, {"status": "draft"})
    assert first and admin.articles.patch(key, {"status": "published"}).json()["published_at"] == first


def test_a_deleted_article_is_gone_and_says_404_to_every_change(admin, anyone):
    made = admin.articles.create(status="published")
    key = made.json()["id"]
    gone = admin.articles.delete(key)
    assert read(anyone, key, gone).status_code == 404
    problem(admin.patch(f"{ARTICLES}{key}/", json={"status": "draft"}), 404)
    problem(admin.delete(f"{ARTICLES}{key}/"), 404)


# ------------------------------------------------------------ bulk
def test_a_bulk_publish_with_one_unknown_id_changes_nothing_and_names_it(admin):
    ids = [admin.articles.create().json()["id"] for _ in range(5)]
    unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    answer = admin.post(ARTICLES + "publish/", json={"ids": ids[:3] + [unknown] + ids[3:]})
    problem(answer, 404)
    assert unknown in answer.text
    last = admin.articles.create()
    for id in ids:
        assert read(admin, id, last).json()["status"] == "draft"


@pytest.mark.parametrize("body", [{"ids": ["not-an-id"]}, {"ids": "all"}, {"ids": [7]}, {"ids": []}, {}, []])
def test_a_bulk_publish_of_no_ids_is_refused(admin, body):
    problem(admin.post(ARTICLES + "publish/", json=body), 400)


def test_bulk_publish_and_unpublish_are_whole(admin):
    ids = [admin.articles.create().json()["id"] for _ in range(10)]
    published = admin.articles.publish(ids)
    assert {read(admin, id, published).json()["status"] for id in ids} == {"published"}
    answer = admin.post(ARTICLES + "unpublish/", json={"ids": ids})
    assert answer.status_code == 200 and {read(admin, id, answer).json()["status"] for id in ids} == {"draft"}


def test_an_id_named_twice_in_a_bulk_call_is_published_once(admin):
    id = admin.articles.create().json()["id"]
    published = admin.articles.publish([id, id])
    assert read(admin, id, published).json()["status"] == "published"


# ------------------------------------------------------------ languages and categories
def test_an_article_in_one_language_is_shown_in_that_one_and_says_so(admin, anyone):
    made = admin.articles.create(languages=("en",), status="published")
    shown = read(anyone, made.json()["id"], made, language="th").json()
    assert shown["language"] == "en" and shown["title"] == "A title"
    problem(anyone.get(ARTICLES, params={"language": "de"}), 400)


def test_a_renamed_category_shows_on_its_articles_and_changes_their_tags(admin, anyone):
    slug = "cat-" + secrets.token_hex(4)
    assert admin.post(CATEGORIES, json={"slug": slug, "translations": {"en": {"name": "Before"}, "th": {"name": "ก่อน"}}}).status_code == 201
    made = admin.articles.create(category=slug, status="published")
    before = read(anyone, made.json()["id"], made)
    assert before.json()["category"] == {"slug": slug, "name": "Before"}
    renamed = admin.patch(f"{CATEGORIES}{slug}/", json={"translations": {"en": {"name": "After"}}})
    assert renamed.status_code == 200, renamed.text
    after = read(anyone, made.json()["id"], renamed)
    assert after.json()["category"] == {"slug": slug, "name": "After"} and after.headers["ETag"] != before.headers["ETag"]


def test_a_taken_category_slug_is_409(admin):
    body = {"slug": "cat-" + secrets.token_hex(4), "translations": {"en": {"name": "One"}, "th": {"name": "หนึ่ง"}}}
    assert admin.post(CATEGORIES, json=body).status_code == 201
    problem(admin.post(CATEGORIES, json=body), 409)


# ------------------------------------------------------------ pages
@pytest.fixture(scope="module")
def shelf(admin):
    """45 published articles in a category of their own."""
    slug = "shelf-" + secrets.token_hex(4)
    assert admin.post(CATEGORIES, json={"slug": slug, "translations": {"en": {"name": "Shelf"}, "th": {"name": "ชั้น"}}}).status_code == 201
    ids = [admin.articles.create(category=slug, title=f"Book {n}").json()["id"] for n in range(45)]
    position = admin.articles.publish(ids).headers["Freshet-Position"]
    return slug, position


def test_pages_hold_twenty_and_link_to_each_other(anyone, shelf):
    slug, position = shelf
    seen, path, counts = [], f"{ARTICLES}?category={slug}", []
    while path:
        answer = anyone.get(path, headers={"Freshet-Min-Position": position})
        page = answer.json()
        seen += [item["id"] for item in page["results"]]
        counts.append(len(page["results"]))
        if page["next"]:
            assert 'rel="next"' in answer.headers["Link"] and f"category={slug}" in page["next"]
        path = page["next"]
    assert counts == [20, 20, 5] and len(set(seen)) == 45 and page["count"] == 45 and page["previous"]


@pytest.mark.parametrize("query, status", [
    ("page=0", 400), ("page=-1", 400), ("page=x", 400), ("page=", 400), ("page=1.5", 400), ("page=99999999999999999999", 400), ("page_size=0", 400),
    ("page_size=x", 400), ("page=4", 404), ("page=3", 200), ("page_size=100", 200), ("page_size=101", 200), ("page=1&page_size=45", 200), ("cursor=garbage", 400),
])
def test_page_parameters(anyone, shelf, query, status):
    answer = anyone.get(f"{ARTICLES}?category={shelf[0]}&{query}", headers={"Freshet-Min-Position": shelf[1]})
    if status == 200:
        assert answer.status_code == 200, answer.text
    else:
        problem(answer, status)


def test_a_page_size_over_100_is_100(admin, anyone, shelf):
    answer = anyone.get(ARTICLES, params={"page_size": 1000})
    assert answer.status_code == 200 and len(answer.json()["results"]) <= 100
    assert len(anyone.get(f"{ARTICLES}?category={shelf[0]}&page_size=101", headers={"Freshet-Min-Position": shelf[1]}).json()["results"]) == 45


def test_keyset_pages_neither_skip_nor_repeat_while_articles_arrive(admin, anyone, shelf):
    slug, position = shelf
    answer = anyone.get(f"{ARTICLES}?category={slug}&cursor=", headers={"Freshet-Min-Position": position})
    page = answer.json()
    seen = [item["id"] for item in page["results"]]
    while page["next"]:
        position = admin.articles.create(category=slug, status="published", title="Arrived while paging").headers["Freshet-Position"]
        page = anyone.get(page["next"], headers={"Freshet-Min-Position": position}).json()
        seen += [item["id"] for item in page["results"]]
    assert len(seen) == len(set(seen)) >= 45
