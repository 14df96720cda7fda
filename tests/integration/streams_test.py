"""CONTRACT 8 on SSE: opening, resume without gap or repeat, reset, heartbeats, origins, caps, the end."""
import http.client
import socket
import threading
import time

import pytest
from harness import ORIGIN, EventStream, Site, eventually

PATH = "/api/content/events/article-updates-en/"
SETTINGS = {"FRESHET_RING_EVENTS": "50"}  # small, so that resumes also come from the log


@pytest.fixture(scope="module")
def articles(site):
    return site.admin().articles


def publish(articles, count, title="Published"):
    """Publishes and returns the ids with the positions of their events, in order."""
    out = []
    for n in range(count):
        made = articles.create(title=f"{title} {n}", status="published")
        out.append((made.json()["id"], made.headers["Freshet-Position"]))
    return out


def got(stream, ids):
    """The ids of `ids` in the order in which the stream showed them, repeats included."""
    return [e.json["article"]["id"] for e in list(stream.events) if e.type == "message" and e.json["article"]["id"] in ids]


def wait_for(stream, id, timeout=5):
    return stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == id, timeout)


# ------------------------------------------------------------ opening
def test_a_stream_opens_with_its_position_and_the_headers_that_no_proxy_may_buffer(site, articles, closing):
    last = publish(articles, 1)[0][1]
    eventually(lambda: site.api().get("/readyz").status_code == 200)
    stream = closing(site.stream()).wait_open()
    assert stream.status == 200
    headers = stream.response_headers
    assert headers["content-type"].startswith("text/event-stream") and headers["x-accel-buffering"] == "no"
    assert {p.strip() for p in headers["cache-control"].split(",")} == {"no-store", "no-transform"}
    opening = stream.events[0]
    assert opening.type == "stream-open" and opening.id.split("-")[0] == last.split("-")[0]
    assert int(opening.id.split("-")[1]) >= int(last.split("-")[1])


def test_the_first_bytes_come_at_once(site):
    begin = time.monotonic()
    with site.stream() as stream:
        stream.wait_open(1.0)
    assert time.monotonic() - begin < 1.0


def test_a_keep_alive_comes_within_twenty_seconds(site, closing):
    stream = closing(site.stream()).wait_open()
    stream.wait(lambda e: e.type == "keep-alive", timeout=21)


@pytest.mark.parametrize("path, status", [("/api/content/events/article-updates-de/", 404), ("/api/content/events/", 404), ("/events/nothing/", 404)])
def test_a_stream_that_is_none_is_404(site, closing, path, status):
    assert closing(EventStream(site.broker_url, path)).wait_ended().status == status


def test_a_path_without_its_last_slash_streams_too(site, closing):
    closing(EventStream(site.broker_url, PATH.rstrip("/"))).wait_open()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_stream_is_only_read(site, method):
    connection = http.client.HTTPConnection("127.0.0.1", site.ports["broker"], timeout=5)
    connection.request(method, PATH)
    answer = connection.getresponse()
    assert answer.status == 405 and "GET" in answer.headers["Allow"]


