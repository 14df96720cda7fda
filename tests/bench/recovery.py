"""Bad moments of the broker, timed: 5,000 clients cut at once, 1,000 missed events for one client, 1,000 stalled clients among 5,000.

Broker and nats-server alone, the log in memory, as in streams.py. Clients are plain sockets; what each must receive is known, so "complete" is counted, not assumed.
"""
import asyncio
import contextlib
import multiprocessing
import resource
import selectors
import socket
import statistics
import sys
import threading
import time

import streams
from course_shim import CourseShim
from streams import stream_site

PATH = "/events/courses/"
TIMEOUT = 60


class Publisher:
    """Writes courses to the log as fast as it is asked to."""

    def __init__(self, site):
        self.shim = CourseShim(site)

    def __enter__(self):
        self.shim.__enter__()
        self.socket = socket.create_connection(("127.0.0.1", self.shim.port))
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.shim.__exit__()

    def publish(self, first, count):
        for number in range(first, first + count):
            text = b"event-%08d" % number
            self.socket.sendall(b"PUB fan %d\r\n%s\r\n" % (len(text), text))


class Client:
    """One SSE client: counts the events it was given and remembers the last position."""

    def __init__(self, port):
        self.port, self.events, self.position, self.writer = port, 0, "", None

    async def connect(self):
        while True:
            with contextlib.suppress(OSError):
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
                again = f"Last-Event-ID: {self.position}\r\n" if self.position else ""
                self.writer.write(f"GET {PATH} HTTP/1.1\r\nHost: bench\r\n{again}\r\n".encode())
                return
            await asyncio.sleep(0.05)

    async def read_until(self, events):
        """Returns False when the stream ended before."""
        named = ""
        while self.events < events:
            line = await self.reader.readline()
            if not line:
                return False
            if line.startswith(b"id: "):
                named = line[4:].decode().strip()
            elif line.startswith(b"data: ") and b"event-" in line:
                self.events, self.position = self.events + 1, named
            elif line.startswith(b"data: ") and b"stream-open" in line and not self.position:
                self.position = named
        return True

    async def stay_until(self, events):
        while not await self.read_until(events):
            self.writer.close()
            await asyncio.sleep(0.05)
            await self.connect()


async def opened(clients):
    await asyncio.gather(*(client.connect() for client in clients))

    async def first(client):
        while b"stream-open" not in (line := await client.reader.readline()):
            if line.startswith(b"id: "):
                client.position = line[4:].decode().strip()
    await asyncio.gather(*(first(client) for client in clients))


async def cut(site, count):
    """All connections are cut by the death of the broker while events come; how long until each client has everything that was written."""
    clients = [Client(site.ports["broker"]) for _ in range(count)]
    await opened(clients)
    with Publisher(site) as publisher:
        publisher.publish(0, 10)
        await asyncio.gather(*(client.stay_until(10) for client in clients))
        part = site.parts["broker"]
        part.kill()
        publisher.publish(10, 10)
        begun = time.monotonic()
        part.start()
        await asyncio.wait_for(asyncio.gather(*(client.stay_until(20) for client in clients)), TIMEOUT)
        took = time.monotonic() - begun
    whole = sum(client.events == 20 for client in clients)
    for client in clients:
        client.writer.close()
    return {"what": "cut", "clients": count, "seconds": took, "complete": whole}


async def resume(site, rounds):
    """One client that missed 1,000 events, again and again."""
    times = []
    with Publisher(site) as publisher:
        client = Client(site.ports["broker"])
        await opened([client])
        start = client.position
        publisher.publish(0, 1000)
        await client.stay_until(1000)
        client.writer.close()
        for _ in range(rounds):
            again = Client(site.ports["broker"])
            again.position = start
            begun = time.monotonic()
            await again.connect()
            assert await again.read_until(1000)
            times.append((time.monotonic() - begun) * 1000)
            again.writer.close()
    times.sort()
    return {"what": "resume", "rounds": rounds, "p50_ms": statistics.median(times), "p99_ms": times[max(0, int(len(times) * 0.99) - 1)]}


def company(port, count, reading, ready):
    """A process with `count` clients of its own, which read all that comes, or never read again."""
    selector = selectors.DefaultSelector()
    for _ in range(count):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", port))
        one.sendall(f"GET {PATH} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        selector.register(one, selectors.EVENT_READ)
    ready.set()
    while reading:
        for key, _ in selector.select():
            key.fileobj.recv(65536)
    threading.Event().wait()


def beside(a, site, clients, others, reading):
    """Delivery times of `clients` that read, beside `others` that read too or not."""
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    process = context.Process(target=company, args=(site.ports["broker"], others, reading, ready), daemon=True)
    process.start()
    try:
        assert ready.wait(30)
        with CourseShim(site) as shim:
            result = streams.load(a, "sse", PATH, site.ports["broker"], shim.port, clients, streams.TITLE_BYTES, site.parts["broker"].pid, site.parts["nats"].pid)
    finally:
        process.kill()
        process.join()
    phase = next(p for p in result["phases"] if p["name"] == "rate")
    return {"p99_ms": phase["lat_us"]["p99"] / 1000, "p50_ms": phase["lat_us"]["p50"] / 1000, "lost": phase["lost"]}


def measure(a):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count, silent = (500, 100) if a.quick else (5_000, 1_000)
    rows = []
    with stream_site() as site:
        rows.append(asyncio.run(cut(site, count)))
    for where, ring in (("ring", "1500"), ("log", "10")):
        with stream_site(FRESHET_RING_EVENTS=ring) as site:
            rows.append({"from": where, **asyncio.run(resume(site, 20 if a.quick else 200))})
    for number in range(1 if a.quick else 3):
        for reading in (True, False):
            with stream_site() as site:
                rows.append({"what": "beside", "others": silent, "reading": reading, "clients": count - silent, "pass": number, **beside(a, site, count - silent, silent, reading)})
    for row in rows:
        print(row, file=sys.stderr)
    return rows
