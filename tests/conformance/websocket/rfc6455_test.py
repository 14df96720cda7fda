"""RFC 6455, in the manner of the Autobahn suite: its groups 1 to 7, 9 (within our limit) and 10 as rows of one table.

A broker does not echo. Each case is said as Autobahn says it; then what must come back is: `error` for each message (no JSON object of ours), a Pong for
each Ping, and, where the connection must have lived, an answer to a last `{"type":"ping"}`; where it must not, the Close code."""
import json

import pytest
from harness.websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawSocket, closing, frame

LIMIT = 64 << 10
ALIVE = 0  # the connection lives
THAI = "ภาษาไทย κόσμε 𐍈"
BAD_UTF8 = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited"


def text(payload=b"", **more):
    return frame(TEXT, payload, **more)


def parts(opcode, payload, size):
    """A message in fragments of `size`."""
    pieces = [payload[at:at + size] for at in range(0, len(payload), size)] or [b""]
    return b"".join(frame(opcode if n == 0 else CONTINUATION, piece, fin=n == len(pieces) - 1) for n, piece in enumerate(pieces))


def case(name, said, code=ALIVE, errors=0, pongs=(), pieces_of=None):
    return pytest.param(said, code, errors, list(pongs), pieces_of, id=name)


SIZES = (0, 125, 126, 127, 128, 65535, LIMIT)
CASES = [
    # 1: messages of each size, text and binary, whole and byte by byte
    *[case(f"1.1 text of {n}", text(b"*" * n), errors=1) for n in SIZES],
    case("1.1.8 text of 64 KiB in pieces of 997", text(b"*" * LIMIT), errors=1, pieces_of=997),
    *[case(f"1.2 binary of {n}", frame(BINARY, b"\xfe" * n), errors=1) for n in SIZES],
    case("1.2.8 binary of 64 KiB in pieces of 997", frame(BINARY, b"\xfe" * LIMIT), errors=1, pieces_of=997),
    # 2: pings and pongs
    case("2.1 a ping without payload", frame(PING), pongs=[b""]),
    case("2.2 a ping with payload", frame(PING, "Hello, world!"), pongs=[b"Hello, world!"]),
    case("2.3 a ping with binary payload", frame(PING, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"), pongs=[b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"]),
    case("2.4 a ping of 125", frame(PING, b"\xfe" * 125), pongs=[b"\xfe" * 125]),
    case("2.5 a ping of 126", frame(PING, b"\xfe" * 126), 1002),
    case("2.6 a ping of 125 byte by byte", frame(PING, b"\xfe" * 125), pongs=[b"\xfe" * 125], pieces_of=1),
    case("2.7 a pong nobody asked for", frame(PONG)),
    case("2.8 a pong with payload", frame(PONG, "unsolicited")),
    case("2.9 a pong, then a ping", frame(PONG, "unsolicited") + frame(PING, "asked"), pongs=[b"asked"]),
    case("2.10 ten pings", b"".join(frame(PING, f"payload-{n}") for n in range(10)), pongs=[f"payload-{n}".encode() for n in range(10)]),
    case("2.11 ten pings byte by byte", b"".join(frame(PING, f"payload-{n}") for n in range(10)), pongs=[f"payload-{n}".encode() for n in range(10)], pieces_of=1),
    # 3: reserved bits
    case("3.1 RSV 1 on nothing", text(rsv=1), 1002),
    case("3.2 RSV 2 behind a message", text("ok") + text("Hello", rsv=2) + frame(PING), 1002, errors=1),
    case("3.3 RSV 3 behind a message", text("ok") + text("Hello", rsv=3) + frame(PING), 1002, errors=1),
    case("3.4 RSV 4 byte by byte", text("ok") + text("Hello", rsv=4) + frame(PING), 1002, errors=1, pieces_of=1),
    case("3.5 RSV 5 on binary", frame(BINARY, b"\x00\xff", rsv=5), 1002),
    case("3.6 RSV 6 on a ping", frame(PING, "Hello", rsv=6), 1002),
    case("3.7 RSV 7 on a close", frame(CLOSE, rsv=7), 1002),
    case("3.8 RSV 4 on a ping", frame(PING, "Hello", rsv=4), 1002),
    # 4: reserved opcodes
    *[case(f"4.1 opcode {n}", frame(n), 1002) for n in (3, 4, 5, 6, 7)],
    *[case(f"4.2 opcode {n}", frame(n), 1002) for n in (11, 12, 13, 14, 15)],
    *[case(f"4.{1 if n < 8 else 2} opcode {n} behind a message", text("ok") + frame(n, "x") + frame(PING), 1002, errors=1) for n in (5, 7, 13, 15)],
    # 5: fragments
    case("5.1 a ping in fragments", frame(PING, "a", fin=False) + frame(CONTINUATION, "b"), 1002),
    case("5.2 a pong in fragments", frame(PONG, "a", fin=False) + frame(CONTINUATION, "b"), 1002),
    case("5.3 text in two fragments", parts(TEXT, b"fragment1fragment2", 9), errors=1),
    case("5.4 the same byte by byte", parts(TEXT, b"fragment1fragment2", 9), errors=1, pieces_of=1),
    case("5.6 a ping between fragments", text("fragment1", fin=False) + frame(PING, "ping") + frame(CONTINUATION, "fragment2"), errors=1, pongs=[b"ping"]),
    case("5.7 the same byte by byte", text("fragment1", fin=False) + frame(PING, "ping") + frame(CONTINUATION, "fragment2"), errors=1, pongs=[b"ping"], pieces_of=1),
    case("5.9 a continuation of nothing", frame(CONTINUATION, "non-continuation") + text("Hello"), 1002),
    case("5.12 an unfinished continuation of nothing", frame(CONTINUATION, "non-continuation", fin=False) + text("Hello"), 1002),
    case("5.15 a continuation behind a whole message", parts(TEXT, b"fragment1fragment2", 9) + frame(CONTINUATION, "x", fin=False) + text("f", fin=False), 1002, errors=1),
    case("5.18 a new message inside one", text("fragment1", fin=False) + text("fragment2"), 1002),
    case("5.19 five fragments and two pings", text("1", fin=False) + frame(CONTINUATION, "2", fin=False) + frame(PING, "p1") + frame(CONTINUATION, "3", fin=False)
         + frame(CONTINUATION, "4", fin=False) + frame(PING, "p2") + frame(CONTINUATION, "5"), errors=1, pongs=[b"p1", b"p2"]),
    case("5.20 the same byte by byte", text("1", fin=False) + frame(CONTINUATION, "2", fin=False) + frame(PING, "p1") + frame(CONTINUATION, "3", fin=False)
         + frame(CONTINUATION, "4", fin=False) + frame(PING, "p2") + frame(CONTINUATION, "5"), errors=1, pongs=[b"p1", b"p2"], pieces_of=1),
    # 6: UTF-8
    case("6.1.1 nothing", text(b""), errors=1),
    case("6.1.2 nothing in three fragments", text(fin=False) + frame(CONTINUATION, fin=False) + frame(CONTINUATION), errors=1),
    case("6.1.3 something between nothing", text(fin=False) + frame(CONTINUATION, "middle", fin=False) + frame(CONTINUATION), errors=1),
    case("6.2.1 text of many alphabets", text(THAI), errors=1),
    case("6.2.2 cut between code points", parts(TEXT, THAI.encode(), 3), errors=1),
    case("6.2.3 cut inside code points", parts(TEXT, THAI.encode(), 1), errors=1),
    case("6.2.4 fragments and bytes one by one", parts(TEXT, THAI.encode(), 1), errors=1, pieces_of=1),
    case("6.3.1 bad text", text(BAD_UTF8), 1007),
    case("6.3.2 bad text in fragments of a byte", parts(TEXT, BAD_UTF8, 1), 1007),
    case("6.4.1 bad in the second of three fragments, the third never comes", text(BAD_UTF8[:11], fin=False) + frame(CONTINUATION, b"\xf4\x90\x80\x80", fin=False), 1007),
    case("6.4.3 bad inside a frame that never ends", text(BAD_UTF8[:11] + b"\xf4\x90\x80\x80" + b"x" * 50)[:-50], 1007),
    *[case(f"6.5-6.23 well-formed {good!r}", text(good), errors=1) for good in (
        b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", b"\x00", b"\xc2\x80", b"\xe0\xa0\x80", b"\xf0\x90\x80\x80", b"\x7f", b"\xdf\xbf", b"\xef\xbf\xbf",
        b"\xf4\x8f\xbf\xbf", b"\xed\x9f\xbf", b"\xee\x80\x80", b"\xef\xbf\xbd", b"\xef\xbf\xbe", b"\xf0\x9f\xbf\xbe", b"\xef\xb7\x90")],
    *[case(f"6.6-6.21 not well-formed {bad!r}", text(bad), 1007) for bad in (
        b"\xce", b"\xce\xba\xe1", b"\xce\xba\xe1\xbd", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"\xf7\xbf\xbf\xbf", b"\xf4\x90\x80\x80", b"\x80", b"\xbf",
        b"\x80\xbf\x80", b"\xc0 \xc1 ", b"\xe0 \xe1 ", b"\xf0 \xf1 ", b"\xf8 \xf9 ", b"\xfc \xfd ", b"\xc0", b"\xe0\x80", b"\xf0\x80\x80", b"\xfe", b"\xff",
        b"\xfe\xfe\xff\xff", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf", b"\xc0\x80", b"\xed\xa0\x80",
        b"\xed\xaf\xbf", b"\xed\xb0\x80", b"\xed\xa0\x80\xed\xb0\x80", b"\xed\xaf\xbf\xed\xbf\xbf")],
    # 7: closing
    case("7.1.1 a message, then close", text("Hello") + closing(1000), 1000, errors=1),
    case("7.1.2 two closes", closing(1000) + closing(1000), 1000),
    case("7.1.3 a ping behind a close", closing(1000) + frame(PING), 1000),
    case("7.1.4 a message behind a close", closing(1000) + text("Hello"), 1000),
    case("7.1.5 a close inside a message", text("fragment1", fin=False) + closing(1000) + frame(CONTINUATION, "fragment2"), 1000),
    case("7.1.6 64 KiB, close, ping", text(b"*" * LIMIT) + closing(1000) + frame(PING), 1000, errors=1),
    case("7.3.1 a close without a code", closing(), 1005),
    case("7.3.2 a close of one byte", frame(CLOSE, b"a"), 1002),
    case("7.3.3 a close with a code", closing(1000), 1000),
    case("7.3.4 a close with a reason", closing(1000, b"Hello World!"), 1000),
    case("7.3.5 a reason of 123 bytes", closing(1000, b"*" * 123), 1000),
    case("7.3.6 a reason of 124 bytes", closing(1000, b"*" * 124), 1002),
    case("7.5.1 a reason that is no text", closing(1000, BAD_UTF8), 1007),
    *[case(f"7.7 close {code}", closing(code), code) for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999)],
    *[case(f"7.9 close {code}", closing(code), 1002) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999)],
    *[case(f"7.13 close {code}", closing(code), 1002) for code in (5000, 65535)],
    # 9: the limit
    case("9.1 text one byte over the limit", text(b"*" * (LIMIT + 1)), 1009),
    case("9.2 binary one byte over the limit", frame(BINARY, b"*" * (LIMIT + 1)), 1009),
    case("9.2.6 16 MiB are refused by their head alone", frame(BINARY, b"*" * (16 << 20))[:14], 1009),
    case("9.3 64 KiB in fragments of 64", parts(TEXT, b"*" * LIMIT, 64), errors=1),
    case("9.4 one byte over in fragments of 1 KiB", parts(BINARY, b"*" * (LIMIT + 1), 1024), 1009),
    case("9.5 64 KiB in pieces of 64", text(b"*" * LIMIT), errors=1, pieces_of=64),
    # 10: large fragments
    case("10.1.1 64 KiB in fragments of 1300", parts(TEXT, b"*" * LIMIT, 1300), errors=1),
    # What RFC 6455 5.1 and 5.2 say, and Autobahn does not ask
    case("5.1 a frame that is not masked", text("Hello", masked=False), 1002),
    case("5.1 a mask of zeros", text("Hello", mask=b"\0\0\0\0"), errors=1),
    case("5.2 a length of 5 in two bytes", text("Hello", form=2), 1002),
    case("5.2 a length of 300 in eight bytes", text(b"*" * 300, form=8), 1002),
    case("5.2 a length above 2^63", b"\x81\xff" + b"\xff" * 8, 1002),
]


