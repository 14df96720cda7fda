"""The broker's own side: what it says of itself, what it does without NATS, with requests that never end, and with streams that have far to go."""
import asyncio
import http.client
import json
import socket
import time

import nats
import pytest
from harness import ORIGIN, EventStream, eventually

PATH = "/api/content/events/article-updates-en/"
SETTINGS = {"FRESHET_RING_EVENTS": "20"}


def ask(site, method, path, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", site.ports["broker"], timeout=5)
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    return answer, answer.read().decode()


def metric(site, name):
    _, text = ask(site, "GET", "/metrics")
    return next(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.rsplit(" ", 1)[0] == name)


def publish(articles, count):
    made = [articles.create(title=f"Article {n}", status="published") for n in range(count)]
    return [(one.json()["id"], one.headers["Freshet-Position"]) for one in made]


def wait_for(stream, id, timeout=10):
    return stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == id, timeout)


def seen(stream):
    return [e.json["article"]["id"] for e in list(stream.events) if e.type == "message"]


def test_metrics_count_what_happens(site, closing):
    articles = site.admin().articles
    before = metric(site, "freshet_broker_deliveries_total")
    streams = [closing(site.stream()).wait_open() for _ in range(3)]
    assert metric(site, "freshet_broker_streams") == 3
    made = publish(articles, 2)
    for stream in streams:
        wait_for(stream, made[-1][0])
    assert metric(site, "freshet_broker_deliveries_total") == before + 6
    for stream in streams:
        stream.close()
    eventually(lambda: metric(site, "freshet_broker_streams") == 0)


def test_the_broker_answers_on_nats(site, closing):
    closing(site.stream()).wait_open()

    async def request(subject):
        connection = await nats.connect(site.nats_url("operator"), inbox_prefix=b"_INBOX_operator")
        try:
            return json.loads((await connection.request(subject, b"", timeout=3)).data)
        finally:
            await connection.close()

    health = asyncio.run(request("broker.health"))
    assert health["status"] == "ok" and health["connections"] >= 1
    assert asyncio.run(request("broker.connections"))["streams"] >= 1


def test_a_stream_can_be_asked_for_its_head_and_its_rules(site):
    head, body = ask(site, "HEAD", PATH)
    assert head.status == 200 and head.headers["Content-Type"] == "text/event-stream" and body == ""
    preflight, _ = ask(site, "OPTIONS", PATH, {"Origin": ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "last-event-id"})
    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN and "Last-Event-ID" in preflight.headers["Access-Control-Allow-Headers"]


def test_small_answers_share_a_connection(site):
    connection = http.client.HTTPConnection("127.0.0.1", site.ports["broker"], timeout=5)
    for path, status in [("/healthz", 200), ("/nothing", 404), ("/readyz", 200), ("/metrics", 200)]:
        connection.request("GET", path)
        assert connection.getresponse().read() is not None
        used = connection.sock
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == status and answer.read() and connection.sock is used


def test_a_request_that_never_ends_is_closed(site):
    """One byte a second is not enough to keep a connection (slowloris)."""
    with socket.create_connection(("127.0.0.1", site.ports["broker"]), 5) as slow:
        begin = time.monotonic()
        slow.settimeout(1)
        slow.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nA: ")
        while time.monotonic() - begin < 15:
            try:
                slow.sendall(b"a")
                if slow.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert 8 < time.monotonic() - begin < 13


def test_a_resume_from_far_back_goes_on_over_kill_9_of_the_broker(own_site, closing):
    articles = own_site.admin().articles
    made = publish(articles, 60)
    stream = closing(own_site.stream(last_event_id=made[0][1], reconnect=True))
    wait_for(stream, made[-1][0])
    own_site.part("broker").kill()
    made += publish(articles, 40)
    own_site.start("broker")
    own_site.wait_ready()
    made += publish(articles, 1)
    wait_for(stream, made[-1][0], 15)
    assert seen(stream) == [id for id, _ in made[1:]] and stream.resets == 0


def test_streams_hear_that_nats_is_away_and_back(own_site, closing):
    articles = own_site.admin().articles
    stream = closing(own_site.stream()).wait_open()
    own_site.part("nats").kill()
    stream.wait_comment("degraded", 10)
    late = closing(own_site.stream()).wait_open()
    late.wait_comment("degraded", 5)
    assert ask(own_site, "GET", "/readyz")[0].status == 503
    own_site.start("nats")
    stream.wait_comment("live", 15)
    late.wait_comment("live", 15)
    own_site.wait_ready()
    made = publish(articles, 2)
    for each in (stream, late):
        wait_for(each, made[-1][0])
        assert seen(each) == [id for id, _ in made] and each.resets == 0 and each.connects == 1


def test_a_broker_without_nats_waits_and_tells_streams_to_come_back(own_site, closing):
    own_site.part("broker").kill()
    own_site.part("nats").kill()
    own_site.start("broker")
    own_site.wait_port("broker")
    answer, body = ask(own_site, "GET", "/readyz")
    assert answer.status == 503 and set(json.loads(body)["missing"]) == {"nats", "log", "ring"}
    assert ask(own_site, "GET", "/healthz")[0].status == 200
    answer, body = ask(own_site, "GET", PATH)
    assert answer.status == 200 and answer.headers["Content-Type"] == "text/event-stream" and body.startswith("retry: ")
    stream = closing(own_site.stream(reconnect=True, retry_s=0.2))
    own_site.start("nats")
    own_site.wait_ready()
    stream.wait_open(10)


@pytest.mark.parametrize("reset", ["too old", "new epoch"])
def test_a_log_that_has_lost_what_a_client_needs_says_so(own_site, closing, reset):
    articles = own_site.admin().articles
    made = publish(articles, 40)
    live = closing(own_site.stream()).wait_open()
    epoch = made[0][1].split("-")[0]

    async def change():
        connection = await nats.connect(own_site.nats_url("operator"), inbox_prefix=b"_INBOX_operator")
        try:
            if reset == "too old":  # everything is purged and the epoch said again
                last = (await connection.jetstream().publish("log.epoch", json.dumps({"epoch": epoch}).encode())).seq
                await connection.request("$JS.API.STREAM.PURGE.LOG", json.dumps({"seq": last}).encode(), timeout=3)
            else:
                await connection.jetstream().publish("log.epoch", b'{"epoch":"newepoch"}')
        finally:
            await connection.close()

    asyncio.run(change())
    reason = "too-old" if reset == "too old" else "other-epoch"
    behind = closing(EventStream(own_site.broker_url, PATH, last_event_id=made[2][1]))
    event = behind.wait(lambda e: e.type == "stream-reset")
    assert event.json["reason"] == reason and behind.status == 200
    if reset == "new epoch":
        assert live.wait(lambda e: e.type == "stream-reset", 10).json["position"].startswith("newepoch-")
