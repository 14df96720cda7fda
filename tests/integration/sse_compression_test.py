"""FRESHET_SSE_COMPRESSION=on: a reader that takes gzip gets the same stream, compressed; an event is the same bytes for all of them."""
import socket
import zlib

import pytest

PATH = "/api/content/events/article-updates-en/"
SETTINGS = {"FRESHET_SSE_COMPRESSION": "on", "FRESHET_RING_EVENTS": "20"}
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(scope="module")
def articles(site):
    return site.admin().articles


def published(articles, count):
    return [articles.create(title=f"Compressed {n}", content="<p>" + "words that come again " * 100 + "</p>", status="published").json()["id"] for n in range(count)]


def ids(stream):
    return [e.json["article"]["id"] for e in stream.events if e.type == "message"]


def test_a_reader_that_takes_gzip_gets_each_event_at_once_and_the_same_as_one_that_does_not(site, articles, closing):
    plain, packed = closing(site.stream()).wait_open(), closing(site.stream(headers=GZIP)).wait_open()
    assert packed.response_headers["content-encoding"] == "gzip" and "content-encoding" not in plain.response_headers
    for stream in (plain, packed):
        assert "accept-encoding" in stream.response_headers["vary"].lower()
    for _ in range(3):
        (made,) = published(articles, 1)
        for stream in (plain, packed):
            stream.wait(lambda e: e.type == "message" and e.json["article"]["id"] == made, timeout=5)
    assert [(e.id, e.data) for e in packed.events if e.type == "message"] == [(e.id, e.data) for e in plain.events if e.type == "message"]


@pytest.mark.parametrize("missed", [5, 60])  # from the ring, from the log
def test_a_compressed_stream_resumes_without_gap_or_repeat(site, articles, closing, missed):
    first = closing(site.stream(headers=GZIP)).wait_open()
    position = first.events[0].id
    made = published(articles, missed)
    again = closing(site.stream(headers=GZIP, last_event_id=position))
    again.wait(lambda e: e.type == "message" and e.json["article"]["id"] == made[-1], timeout=10)
    assert ids(again) == made


def test_who_refuses_gzip_gets_none(site, closing):
    for refused in ("gzip;q=0", "identity", "br"):
        assert "content-encoding" not in closing(site.stream(headers={"Accept-Encoding": refused})).wait_open().response_headers


def test_an_event_is_compressed_once_and_smaller(site, articles):
    def connect():
        one = socket.create_connection(("127.0.0.1", site.ports["broker"]))
        one.settimeout(10)
        one.sendall(f"GET {PATH} HTTP/1.1\r\nHost: here\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        return one, zlib.decompressobj(31), bytearray()

    def read_until(reader, text):
        one, inflater, raw = reader
        seen = b""
        while text not in seen:
            part = one.recv(65536)
            assert part, seen
            if b"\r\n\r\n" in part and not raw:
                part = part.split(b"\r\n\r\n", 1)[1]
            raw += part
            seen += inflater.decompress(part)
        return seen

    readers = [connect(), connect()]
    for reader in readers:
        read_until(reader, b"stream-open")
        reader[2].clear()
    (made,) = published(articles, 1)
    events = [read_until(reader, made.encode()) for reader in readers]
    assert bytes(readers[0][2]) == bytes(readers[1][2])
    assert events[0] == events[1] and len(readers[0][2]) < len(events[0])
    for one, _, _ in readers:
        one.close()
