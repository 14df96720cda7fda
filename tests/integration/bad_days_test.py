"""The issue's bad days: kill -9 of each process under load, a damaged read model, nats-server away, bad networks between the parts."""
import pathlib
import secrets
import shutil
import sqlite3
import threading
import time

import httpx
import pytest
from harness import Site, eventually
from harness.chaos_proxy import ChaosProxy

ARTICLES = "/api/content/api/articles/"


class Editors:
    """Editors that publish and change articles without pause, whatever happens, and keep the books.

    acknowledged   (id, title, sequence) of every write that was answered with 2xx
    A write without an answer may or may not have happened: its title is in `unknown`.
    """

    def __init__(self, site, count=3):
        self.site, self.stop_now = site, threading.Event()
        self.acknowledged, self.unknown, self.refusals, self.wrong = [], set(), [], []
        self.token = site.login()["access"]
        self.threads = [threading.Thread(target=self._edit, args=(n,), daemon=True) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def _edit(self, who):
        api = self.site.api(self.token)
        n, id = 0, None
        while not self.stop_now.is_set():
            n += 1
            title = f"Editor {who} write {n} {secrets.token_hex(3)}"
            try:
                if id is None or n % 10 == 0:
                    answer = api.post(ARTICLES, json=api.articles.body(title=title, status="published"))
                else:
                    answer = api.patch(f"{ARTICLES}{id}/", json={"translations": {"en": {"title": title}}})
            except httpx.TransportError:
                self.unknown.add(title)
                time.sleep(0.02)
                continue
            if answer.status_code in (200, 201):
                id = answer.json()["id"]
                self.acknowledged.append((id, title, int(answer.headers["Freshet-Position"].split("-")[1])))
            elif answer.status_code == 503:
                self.unknown.add(title)
                self.refusals.append(answer)
                time.sleep(0.02)
            else:
                self.wrong.append((answer.status_code, answer.text[:300]))
                time.sleep(0.02)
        api.close()

    def stop(self):
        self.stop_now.set()
        for thread in self.threads:
            thread.join(30)
            assert not thread.is_alive(), "an editor is stuck"

    def wait_progress(self, more=10, timeout=30):
        start = len(self.acknowledged)
        eventually(lambda: len(self.acknowledged) >= start + more, timeout, what=f"{more} more writes are acknowledged; refusals: {[r.text for r in self.refusals[-2:]]}")


def check_the_books(site, editors, streams):
    """Nothing acknowledged is lost, no client is stuck, no event came twice; the read model agrees with the log."""
    assert editors.wrong == [], editors.wrong[:5]
    last = max(sequence for _, _, sequence in editors.acknowledged)
    for stream in streams:
        def caught_up(stream=stream):
            return any(e.type == "message" and int(e.id.split("-")[1]) >= last for e in reversed(list(stream.events)))
        eventually(caught_up, 20, what="the stream has caught up")
        ids = [e.id for e in stream.events if e.type == "message"]
        assert len(ids) == len(set(ids)), "an event came twice"
        assert ids == sorted(ids, key=lambda p: int(p.split("-")[1])), "events came out of order"
        assert stream.resets == 0
        shown = {(e.json["article"]["id"], e.json["article"]["title"]) for e in stream.events if e.type == "message"}
        lost = [(id, title) for id, title, _ in editors.acknowledged if (id, title) not in shown]
        assert lost == [], f"{len(lost)} acknowledged writes are not on the stream: {lost[:3]}"
    site.wait_ready()
    newest = {}
    for id, title, sequence in editors.acknowledged:
        if sequence > newest.get(id, ("", 0))[1]:
            newest[id] = (title, sequence)
    api = site.api(headers={"Freshet-Min-Position": f"{streams[0].last_id.split('-')[0]}-{last}"})
    for id, (title, _) in newest.items():
        # A part that has just come back may still say 503; what it shows once it answers has to be right.
        shown = eventually(lambda id=id: api.articles.get(id).json()["title"], 20, what="the article can be read")
        assert shown == title or shown in editors.unknown, f"{id}: {shown!r} instead of {title!r}"


@pytest.fixture
def busy(own_site):
    """A site under load with two clients that reconnect as EventSource does."""
    streams = [own_site.stream("en", reconnect=True).wait_open(), own_site.stream("th", reconnect=True).wait_open()]
    editors = Editors(own_site)
    editors.wait_progress(20)
    yield own_site, editors, streams[:1]
    editors.stop_now.set()
    for stream in streams:
        stream.close()


# ------------------------------------------------------------ kill -9
@pytest.mark.parametrize("name", ["nats", "store", "functions", "broker"])
def test_kill_9_under_load_loses_nothing_and_repeats_nothing(busy, name):
    site, editors, streams = busy
    for _ in range(3):
        site.part(name).kill()
        time.sleep(0.3)
        site.start(name)
        editors.wait_progress(10)
        site.wait_ready()
    editors.wait_progress(20)
    editors.stop()
    check_the_books(site, editors, streams)


def test_kill_9_of_everything_at_once(busy):
    site, editors, streams = busy
    for part in site.parts.values():
        part.kill()
    time.sleep(0.5)
    site.start("nats", "store", "functions", "broker")
    site.wait_ready()
    editors.wait_progress(20)
    editors.stop()
    check_the_books(site, editors, streams)


def test_kill_9_in_any_order_of_starting_again(busy):
    """Parts come back in an order that no one would choose; the last one is nats-server."""
    site, editors, streams = busy
    for part in site.parts.values():
        part.kill()
    for name in ("functions", "broker", "store", "nats"):
        site.start(name)
        time.sleep(0.7)
    site.wait_ready()
    editors.wait_progress(20)
    editors.stop()
    check_the_books(site, editors, streams)


def test_a_stop_is_polite(own_site):
    """SIGTERM: each of our own processes ends by itself within its drain, with exit code 0."""
    with own_site.stream() as stream:
        stream.wait_open()
        assert own_site.part("broker").stop() == 0


# ------------------------------------------------------------ the read model
def store_files(site):
    return sorted(p for p in pathlib.Path(site.data, "store").rglob("*") if p.is_file())


def listing(api):
    return api.articles.all_slugs()


@pytest.mark.parametrize("damage", ["deleted", "emptied", "cut", "overwritten", "garbage in the middle", "no database", "an old schema"])
def test_a_damaged_read_model_is_rebuilt_from_the_log(own_site, damage):
    site, articles = own_site, own_site.admin().articles
    for n in range(60):
        last = articles.create(title=f"Kept {n}", content="<p>" + f"words {n} " * 200 + "</p>", status="published" if n % 3 else "draft")
    position = {"Freshet-Min-Position": last.headers["Freshet-Position"]}
    before = site.api(headers=position).articles.all_slugs()
    assert len(before) == 40
    site.part("store").kill()
    files = store_files(site)
    assert files, "the store keeps no file"
    for path in files:
        if not path.exists():
            continue  # a journal, gone with the file it belonged to
        data = path.read_bytes()
        if damage == "deleted":
            path.unlink()
        elif damage == "emptied":
            path.write_bytes(b"")
        elif damage == "cut":
            path.write_bytes(data[:len(data) // 2 + 100])
        elif damage == "overwritten":
            path.write_bytes(secrets.token_bytes(len(data)))
        elif damage == "garbage in the middle":
            middle = len(data) // 2
            path.write_bytes(data[:4096] + secrets.token_bytes(len(data) - 8192) + data[-4096:] if len(data) > 8192 else data[:middle] + secrets.token_bytes(64) + data[middle:])
        elif damage == "no database":
            path.write_text("this is not a database\n" * 100)
        elif damage == "an old schema":
            path.unlink()
            database = sqlite3.connect(path)
            database.execute("create table article (id text)")
            database.commit()
            database.close()
    site.start("store")
    site.wait_ready()
    again = site.api(headers=position)
    assert again.articles.all_slugs() == before
    assert again.get(ARTICLES, params={"search": "words"}).json()["count"] == 40


def test_a_rebuild_while_editors_write_ends_with_everything(busy):
    site, editors, streams = busy
    site.part("store").kill()
    for path in store_files(site):
        path.unlink()
    site.start("store")
    editors.wait_progress(20)
    editors.stop()
    check_the_books(site, editors, streams)


# ------------------------------------------------------------ a part is away
def refused_at_once(site, method, path, **options):
    begin = time.monotonic()
    answer = site.api(timeout=10.0).request(method, path, **options)
    took = time.monotonic() - begin
    assert answer.status_code == 503, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
    assert answer.headers["Content-Type"].startswith("application/problem+json") and int(answer.headers["Retry-After"]) >= 0
    assert took < 1.0, f"{method} {path} took {took:.1f} s to say so"


@pytest.mark.parametrize("reuse", ["on", "off"])
def test_nats_away_is_a_503_at_once_streams_stay_open_and_all_recovers_alone(request, closing, reuse):
    site = Site({"FRESHET_REUSE": reuse}, name="away")
    request.addfinalizer(site.down)
    site.up()
    articles = site.admin().articles
    made = articles.create(title="Before", status="published")
    site.api().articles.get(made.json()["id"], min_position=made.headers["Freshet-Position"])
    stream = closing(site.stream()).wait_open()
    token = {"Authorization": articles.api.http.headers["Authorization"]}
    site.part("nats").kill()
    for _ in range(3):
        refused_at_once(site, "GET", ARTICLES + "?search=" + secrets.token_hex(4))
        refused_at_once(site, "GET", f"{ARTICLES}never-read-before/")
        refused_at_once(site, "POST", ARTICLES, json=articles.body(), headers=token)
        refused_at_once(site, "PATCH", f"{ARTICLES}{made.json()['id']}/", json={"status": "draft"}, headers=token)
        refused_at_once(site, "POST", "/api/token/", json={"username": "admin", "password": "x"})
    assert site.api().get("/healthz").status_code == 200
    assert site.api().get("/readyz").status_code == 503
    stream.wait_comment("degraded", timeout=15)
    assert not stream.ended
    time.sleep(1)
    site.start("nats")
    def works():
        answer = articles.api.post(ARTICLES, json=articles.body(title="After", status="published"))
        return answer if answer.status_code == 201 else None
    after = eventually(works, 20, what="a write works again")
    stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == after.json()["id"], timeout=20)
    assert stream.connects == 1 and not stream.ended
    found = eventually(lambda: site.api().get(f"{ARTICLES}{after.json()['id']}/").status_code == 200, 20, what="a read works again")
    assert found
    site.wait_ready()


def test_a_client_that_connects_while_nats_is_away_is_not_sent_away(own_site, closing):
    articles = own_site.admin().articles
    made = articles.create(title="Before", status="published")
    own_site.part("nats").kill()
    time.sleep(0.5)
    stream = closing(own_site.stream(last_event_id=made.headers["Freshet-Position"], reconnect=True))
    eventually(lambda: stream.status is not None)
    assert stream.status == 200
    own_site.start("nats")
    own_site.wait_ready()
    after = eventually(lambda: (a := articles.api.post(ARTICLES, json=articles.body(status="published"))).status_code == 201 and a, 20)
    stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == after.json()["id"], timeout=20)
    assert stream.resets == 0


def test_the_store_away_reads_are_503_writes_and_streams_go_on(own_site, closing):
    site, articles = own_site, own_site.admin().articles
    made = articles.create(status="published")
    stream = closing(site.stream()).wait_open()
    site.part("store").kill()
    token = {"Authorization": articles.api.http.headers["Authorization"]}
    eventually(lambda: site.api().get(f"{ARTICLES}?search={secrets.token_hex(4)}").status_code == 503, 5)
    refused_at_once(site, "GET", f"{ARTICLES}?search={secrets.token_hex(4)}", headers=token)
    changed = articles.patch(made.json()["id"], {"translations": {"en": {"title": "Written without a store"}}})
    stream.wait(lambda e: e.type == "message" and e.json["article"]["title"] == "Written without a store", timeout=3)
    site.start("store")
    site.wait_ready()
    assert site.api().articles.get(made.json()["id"], min_position=changed.headers["Freshet-Position"]).json()["title"] == "Written without a store"


def test_functions_away_streams_are_unaffected(own_site, closing):
    stream = closing(own_site.stream()).wait_open()
    own_site.part("functions").kill()
    time.sleep(1)
    assert not stream.ended
    own_site.start("functions")
    own_site.wait_ready()
    made = own_site.admin().articles.create(status="published")
    stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == made.json()["id"])


