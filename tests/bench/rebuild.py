"""The read model from zero, by the component in wasmtime: 20,000 articles of two 2 KB translations with their search index; and small events."""
import asyncio
import pathlib
import shutil
import threading
import time

import seed
from big_site import big_site


class Memory(threading.Thread):
    """The largest resident set of a process, looked at every 20 ms, and the course of it."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.samples, self.stopping = pid, [], threading.Event()
        self.start()

    def run(self):
        while not self.stopping.wait(0.02):
            try:
                pages = int(pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()[1])
            except (OSError, IndexError):
                return
            self.samples.append(pages * 4096 / 2**20)

    def stop(self):
        self.stopping.set()
        self.join(2)
        return self.samples


def small_events(count):
    """Drafts with a short title and nothing else: payloads of about 250 bytes."""
    for n in range(count):
        id, time_ = seed.ulid(5 * 10**9 + n), "2026-01-01T00:00:00.000Z"
        state = {"id": id, "slug": f"s-{n}", "status": "draft", "category": None, "author": {"id": seed.ulid(1), "username": "a", "name": ""},
                 "translations": {"en": {"title": f"t {n}", "content": "", "excerpt": ""}}, "published_at": None, "created_at": time_, "updated_at": time_}
        yield f"log.article.{id}", state, seed.headers("article", seed.ulid(6 * 10**9 + n), time_, False, "en")


def rebuilt(site, sequence, events, what):
    site.part("store").kill()
    shutil.rmtree(pathlib.Path(site.data, "store"))
    begin = time.monotonic()
    site.start("store")
    memory = Memory(site.part("store").pid)
    seed.wait_applied(site, sequence, timeout=300)
    seconds = time.monotonic() - begin
    samples = memory.stop()
    half = samples[len(samples) // 2:] or [0]
    return {"what": what, "events": events, "seconds": seconds, "per_second": events / seconds, "mib_at_half": half[0], "mib_most": max(samples, default=0)}


def measure(a):
    rows = []
    with big_site(a) as site:
        rows.append(rebuilt(site, site.last_sequence, 20_000, "articles of two 2 KB translations"))
    with big_site(a, articles=False) as site:
        count = 20_000 if a.quick else 100_000
        last = asyncio.run(seed.append(site.nats_url("operator"), small_events(count)))
        seed.wait_applied(site, last, timeout=300)
        rows.append(rebuilt(site, last, count, "small events"))
    return rows