@pytest.mark.parametrize("said, code, errors, pongs, pieces_of", CASES)
def test_case(broker_port, said, code, errors, pongs, pieces_of):
    peer = RawSocket(broker_port)
    try:
        assert peer.status == 101
        try:
            peer.send(said, pieces_of)
            if code == ALIVE:
                peer.send(text(json.dumps({"type": "ping"})))
        except (BrokenPipeError, ConnectionResetError):
            assert code != ALIVE, "the server closed while it was spoken to"
        if code == ALIVE:
            peer.read_message("pong")
        else:
            assert peer.read_close() == code
        assert [thing[1] for thing in peer.passed if isinstance(thing, tuple) and thing[0] == "pong"] == pongs
        assert sum(isinstance(thing, dict) and thing["type"] == "error" for thing in peer.passed) == errors
    finally:
        peer.close()


def test_behind_a_close_the_server_ends_the_connection(broker_port):
    peer = RawSocket(broker_port)
    peer.send(closing(1000, b"bye"))
    assert peer.read_close() == 1000
    peer.close()


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_frame_cut_at_each_byte_is_one_frame(broker_port, cut):
    """The rest comes later, in a packet of its own, or never."""
    said = text(json.dumps({"type": "ping"}), mask=b"abcd") + frame(PING, "x", mask=b"efgh")
    peer = RawSocket(broker_port)
    peer.send(said[:cut])
    peer.read_message("stream-open")
    peer.send(said[cut:])
    peer.read_message("pong")
    assert peer.read(lambda thing: isinstance(thing, tuple)) == ("pong", b"x")
    peer.close()
    gone = RawSocket(broker_port)
    gone.send(said[:cut])
    gone.close()
