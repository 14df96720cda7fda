"""Between a generator that publishes bare NATS messages and the log: each becomes the event of a course, written as role operator.

    with CourseShim(site) as shim: ...   the generator publishes to 127.0.0.1:shim.port

The generator's text becomes the course's title, whole; everything else of the course stays the same. It runs in a process of its own, and is not part of
what is measured.
"""
import asyncio
import json
import multiprocessing
import socket
import urllib.parse

COURSE = "01K9ZZ00000000000000000001"
AT = "2026-01-01T00:00:00.000Z"
HEADERS = {"ce-specversion": "1.0", "ce-id": COURSE, "ce-type": "freshet.course.updated", "ce-source": "/freshet/bench", "ce-time": AT, "content-type": "application/json",
           "Freshet-Change": "updated", "Freshet-Public": "11"}


def frame(title):
    """HPUB of the course with this title."""
    state = {"id": COURSE, "slug": "bench", "title": title.decode(), "description": "", "status": "published", "created_at": AT, "updated_at": AT}
    head = "NATS/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()) + "\r\n"
    body = json.dumps(state, separators=(",", ":"))
    return f"HPUB log.course.{COURSE} {len(head)} {len(head) + len(body)}\r\n{head}{body}\r\n".encode()


async def forward(reader, writer, url):
    writer.write(b'INFO {"max_payload":1048576}\r\n')
    target = urllib.parse.urlsplit(url)
    answers, log = await asyncio.open_connection(target.hostname, target.port)
    await answers.readline()
    options = {"verbose": False, "pedantic": False, "headers": True, "user": target.username, "pass": target.password}
    log.write(f"CONNECT {json.dumps(options)}\r\n".encode())

    async def answer_pings():
        while line := await answers.readline():
            if line == b"PING\r\n":
                log.write(b"PONG\r\n")
            elif line.startswith(b"-ERR"):
                raise RuntimeError(line.decode())

    pings = asyncio.create_task(answer_pings())
    try:
        while line := await reader.readline():
            if line == b"PING\r\n":
                writer.write(b"PONG\r\n")
            elif line.startswith(b"PUB "):
                log.write(frame((await reader.readexactly(int(line.split()[-1]) + 2))[:-2]))
    finally:
        pings.cancel()
        log.close()
        writer.close()


async def serve(listener, url):
    server = await asyncio.start_server(lambda reader, writer: forward(reader, writer, url), sock=listener)
    async with server:
        await server.serve_forever()


def run(listener, url):
    asyncio.run(serve(listener, url))


class CourseShim:
    def __init__(self, site):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.process = multiprocessing.get_context("fork").Process(target=run, args=(self.listener, site.nats_url("operator")), daemon=True)

    def __enter__(self):
        self.process.start()
        self.listener.close()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()
