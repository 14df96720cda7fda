"""The harness itself: a proxy or parser that lies would make every other test worthless."""
import socket
import threading

import pytest
from harness.chaos_proxy import ChaosProxy
from harness.sse import Parser


@pytest.fixture
def echo():
    server = socket.create_server(("127.0.0.1", 0))
    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()
    def answer(connection):
        with connection:
            try:
                while data := connection.recv(4096):
                    connection.sendall(data)
            except OSError:
                pass
    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.close()


@pytest.fixture
def proxy(echo):
    proxy = ChaosProxy(echo)
    yield proxy
    proxy.close()


def connect(proxy):
    sock = socket.create_connection(("127.0.0.1", proxy.port), 2)
    sock.settimeout(1)
    return sock


def exchange(sock, data):
    sock.sendall(data)
    answer = b""
    while len(answer) < len(data):
        answer += sock.recv(4096)
    return answer


def test_a_proxy_passes_bytes_on_whole_and_in_slices(proxy):
    with connect(proxy) as sock:
        assert exchange(sock, b"x" * 100_000) == b"x" * 100_000
        proxy.slice(3)
        assert exchange(sock, b"0123456789") == b"0123456789"


def test_a_stalled_proxy_says_nothing_and_forgets_nothing(proxy):
    with connect(proxy) as sock:
        exchange(sock, b"warm")
        proxy.stall()
        sock.sendall(b"later")
        with pytest.raises(TimeoutError):
            sock.recv(10)
        proxy.heal()
        assert sock.recv(10) == b"later"


def test_a_cut_resets_what_is_open_and_lets_new_connections_through(proxy):
    with connect(proxy) as sock:
        exchange(sock, b"warm")
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            sock.recv(10)
    with connect(proxy) as sock:
        assert exchange(sock, b"again") == b"again"


def test_a_half_open_connection_takes_bytes_and_never_answers(proxy):
    with connect(proxy) as old:
        exchange(old, b"warm")
        proxy.half_open()
        with connect(proxy) as new:
            for sock in (old, new):
                sock.sendall(b"hello?")
                with pytest.raises(TimeoutError):
                    sock.recv(10)


STREAM = "retry: 250\r\n\r\n: hi\n\nid: e-1\nevent: stream-open\ndata: {}\n\nid: e-2\ndata: one\rdata:two\r\rdata\n\nid: e-3\ndata: ไทย\n\nevent: lost\nid: e-4\n\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_sse_parser_gives_the_same_events_however_the_bytes_are_cut(size):
    parser, events, data = Parser(), [], STREAM.encode()
    for at in range(0, len(data), size):
        events += parser.feed(data[at:at + size])
    assert [(e.type, e.data, e.id) for e in events] == [
        ("stream-open", "{}", "e-1"), ("message", "one\ntwo", "e-2"), ("message", "", "e-2"), ("message", "ไทย", "e-3")]
    assert parser.retry_ms == 250 and parser.comments == ["hi"] and parser.last_id == "e-4"