# ------------------------------------------------------------ resume
@pytest.mark.parametrize("how", ["header", "query"])
@pytest.mark.parametrize("from_log", [False, True], ids=["from the ring", "from the log"])
def test_a_resume_has_no_gap_and_no_repeat(site, articles, closing, how, from_log):
    made = publish(articles, 80 if from_log else 20)
    ids = [id for id, _ in made]
    for seen in (0, 1, len(made) // 2, len(made) - 2, len(made) - 1):
        position = made[seen][1]
        if how == "header":
            stream = site.stream(last_event_id=position)
        else:
            stream = EventStream(site.broker_url, f"{PATH}?lastEventId={position}")
        closing(stream).wait_open()
        assert stream.events[0].type == "stream-open" and stream.events[0].id == position
        after = publish(articles, 1)[0][0]
        wait_for(stream, after)
        assert got(stream, ids) == ids[seen + 1:], f"resumed after event {seen}"
        assert len(got(stream, [after])) == 1


def test_the_header_wins_over_the_query(site, articles, closing):
    made = publish(articles, 6)
    stream = closing(EventStream(site.broker_url, f"{PATH}?lastEventId={made[0][1]}", last_event_id=made[4][1])).wait_open()
    wait_for(stream, made[5][0])
    assert got(stream, [id for id, _ in made]) == [made[5][0]]


def test_resuming_while_events_arrive_has_no_gap_and_no_repeat(site, articles, closing):
    """Clients that drop and come back all the time see what a steady client sees."""
    start = articles.create().headers["Freshet-Position"]
    steady = closing(site.stream(last_event_id=start)).wait_open()
    wild = [closing(site.stream(last_event_id=start, reconnect=True, retry_s=0.01)).wait_open() for _ in range(8)]
    stop = threading.Event()

    def dropper():
        n = 0
        while not stop.wait(0.03):
            wild[n % len(wild)].drop()
            n += 1

    thread = threading.Thread(target=dropper)
    thread.start()
    made = publish(articles, 150, "While clients drop")
    stop.set()
    thread.join()
    ids = [id for id, _ in made]
    for stream in [steady, *wild]:
        wait_for(stream, ids[-1], 15)
        assert got(stream, ids) == ids
        assert stream.resets == 0
    assert sum(stream.connects for stream in wild) > 3 * len(wild), "the clients were hardly dropped"


def position(epoch, sequence):
    return f"{epoch}-{sequence}"


@pytest.mark.parametrize("how", ["garbage", "", "empty epoch", "other epoch", "ahead", "overflow", "negative", "binary"])
def test_a_position_that_cannot_be_resumed_is_told_plainly_and_the_stream_goes_on(site, articles, closing, how):
    epoch, sequence = publish(articles, 1)[0][1].split("-")
    text = {"garbage": "garbage", "": " ", "empty epoch": f"-{sequence}", "other epoch": f"zzzzzzzz-{sequence}", "ahead": position(epoch, int(sequence) + 10**6),
            "overflow": position(epoch, 10**30), "negative": position(epoch, -1), "binary": "\xff\xfe"}[how]
    stream = closing(site.stream(headers={"Last-Event-ID": text.encode("latin-1")}))
    event = stream.wait(lambda e: True)
    assert stream.status == 200
    if text.strip():
        assert event.type == "stream-reset" and event.json["reason"] and event.json["position"].startswith(epoch)
    else:
        assert event.type == "stream-open"
    made = publish(articles, 1)[0]
    wait_for(stream, made[0])


# ------------------------------------------------------------ who may
@pytest.mark.parametrize("origin, status", [(None, 200), (ORIGIN, 200), ("https://evil.example", 403), ("null", 403), (ORIGIN + ".evil.example", 403), ("own", 200)])
def test_origins(site, closing, origin, status):
    headers = {} if origin is None else {"Origin": site.broker_url if origin == "own" else origin}
    stream = closing(site.stream(headers=headers))
    eventually(lambda: stream.status is not None)
    assert stream.status == status
    if origin == ORIGIN:
        assert stream.response_headers["access-control-allow-origin"] == ORIGIN
    if status == 200:
        stream.wait_open()


@pytest.mark.parametrize("how", ["?token=garbage", "?ticket=garbage", "header", "cookie"])
def test_a_token_that_is_none_is_401_also_where_none_is_needed(site, closing, how):
    headers = {"header": {"Authorization": "Bearer a.b.c"}, "cookie": {"Cookie": "__Host-freshet=a.b.c"}}.get(how, {})
    stream = closing(EventStream(site.broker_url, PATH + (how if how.startswith("?") else ""), headers=headers)).wait_ended()
    assert stream.status == 401


def test_a_token_in_the_query_opens_a_stream(site, closing):
    closing(EventStream(site.broker_url, f"{PATH}?token={site.login()['access']}")).wait_open()


def test_a_user_has_ten_streams_and_the_eleventh_is_429_until_one_closes(site, closing):
    name, password = site.new_user()
    headers = {"Authorization": "Bearer " + site.login(name, password)["access"]}
    streams = [closing(site.stream(headers=headers)).wait_open() for _ in range(10)]
    refused = closing(site.stream(headers=headers)).wait_ended()
    assert refused.status == 429
    streams[0].close()
    def again():
        stream = closing(site.stream(headers=headers))
        eventually(lambda: stream.status is not None)
        return stream.status == 200
    eventually(again, timeout=3, what="a closed stream frees its place")


def test_an_address_has_its_cap(request, closing):
    site = Site({"FRESHET_MAX_CONNECTIONS_PER_IP": "5"}, name="cap")
    request.addfinalizer(site.down)
    site.up()
    streams = [closing(site.stream()).wait_open() for _ in range(5)]
    assert closing(site.stream()).wait_ended().status == 429
    forged = closing(site.stream(headers={"X-Real-IP": "203.0.113.9"})).wait_ended()
    assert forged.status == 429, "X-Real-IP is believed without the proxy's secret"
    trusted = closing(site.stream(headers={"X-Real-IP": "203.0.113.9", "X-Freshet-Proxy-Secret": "proxy-secret-of-the-tests"}))
    trusted.wait_open()
    assert all(not stream.ended for stream in streams)


# ------------------------------------------------------------ slow, many, the end
def test_a_client_that_does_not_read_is_closed_and_resumes_without_a_gap(site, articles, closing):
    """Its socket takes nothing; the outbox is bounded; others are not held up."""
    start = articles.create().headers["Freshet-Position"]
    slow = socket.create_connection(("127.0.0.1", site.ports["broker"]), 5)
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.sendall(f"GET {PATH} HTTP/1.1\r\nHost: x\r\nLast-Event-ID: {start}\r\n\r\n".encode())
    fast = closing(site.stream(last_event_id=start)).wait_open()
    ids = [articles.create(title=f"Big {n}", content="<p>" + "x" * 400_000 + "</p>", status="published").json()["id"] for n in range(30)]
    wait_for(fast, ids[-1], 20)
    assert got(fast, ids) == ids
    time.sleep(0.5)
    slow.settimeout(5)
    received, ended = 0, False
    while not ended:
        try:
            data = slow.recv(1 << 20)
        except ConnectionResetError:
            data = b""
        except TimeoutError:
            break
        received += len(data)
        ended = not data
    slow.close()
    assert ended, "a client that reads nothing was kept for ever"
    assert received < 12_000_000
    again = closing(site.stream(last_event_id=start))
    wait_for(again, ids[-1], 20)
    assert got(again, ids) == ids


def test_a_hundred_streams_get_the_same_bytes(site, articles, closing):
    streams = [closing(site.stream()) for _ in range(100)]
    for stream in streams:
        stream.wait_open()
    made = publish(articles, 10)
    ids = [id for id, _ in made]
    for stream in streams:
        wait_for(stream, ids[-1])
        assert got(stream, ids) == ids
    assert len({tuple(e.data for e in stream.events if e.type == "message") for stream in streams}) == 1


def test_a_broker_that_is_stopped_ends_its_streams_with_a_retry_and_they_resume_on_the_next(site, articles, closing):
    made = publish(articles, 3)
    stream = closing(site.stream(last_event_id=made[0][1], reconnect=True))
    wait_for(stream, made[2][0])
    assert site.part("broker").stop() == 0
    meanwhile = publish(articles, 5)
    site.start("broker")
    site.wait_ready()
    after = publish(articles, 2)
    wait_for(stream, after[-1][0], 15)
    ids = [id for id, _ in made[1:] + meanwhile + after]
    assert got(stream, ids) == ids and stream.resets == 0 and stream.connects >= 2