# ------------------------------------------------------------ bad networks
def behind_proxy(request, name):
    """A site whose part `name` reaches nats-server through a proxy."""
    site = Site(name="proxied")
    proxy = ChaosProxy(site.ports["nats"])
    request.addfinalizer(proxy.close)
    request.addfinalizer(site.down)
    site.overrides[name] = {"FRESHET_NATS_PORT": str(proxy.port)}
    site.up()
    assert proxy.accepted > 0
    return site, proxy


@pytest.mark.parametrize("piece", [1, 7, 1000])
@pytest.mark.parametrize("name", ["functions", "store", "broker"])
def test_nats_in_slices_changes_nothing(request, closing, name, piece):
    site, proxy = behind_proxy(request, name)
    articles = site.admin().articles
    stream = closing(site.stream()).wait_open()
    proxy.slice(piece)
    content = "<p>" + "x" * (300 if piece < 1000 else 20_000) + "</p>"
    for n in range(3):
        made = articles.create(title=f"In slices {n}", content=content, status="published")
        stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == made.json()["id"], timeout=30)
        eventually(lambda: site.api(timeout=30).get(f"{ARTICLES}{made.json()['id']}/").json().get("content") == content, 30)


@pytest.mark.parametrize("how", ["cut", "half_open", "stall"])
@pytest.mark.parametrize("name", ["functions", "store", "broker"])
def test_a_connection_to_nats_that_breaks_heals_by_itself(request, closing, name, how):
    site, proxy = behind_proxy(request, name)
    stream = closing(site.stream(reconnect=True)).wait_open()
    editors = Editors(site, count=2)
    request.addfinalizer(editors.stop_now.set)
    editors.wait_progress(10)
    for _ in range(2):
        getattr(proxy, how)()
        time.sleep(1.5)
        proxy.heal()
        editors.wait_progress(10, timeout=60)
    editors.stop()
    check_the_books(site, editors, [stream])


