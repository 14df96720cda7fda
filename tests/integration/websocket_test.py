"""CONTRACT 4 and 8 on sockets: opening, resume without gap or repeat, reset, tokens, caps, heartbeats, slow clients, the end."""
import json
import threading
import time

import httpx
import pytest
from harness import ORIGIN, EventStream, Site, eventually
from harness.course_log import CourseLog
from harness.websocket import RawSocket, SocketStream, frame

SETTINGS = {"FRESHET_RING_EVENTS": "50", "FRESHET_BROKER_LOOPS": "2", "FRESHET_MAX_CONNECTIONS_PER_IP": "0"}
PATH = "/ws/courses/"


@pytest.fixture(scope="module")
def site():
    site = Site(SETTINGS, name="websocket")
    try:
        yield site.up_streams()
        assert "FRESHET_CHECK" not in site.part("broker").log_from(0, 10_000_000)
    finally:
        site.down()


@pytest.fixture(scope="module")
def log(site):
    log = CourseLog(site)
    yield log
    log.close()


@pytest.fixture
def open_socket(site, closing):
    def open_one(path=PATH, **options):
        return closing(SocketStream(site.broker_url, path, **options))
    return open_one


def metric(site, name):
    text = httpx.get(site.broker_url + "/metrics").text
    return next(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.rsplit(" ", 1)[0] == name)


def ids_of(made):
    return [id for id, _ in made]


def got(socket, made):
    """The ids of `made` in the order in which the socket showed them, repeats included."""
    wanted = set(ids_of(made))
    return [id for _, id, _ in socket.changes if id in wanted]


def wait_for(socket, id, timeout=10):
    return socket.wait(lambda f: f.get("course", {}).get("id") == id, timeout)


# ------------------------------------------------------------ opening
def test_a_socket_opens_with_its_position_and_shows_courses_with_theirs(log, open_socket):
    before = log.publish(1)[0][1]
    socket = open_socket().wait_open()
    opening = socket.frames[0]
    assert set(opening) == {"type", "position", "timestamp"} and opening["type"] == "stream-open" and opening["position"] == before
    made = log.publish(1)[0]
    shown = wait_for(socket, made[0])
    assert shown["type"] == "course_created" and shown["position"] == made[1] and shown["timestamp"].endswith("Z")
    assert set(shown["course"]) == {"id", "slug", "title", "description", "status", "created_at", "updated_at"}


def test_sse_shows_the_same_documents(site, log, open_socket, closing):
    socket, stream = open_socket().wait_open(), closing(EventStream(site.broker_url, "/events/courses/")).wait_open()
    made = log.publish(3)
    wait_for(socket, made[-1][0])
    stream.wait(lambda e: e.type == "message" and e.json["course"]["id"] == made[-1][0])
    assert [e.json for e in stream.events if e.type == "message"] == [f for f in socket.frames if "course" in f]


@pytest.mark.parametrize("change, public, type", [("updated", "11", "course_updated"), ("deleted", "10", "course_deleted"), ("unpublished", "10", "course_deleted")])
def test_what_a_change_is_called(log, open_socket, change, public, type):
    socket = open_socket().wait_open()
    made = log.publish(1, change=change, public=public)
    assert wait_for(socket, made[0][0])["type"] == type


def test_drafts_are_silent(log, open_socket):
    socket = open_socket().wait_open()
    drafts = log.publish(3, public="00")
    last = log.publish(1)
    wait_for(socket, last[0][0])
    assert got(socket, drafts + last) == ids_of(last)


