"""RFC 7692, in the manner of Autobahn's groups 12 and 13: what is negotiated, and compressed messages both ways. wsproto inflates what the broker says."""
import json
import zlib

import pytest
from harness.websocket import ask_for_socket, CONTINUATION, PING, TEXT, RawSocket, frame
from wsproto.extensions import PerMessageDeflate

LIMIT = 64 << 10
ANSWER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"


def deflate(message, level=6):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return (packer.compress(message) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def compressed(message, fin=True):
    return frame(TEXT, deflate(message), rsv=4, fin=fin)


@pytest.fixture
def peer(compressing_port):
    peer = RawSocket(compressing_port, extensions=[PerMessageDeflate()])
    assert peer.headers["sec-websocket-extensions"] == ANSWER
    yield peer
    peer.close()


@pytest.mark.parametrize("offer, taken", [
    ("permessage-deflate", True),
    ("permessage-deflate; client_max_window_bits", True),
    ("permessage-deflate; client_max_window_bits=10; server_no_context_takeover", True),
    ("permessage-deflate; server_max_window_bits=15", True),
    ("permessage-deflate; server_max_window_bits=9, permessage-deflate", True),
    ("x-webkit-deflate-frame, permessage-deflate", True),
    ("permessage-deflate; server_max_window_bits=9", False),
    ("permessage-deflate; client_max_window_bits=7", False),
    ("permessage-deflate; unknown", False),
    ("permessage-deflate; client_no_context_takeover; client_no_context_takeover", False),
    ("permessage-bzip2", False),
])
def test_13_negotiation(compressing_port, offer, taken):
    status, head = ask_for_socket(compressing_port, {"Sec-WebSocket-Extensions": offer})
    assert status == 101
    assert (f"sec-websocket-extensions: {ANSWER}" in head) == taken and ("sec-websocket-extensions" in head) == taken


@pytest.mark.parametrize("size", [0, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, LIMIT])
def test_12_compressed_messages_of_each_size(peer, size):
    peer.send(compressed(b'{"type":"ping"}'.ljust(size)) if size >= 16 else compressed(b""))
    if size >= 16:
        peer.read_message("pong")
    else:
        peer.read_message("error")


@pytest.mark.parametrize("pieces_of", [1, 13])
def test_12_compressed_messages_in_fragments_and_pieces(peer, pieces_of):
    body = deflate(json.dumps({"type": "ping", "padding": "x" * 100}).encode())
    for at in range(1, len(body)):
        peer.send(frame(TEXT, body[:at], rsv=4, fin=False) + frame(PING, "between") + frame(CONTINUATION, body[at:]), pieces_of)
    for at in range(1, len(body)):
        assert peer.read(lambda thing: isinstance(thing, tuple)) == ("pong", b"between")
        peer.read_message("pong")


def test_each_message_stands_alone(peer):
    """No context takeover: the same message, compressed alone, a hundred times."""
    for _ in range(100):
        peer.send(compressed(b'{"type":"ping"}'))
    for _ in range(100):
        peer.read_message("pong")


def test_messages_that_are_not_compressed_pass_too(peer):
    peer.send(frame(TEXT, '{"type":"ping"}'))
    peer.read_message("pong")


@pytest.mark.parametrize("name, said, code", [
    ("a bomb of 50 MB", compressed(b"x" * 50_000_000), 1009),
    ("one byte over the limit when inflated", compressed(b"x" * (LIMIT + 1)), 1009),
    ("no deflate at all", frame(TEXT, b"\xff\xff\xff\xff", rsv=4), 1007),
    ("text that is no UTF-8 when inflated", compressed(b"\xed\xa0\x80"), 1007),
    ("RSV1 on a continuation", frame(TEXT, deflate(b"{}")[:2], rsv=4, fin=False) + frame(CONTINUATION, deflate(b"{}")[2:], rsv=4), 1002),
    ("RSV1 on a ping", frame(PING, "x", rsv=4), 1002),
    ("RSV2", frame(TEXT, deflate(b"{}"), rsv=6), 1002),
])
def test_what_is_refused(peer, name, said, code):
    try:
        peer.send(said)
    except (BrokenPipeError, ConnectionResetError):
        pass
    assert peer.read_close() == code


def test_the_blocks_of_rfc_7692_7_2_3(peer):
    """Stored, fixed, two blocks, and a last block that says so."""
    ping = b'{"type":"ping"}'
    stored = b"\x00" + len(ping).to_bytes(2, "little") + (0xFFFF - len(ping)).to_bytes(2, "little") + ping + b"\x00"
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    two = packer.compress(ping[:5]) + packer.flush(zlib.Z_SYNC_FLUSH) + packer.compress(ping[5:]) + packer.flush(zlib.Z_SYNC_FLUSH)
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    final = packer.compress(ping) + packer.flush(zlib.Z_FINISH) + b"\x00"
    for body in (stored, two[:-4], final):
        peer.send(frame(TEXT, body, rsv=4))
        peer.read_message("pong")