def test_a_frozen_nats_is_a_503_within_the_deadline(own_site):
    """SIGSTOP: connections are open and nobody answers. Requests end by their own deadline, not by the client's."""
    site, nats = own_site, own_site.part("nats")
    site.api().get(ARTICLES)
    nats.freeze()
    try:
        begin = time.monotonic()
        answer = site.api(timeout=15.0).get(f"{ARTICLES}?search={secrets.token_hex(4)}")
        assert answer.status_code == 503 and "Retry-After" in answer.headers
        assert time.monotonic() - begin < 8
    finally:
        nats.thaw()
    eventually(lambda: site.api().get(f"{ARTICLES}?search={secrets.token_hex(4)}").status_code == 200, 20)


# ------------------------------------------------------------ a new log
def test_clients_of_a_lost_log_are_told_to_start_again(own_site, closing):
    """The data folder is gone (a machine is replaced): another epoch. Nobody waits for positions of the old log."""
    site = own_site
    made = site.admin().articles.create(status="published")
    old = made.headers["Freshet-Position"]
    for part in site.parts.values():
        part.kill()
    shutil.rmtree(site.data / "nats")
    site.start("nats")
    site.wait_port("nats")
    site.command("init")
    site.start("store", "functions", "broker")
    site.wait_ready()
    stream = closing(site.stream(last_event_id=old))
    reset = stream.wait(lambda e: e.type == "stream-reset")
    assert reset.json["position"].split("-")[0] != old.split("-")[0]
    answer = site.api().get(ARTICLES)
    assert answer.status_code == 200 and answer.json()["count"] == 0, "the read model still shows the old log"
    assert site.api().get(ARTICLES, headers={"If-None-Match": made.headers["ETag"]}).status_code == 200
