"""RFC 6455 4: the opening handshake, and what it is refused with."""
import socket

import pytest
from harness.raw import exchange
from harness.websocket import PING, RawSocket, ask_for_socket, frame, upgrade_request

@pytest.mark.parametrize("changed, status", [
    ({}, 101),
    ({"Upgrade": "WebSocket"}, 101),
    ({"Upgrade": "h2c, websocket"}, 101),
    ({"Connection": "keep-alive, Upgrade"}, 101),
    ({"Sec-WebSocket-Protocol": "chat, superchat"}, 101),
    ({"Sec-WebSocket-Extensions": "x-unknown; a=b"}, 101),
    ({"Upgrade": None}, 426),
    ({"Upgrade": "h2c"}, 426),
    ({"Connection": None}, 426),
    ({"Connection": "keep-alive"}, 426),
    ({"Sec-WebSocket-Version": None}, 426),
    ({"Sec-WebSocket-Version": "8"}, 426),
    ({"Sec-WebSocket-Version": "14"}, 426),
    ({"Sec-WebSocket-Key": None}, 400),
    ({"Sec-WebSocket-Key": "too short"}, 400),
    ({"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZSE="}, 400),
    ({"Host": None}, 400),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Content-Length": "5"}, 413),
])
def test_handshakes(broker_port, changed, status):
    answered, head = ask_for_socket(broker_port, changed)
    assert answered == status, head
    if status == 101:
        assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head
        assert "sec-websocket-protocol" not in head and "sec-websocket-extensions" not in head
    if status == 426:
        assert "sec-websocket-version: 13" in head and "upgrade: websocket" in head


@pytest.mark.parametrize("method, status", [("POST", 405), ("HEAD", 405), ("OPTIONS", 405), ("PUT", 405)])
def test_only_get_opens_a_socket(broker_port, method, status):
    assert ask_for_socket(broker_port, method=method)[0] == status


def test_http_1_0_cannot_upgrade(broker_port):
    assert ask_for_socket(broker_port, version="HTTP/1.0")[0] == 426


def test_no_such_socket_is_said_on_a_socket(broker_port):
    peer = RawSocket(broker_port, "/ws/nothing/")
    assert peer.status == 101 and peer.read_close() == 4004
    peer.close()


def test_what_is_said_in_the_packet_of_the_handshake_is_heard(broker_port):
    """A client that does not wait for the answer: what it says behind its request is not lost."""
    request = upgrade_request()
    with socket.create_connection(("127.0.0.1", broker_port), 5) as sock:
        sock.sendall(request + frame(PING, "early"))
        received = b""
        while b"\x8a\x05early" not in received:
            data = sock.recv(65536)
            assert data, received
            received += data


@pytest.mark.parametrize("pieces_of", [1, 7])
def test_a_handshake_in_pieces(broker_port, pieces_of):
    request = upgrade_request()
    status, _ = exchange(broker_port, b"", pieces=[request[at:at + pieces_of] for at in range(0, len(request), pieces_of)])
    assert status == 101
