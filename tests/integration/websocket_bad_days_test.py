"""Bad days of sockets: slices, half-open connections, kills and restarts at every step of a resume, new epochs, purges."""
import socket as sockets
import time

import pytest
from harness import Site, eventually
from harness.chaos_proxy import ChaosProxy
from harness.course_log import CourseLog
from harness.websocket import RawSocket, SocketStream, frame, upgrade_request

SETTINGS = {"FRESHET_RING_EVENTS": "20", "FRESHET_MAX_CONNECTIONS_PER_IP": "0"}


@pytest.fixture
def site():
    site = Site(SETTINGS, name="bad-day")
    try:
        yield site.up_streams()
        assert "FRESHET_CHECK" not in site.part("broker").log_from(0, 10_000_000)
    finally:
        site.down()


@pytest.fixture
def log(site):
    log = CourseLog(site)
    yield log
    log.close()


@pytest.fixture
def proxy(site):
    proxy = ChaosProxy(site.ports["broker"])
    yield proxy
    proxy.close()


def ids_of(made):
    return [id for id, _ in made]


def shown(socket):
    return [id for _, id, _ in socket.changes]


def wait_for_all(socket, made, timeout=20):
    eventually(lambda: shown(socket)[-1:] == ids_of(made)[-1:], timeout, what=f"the last of {len(made)} events; {len(shown(socket))} came, errors {socket.errors[-3:]}")
    assert shown(socket) == ids_of(made)


def test_one_byte_at_a_time_both_ways(log, proxy, site, closing):
    proxy.slice(1)
    made = log.publish(30)
    socket = closing(SocketStream(site.broker_url, since=made[0][1], proxy_port=proxy.port))
    wait_for_all(socket, made[1:])
    socket.say({"type": "ping"})
    socket.wait_type("pong")
    assert socket.connects == 1


def test_a_client_that_comes_back_over_a_half_open_connection(log, proxy, site, closing):
    made = log.publish(5)
    socket = closing(SocketStream(site.broker_url, since=made[0][1], proxy_port=proxy.port, reconnect=True))
    wait_for_all(socket, made[1:])
    proxy.half_open()
    made += log.publish(40)
    proxy.heal()  # the swallowed side is reset, as a client's own timeout would do
    wait_for_all(socket, made[1:])
    assert socket.resets == 0 and socket.connects == 2


@pytest.mark.parametrize("after_ms", [0, 5, 20, 60, 150])
def test_the_broker_is_killed_during_a_resume(log, site, closing, after_ms):
    made = log.publish(300, size=500)
    socket = closing(SocketStream(site.broker_url, since=made[0][1], reconnect=True, retry_s=0.05))
    time.sleep(after_ms / 1000)
    site.part("broker").kill()
    site.start("broker")
    site.wait_broker()
    made += log.publish(3)
    wait_for_all(socket, made[1:])
    assert socket.resets == 0


@pytest.mark.parametrize("after_ms", [0, 10, 50])
def test_nats_is_restarted_in_the_middle_of_catching_up(log, site, closing, after_ms):
    made = log.publish(300, size=500)
    clients = [closing(SocketStream(site.broker_url, since=made[n][1], reconnect=True)) for n in (0, 100, 290)]
    time.sleep(after_ms / 1000)
    site.part("nats").kill()
    time.sleep(0.8)
    site.start("nats")
    site.wait_port("nats")
    site.wait_broker()
    made += log.publish(3)
    for client, seen in zip(clients, (0, 100, 290)):
        wait_for_all(client, made[seen + 1:])
        assert client.resets == 0


def test_sockets_hear_that_nats_is_away_and_back_and_stay(log, site, closing):
    socket = closing(SocketStream(site.broker_url)).wait_open()
    site.part("nats").kill()
    assert socket.wait_type("status", 10)["state"] == "degraded"
    late = closing(SocketStream(site.broker_url)).wait_open()
    assert late.wait_type("status", 5)["state"] == "degraded"
    site.start("nats")
    for one in (socket, late):
        one.wait(lambda f: f.get("state") == "live", 15)
    made = log.publish(2)
    for one in (socket, late):
        wait_for_all(one, made)
        assert one.connects == 1 and one.resets == 0


def test_a_broker_that_is_stopped_says_1012_and_its_clients_resume_on_the_next(log, site, closing):
    made = log.publish(3)
    clients = [closing(SocketStream(site.broker_url, since=made[0][1], reconnect=True, retry_s=0.1)) for _ in range(5)]
    for client in clients:
        wait_for_all(client, made[1:])
    assert site.part("broker").stop() == 0
    assert [client.codes[0] for client in clients] == [1012] * 5
    made += log.publish(5)
    site.start("broker")
    site.wait_broker()
    for client in clients:
        wait_for_all(client, made[1:])
        assert client.resets == 0


@pytest.mark.parametrize("how", ["new epoch", "purged"])
def test_a_log_that_has_lost_what_a_client_needs_says_so(log, site, closing, how):
    made = log.publish(40)
    live = closing(SocketStream(site.broker_url)).wait_open()
    if how == "new epoch":
        log.say_epoch("newepoch")
    else:
        log.purge_before(log.say_epoch(log.epoch))
    behind = closing(SocketStream(site.broker_url, since=made[2][1], reconnect=True))
    reset = behind.wait_type("stream-reset")
    assert reset["reason"] == ("other-epoch" if how == "new epoch" else "too-old")
    if how == "new epoch":
        assert live.wait_type("stream-reset")["position"].startswith("newepoch-")
    after = log.publish(2)
    for one in (live, behind):
        wait_for_all(one, after)


def test_upgrades_and_frames_that_never_end_hold_up_nobody(log, site, closing):
    """Slowloris on the head is closed after 10 s; a frame that never ends costs one connection and no memory to speak of."""
    slow = sockets.create_connection(("127.0.0.1", site.ports["broker"]), 15)
    slow.sendall(upgrade_request()[:-2])
    never = RawSocket(site.ports["broker"])
    never.send(frame(1, b"x" * 65536)[:-1])
    other = closing(SocketStream(site.broker_url)).wait_open()
    made = log.publish(3)
    wait_for_all(other, made)
    begin = time.monotonic()
    assert slow.recv(100) == b""
    assert time.monotonic() - begin < 13
    slow.close()
    never.close()


def test_clients_cut_at_once_are_all_back_and_complete(log, proxy, site, closing):
    start = log.publish(1)[0][1]
    clients = [closing(SocketStream(site.broker_url, since=start, proxy_port=proxy.port, reconnect=True, retry_s=0.1)).wait_open() for _ in range(60)]
    made = log.publish(10)
    proxy.cut()
    made += log.publish(60)
    begin = time.monotonic()
    for client in clients:
        wait_for_all(client, made)
        assert client.resets == 0
    assert time.monotonic() - begin < 10