# ------------------------------------------------------------ resume
@pytest.mark.parametrize("count", [20, 300], ids=["from the ring", "from the log"])
def test_a_resume_has_no_gap_and_no_repeat(log, open_socket, count):
    made = log.publish(count)
    for seen in (0, 1, count // 2, count - 2, count - 1):
        socket = open_socket(since=made[seen][1]).wait_open()
        assert socket.frames[0]["type"] == "stream-open" and socket.frames[0]["position"] == made[seen][1]
        after = log.publish(1)
        wait_for(socket, after[0][0])
        assert got(socket, made + after) == ids_of(made[seen + 1:] + after), f"resumed after event {seen}"


def test_resuming_while_events_arrive_has_no_gap_and_no_repeat(log, open_socket):
    start = log.publish(1)[0][1]
    wild = [open_socket(since=start, reconnect=True, retry_s=0.01).wait_open() for _ in range(8)]
    stop = threading.Event()

    def dropper():
        n = 0
        while not stop.wait(0.02):
            wild[n % len(wild)].drop()
            n += 1

    thread = threading.Thread(target=dropper)
    thread.start()
    made = [one for _ in range(30) for one in log.publish(10)]
    stop.set()
    thread.join()
    for socket in wild:
        wait_for(socket, made[-1][0], 15)
        assert got(socket, made) == ids_of(made) and socket.resets == 0
    assert sum(socket.connects for socket in wild) > 2 * len(wild), "the clients were hardly dropped"


@pytest.mark.parametrize("how", ["garbage", "other epoch", "ahead", "overflow", "negative", "too long"])
def test_a_position_that_cannot_be_resumed_is_told_plainly_and_the_stream_goes_on(log, open_socket, how):
    epoch, sequence = log.publish(1)[0][1].split("-")
    position = {"garbage": "garbage", "other epoch": f"zzzzzzzz-{sequence}", "ahead": f"{epoch}-{int(sequence) + 10**6}", "overflow": f"{epoch}-{10**30}",
                "negative": f"{epoch}--1", "too long": "x" * 5000}[how]
    socket = open_socket(since=position)
    reset = socket.wait(lambda f: True)
    assert reset["type"] == "stream-reset" and reset["reason"] and reset["position"].startswith(epoch) and reset["timestamp"]
    made = log.publish(1)
    wait_for(socket, made[0][0])
    assert got(socket, made) == ids_of(made)


def test_compressed_and_plain_sockets_show_the_same(request, closing):
    site = Site({**SETTINGS, "FRESHET_WEBSOCKET_COMPRESSION": "on"}, name="deflate")
    request.addfinalizer(site.down)
    log = CourseLog(site.up_streams())
    request.addfinalizer(log.close)
    before = log.publish(60, size=500)
    sockets = [closing(SocketStream(site.broker_url, since=since, compression=compression))
               for compression in (None, "deflate") for since in (None, before[0][1], before[-1][1])]
    for socket in sockets:
        socket.wait_open()
    made = log.publish(5, size=500) + log.publish(1, size=200_000)
    for socket in sockets:
        wait_for(socket, made[-1][0])
    plain, deflated = sockets[:3], sockets[3:]
    for one, other in zip(plain, deflated):
        assert [f for f in one.frames if "course" in f] == [f for f in other.frames if "course" in f]
        assert "permessage-deflate" in other.connection.response.headers["Sec-WebSocket-Extensions"]
    assert len(plain[1].changes) == 59 + 6


# ------------------------------------------------------------ who may
@pytest.mark.parametrize("origin, status", [(None, None), (ORIGIN, None), ("own", None), ("https://evil.example", 403), ("null", 403)])
def test_origins(site, open_socket, origin, status):
    socket = open_socket(origin=site.broker_url if origin == "own" else origin)
    if status is None:
        socket.wait_open()
    else:
        eventually(lambda: socket.ended)
        assert socket.status == status


@pytest.mark.parametrize("how", ["?token=garbage", "?ticket=garbage", "header", "cookie", "expired", "revoked", "refresh"])
def test_a_token_that_is_none_is_4001_also_where_none_is_needed(site, log, open_socket, how):
    query, headers = how if how.startswith("?") else "", {}
    if how == "header":
        headers = {"Authorization": "Bearer a.b.c"}
    elif how == "cookie":
        headers = {"Cookie": "__Host-freshet=a.b.c"}
    elif how == "expired":
        query = "?token=" + site.token(lifetime_s=-120)
    elif how == "refresh":
        query = "?token=" + site.token(kind="refresh", aud="refresh")
    elif how == "revoked":
        family = "01HF7YAT00FFFFFFFFFFFFFF01"
        log.revoke(family)
        made = log.publish(1)
        wait_for(open_socket(since=f"{log.epoch}-{int(made[0][1].split('-')[1]) - 1}"), made[0][0])  # the broker has read it
        query = "?token=" + site.token(family=family)
    socket = open_socket(PATH + query, headers=headers)
    assert socket.wait_code() == 4001 and socket.frames == []


@pytest.mark.parametrize("how", ["?token=", "?ticket=", "header", "cookie"])
def test_a_token_opens_a_socket(site, open_socket, how):
    token = site.token(kind="ticket" if how == "?ticket=" else "access")
    headers = {"header": {"Authorization": f"Token {token}"}, "cookie": {"Cookie": f"a=b; __Host-freshet={token}"}}.get(how, {})
    path = PATH + (how + token if how.startswith("?") else "")
    open_socket(path, headers=headers).wait_open()
    if how == "?ticket=":
        assert open_socket(path).wait_code() == 4001, "a ticket opens one stream"


def test_a_user_has_ten_streams_on_both_transports_and_the_eleventh_is_4008_until_one_closes(site, open_socket, closing):
    user = "01HF7YAT00AAAAAAAAAAAAAA01"
    path = PATH + "?token=" + site.token(user=user)
    streams = [closing(EventStream(site.broker_url, "/events/courses/?token=" + site.token(user=user))).wait_open() for _ in range(4)]
    sockets = [open_socket(path).wait_open() for _ in range(6)]
    assert open_socket(path).wait_code() == 4008
    assert closing(EventStream(site.broker_url, "/events/courses/?token=" + site.token(user=user))).wait_ended().status == 429
    sockets[0].close()
    streams[0].close()
    again = [open_socket(path, reconnect=True, retry_s=0.05) for _ in range(2)]
    for socket in again:
        socket.wait_open(3)


def test_an_address_has_its_cap_over_both_transports(request, closing):
    site = Site({"FRESHET_MAX_CONNECTIONS_PER_IP": "3"}, name="cap")
    request.addfinalizer(site.down)
    site.up_streams()
    closing(EventStream(site.broker_url, "/events/courses/")).wait_open()
    for _ in range(2):
        closing(SocketStream(site.broker_url)).wait_open()
    assert closing(SocketStream(site.broker_url)).wait_code() == 4008
    forged = closing(SocketStream(site.broker_url, headers={"X-Real-IP": "203.0.113.9"}))
    assert forged.wait_code() == 4008, "X-Real-IP is believed without the proxy's secret"
    closing(SocketStream(site.broker_url, headers={"X-Real-IP": "203.0.113.9", "X-Freshet-Proxy-Secret": "proxy-secret-of-the-tests"})).wait_open()


# ------------------------------------------------------------ tokens of open sockets
def test_a_revocation_closes_within_a_second(site, log, open_socket):
    family = "01HF7YAT00FFFFFFFFFFFFFF02"
    mine, other = open_socket(PATH + "?token=" + site.token(family=family)).wait_open(), open_socket(PATH + "?token=" + site.token()).wait_open()
    begin = time.monotonic()
    log.revoke(family)
    assert mine.wait_code(3) == 4001
    assert time.monotonic() - begin < 1.0
    assert mine.wait_type("notification")["data"]["notification_type"] == "token_revoked"
    assert not other.ended and not other.codes


def test_a_token_that_expires_closes_with_4001(site, open_socket):
    socket = open_socket(PATH + "?token=" + site.token(lifetime_s=2)).wait_open()
    assert socket.wait_code(5) == 4001
    assert socket.wait_type("notification")["data"]["notification_type"] == "token_expired"


def test_a_minute_before_the_end_a_new_token_is_asked_for_and_taken(site, open_socket):
    user = "01HF7YAT00AAAAAAAAAAAAAA02"
    socket = open_socket(PATH + "?token=" + site.token(user=user, lifetime_s=61)).wait_open()
    notice = socket.wait_type("notification", 5)
    assert notice["data"]["notification_type"] == "token_expiring" and set(notice) == {"type", "timestamp", "data"}
    socket.say({"type": "auth", "token": site.token(user=user)})
    assert socket.wait_type("auth-ok")["expires_at"].endswith("Z")


def test_a_renewed_token_holds_when_the_first_has_expired(site, log, open_socket):
    user = "01HF7YAT00AAAAAAAAAAAAAA03"
    socket = open_socket(PATH + "?token=" + site.token(user=user, lifetime_s=2)).wait_open()
    socket.say({"type": "auth", "token": site.token(user=user)})
    socket.wait_type("auth-ok")
    time.sleep(2.5)
    made = log.publish(1)
    wait_for(socket, made[0][0])
    assert not socket.codes


@pytest.mark.parametrize("token", ["garbage", "other user", "ticket", "expired", 5, None])
def test_a_bad_renewal_is_an_error_and_the_connection_lives(site, open_socket, token):
    user = "01HF7YAT00AAAAAAAAAAAAAA04"
    tokens = {"other user": site.token(), "ticket": site.token(user=user, kind="ticket"), "expired": site.token(user=user, lifetime_s=-120)}
    socket = open_socket(PATH + "?token=" + site.token(user=user)).wait_open()
    socket.say({"type": "auth", "token": tokens.get(token, token)})
    assert socket.wait_type("error")["message"]
    socket.say({"type": "ping"})
    socket.wait_type("pong")


def test_an_anonymous_socket_may_become_somebodys_and_then_counts(site, open_socket):
    user = "01HF7YAT00AAAAAAAAAAAAAA05"
    known = [open_socket(PATH + "?token=" + site.token(user=user)).wait_open() for _ in range(9)]
    tenth, eleventh = open_socket().wait_open(), open_socket().wait_open()
    tenth.say({"type": "auth", "token": site.token(user=user)})
    tenth.wait_type("auth-ok")
    eleventh.say({"type": "auth", "token": site.token(user=user)})
    assert eleventh.wait_code() == 4008
    assert all(not socket.codes for socket in known)


# ------------------------------------------------------------ what clients say
@pytest.mark.parametrize("said", ["", "ping", "[]", "{}", '{"type":5}', '{"type":"subscribe_to_everything"}', "[" * 200, '{"type":"ping"', b"\x00binary"])
def test_a_bad_frame_is_an_error_and_the_connection_lives(open_socket, said):
    socket = open_socket().wait_open()
    socket.say(said)
    error = socket.wait_type("error")
    assert error["message"] and error["timestamp"]
    socket.say({"type": "ping"})
    assert set(socket.wait_type("pong")) == {"type", "timestamp"}


def test_a_heartbeat_and_a_ping_come_every_thirty_seconds(site):
    peer = RawSocket(site.ports["broker"])
    peer.read_message("stream-open")
    beat = peer.read_message("heartbeat", 31)
    assert beat["position"] and beat["timestamp"]
    assert peer.read(lambda thing: isinstance(thing, tuple)) == ("ping", b"")
    peer.close()


def test_a_flood_of_messages_holds_up_nobody(site, log, open_socket):
    """A client that talks without reading is told to go when its answers pile up; the others do not notice."""
    other = open_socket().wait_open()
    peer = RawSocket(site.ports["broker"], timeout=10)
    flood = frame(1, json.dumps({"type": "ping"})) * 1000
    for _ in range(400):
        peer.send(flood)
    begin = time.monotonic()
    made = log.publish(1)
    wait_for(other, made[0][0], 5)
    assert time.monotonic() - begin < 2
    assert peer.read_close(20) == 1013
    answers = sum(isinstance(thing, dict) and thing["type"] == "pong" for thing in peer.passed)
    assert answers < 350_000, "the answers to everything were kept for a client that read nothing"
    peer.close()


# ------------------------------------------------------------ slow, many, the end
def test_a_socket_that_does_not_read_is_closed_with_1013_and_resumes_without_a_gap(site, log, open_socket):
    fast = open_socket().wait_open()
    before = metric(site, "freshet_broker_slow_consumers_total")
    slow = RawSocket(site.ports["broker"], timeout=20)
    start = slow.read_message("stream-open")["position"]
    made = log.publish(30, size=400_000)
    wait_for(fast, made[-1][0], 20)
    assert got(fast, made) == ids_of(made)
    eventually(lambda: metric(site, "freshet_broker_slow_consumers_total") == before + 1)
    assert slow.read_close(20) == 1013
    seen = [thing["course"]["id"] for thing in slow.passed if isinstance(thing, dict) and "course" in thing]
    positions = [thing["position"] for thing in slow.passed if isinstance(thing, dict) and "course" in thing]
    assert 0 < len(seen) < 30 and seen == ids_of(made)[:len(seen)]
    again = open_socket(since=positions[-1] if positions else start)
    wait_for(again, made[-1][0], 20)
    assert seen + got(again, made) == ids_of(made)


def test_a_hundred_sockets_get_the_same_frames(log, open_socket):
    sockets = [open_socket() for _ in range(100)]
    for socket in sockets:
        socket.wait_open()
    made = log.publish(10)
    for socket in sockets:
        wait_for(socket, made[-1][0])
        assert got(socket, made) == ids_of(made)


def test_metrics_count_sockets_and_what_they_say(site, open_socket):
    eventually(lambda: metric(site, "freshet_broker_sockets") == 0)
    before = {name: metric(site, f"freshet_broker_socket_{name}_total") for name in ("messages", "messages_refused", "protocol_errors")}
    socket = open_socket().wait_open()
    eventually(lambda: metric(site, "freshet_broker_sockets") == 1)
    socket.say({"type": "ping"})
    socket.say("nonsense")
    socket.wait_type("error")
    bad = RawSocket(site.ports["broker"])
    bad.send(frame(1, b"\xff"))
    assert bad.read_close() == 1007
    bad.close()
    after = {name: metric(site, f"freshet_broker_socket_{name}_total") for name in before}
    assert {name: after[name] - before[name] for name in before} == {"messages": 3, "messages_refused": 1, "protocol_errors": 1}
