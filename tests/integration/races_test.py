"""Many clients at once: names, answers that must not be mixed up, reads after writes."""
import re
import secrets
import threading

from harness import together

ARTICLES = "/api/content/api/articles/"


def test_of_twenty_clients_that_claim_one_slug_one_wins(each_site):
    for _ in range(5):
        slug = "wanted-" + secrets.token_hex(4)
        clients = [each_site.admin() for _ in range(20)]
        answers = together([lambda c=c, n=n: c.post(ARTICLES, json=c.articles.body(slug=slug, title=f"Client {n}")) for n, c in enumerate(clients)])
        assert sorted(a.status_code for a in answers) == [201] + [409] * 19, [a.text for a in answers if a.status_code not in (201, 409)]
        winner = next(a for a in answers if a.status_code == 201)
        shown = clients[0].articles.get(slug, min_position=winner.headers["Freshet-Position"])
        assert shown.json()["id"] == winner.json()["id"]
        for client in clients:
            client.close()


def test_of_ten_people_who_want_one_name_one_gets_it(each_site):
    name = "wanted-" + secrets.token_hex(4)
    forms = [name, name.upper(), name.capitalize()] * 4
    answers = together([lambda n=n, f=f: each_site.api().post("/api/users/", json={"username": f, "password": f"password number {n}"}) for n, f in enumerate(forms[:10])])
    assert sorted(a.status_code for a in answers) == [201] + [409] * 9


def test_concurrent_users_never_get_each_others_answers(each_site):
    """Every request can be told from its answer: profile, article, search and missing name each carry a mark of the asker."""
    admin = each_site.admin()
    people = []
    for n in range(8):
        name, password = each_site.new_user()
        mark = secrets.token_hex(6)
        made = admin.articles.create(slug=f"mine-{mark}", title=f"Mine {mark}", content=f"<p>{mark}</p>" * 50, status="published")
        people.append((name, mark, made.json()["id"], each_site.login(name, password)["access"]))
        last = made.headers["Freshet-Position"]
    each_site.api().get(ARTICLES, headers={"Freshet-Min-Position": last})

    def client(name, mark, id, access):
        api, wrong = each_site.api(access), []
        for n in range(40):
            profile = api.get("/api/users/me/")
            one = api.get(f"{ARTICLES}{id}/")
            search = api.get(ARTICLES, params={"search": mark})
            missing = api.get(f"{ARTICLES}missing-{mark}-{n}/")
            if profile.status_code != 200 or profile.json()["username"] != name:
                wrong.append(profile.text)
            if one.status_code != 200 or one.json()["title"] != f"Mine {mark}":
                wrong.append(one.text[:300])
            if search.status_code != 200 or [item["id"] for item in search.json()["results"]] != [id]:
                wrong.append(search.text[:300])
            if missing.status_code != 404:
                wrong.append(missing.text[:300])
        api.close()
        return wrong

    wrong = together([lambda p=p: client(*p) for p in people])
    assert wrong == [[]] * len(people)


def test_a_client_reads_its_own_writes_under_load(each_site):
    stop = threading.Event()

    def noise():
        api = each_site.api()
        while not stop.is_set():
            api.get(ARTICLES)
        api.close()

    def writer(n):
        api = each_site.admin()
        made = api.articles.create(title=f"Writer {n}", status="published")
        for k in range(15):
            changed = api.articles.patch(made.json()["id"], {"translations": {"en": {"title": f"Writer {n} says {k}"}}})
            read = api.articles.get(made.json()["id"], min_position=changed.headers["Freshet-Position"])
            assert read.json()["title"] == f"Writer {n} says {k}"
            listed = each_site.api().get(ARTICLES, params={"page_size": 100, "search": f'"Writer {n} says {k}"'}, headers={"Freshet-Min-Position": changed.headers["Freshet-Position"]})
            assert listed.status_code == 200
        api.close()

    noises = [threading.Thread(target=noise) for _ in range(4)]
    [t.start() for t in noises]
    try:
        together([lambda n=n: writer(n) for n in range(4)])
    finally:
        stop.set()
        [t.join() for t in noises]


def test_lists_that_are_remembered_are_never_older_than_what_was_read_before(each_site):
    """One client reads the list in a loop while another publishes: positions never go back on one connection's answers."""
    admin, seen, stop = each_site.admin(), [], threading.Event()

    def reader():
        api = each_site.api()
        while not stop.is_set():
            answer = api.get(ARTICLES)
            assert answer.status_code == 200, answer.text
            seen.append((int(answer.headers["Freshet-Position"].split("-")[1]), answer.headers["ETag"], answer.json()["results"][0]["title"] if answer.json()["results"] else ""))
        api.close()

    thread = threading.Thread(target=reader)
    thread.start()
    for n in range(60):
        admin.articles.create(title=f"Count {n:03d}", status="published")
    stop.set()
    thread.join()
    counts = [int(m.group(1)) for _, _, title in seen if (m := re.fullmatch(r"Count (\d+)", title))]
    assert counts == sorted(counts), "a list went back in time"
    tags = {}
    for _, tag, title in seen:
        assert tags.setdefault(tag, title) == title, "one tag named two answers"
    assert len(set(counts)) > 5, "the reader saw hardly anything"


def test_two_batches_that_share_an_article_are_both_whole(each_site):
    admin = each_site.admin()
    ids = [admin.articles.create().json()["id"] for _ in range(30)]
    groups = [ids[n:n + 15] for n in (0, 5, 10, 15)]
    answers = together([lambda g=g: each_site.admin().post(ARTICLES + "publish/", json={"ids": g}) for g in groups])
    assert {a.status_code for a in answers} <= {200, 409, 503}, [a.text for a in answers]
    position = max((a.headers["Freshet-Position"] for a in answers if a.status_code == 200), key=lambda p: int(p.split("-")[1]))
    status = {id: admin.articles.get(id, min_position=position).json()["status"] for id in ids}
    for group, answer in zip(groups, answers):
        if answer.status_code == 200:
            assert {status[id] for id in group} == {"published"}
    assert any(a.status_code == 200 for a in answers)
