"""The read model from zero, by the component in wasmtime: articles of two 2 KB translations with their search index, and small events.

Each log is rebuilt twice, from a quarter of its events and from all of them: memory that is flat is the same in both.

Timed is what the store does, by its own log lines: from `building the read model` to `the read model is live`. What is not counted is reported
beside it: the start of wasmtime (it compiles the component, or finds it in its cache). Nothing else of the site works meanwhile, and nobody asks.
"""
import asyncio
import datetime
import itertools
import json
import os
import pathlib
import shutil
import threading
import time

import seed
from big_site import big_site

ARTICLES, SMALL = 20_000, 100_000
BUILDING, LIVE = "building the read model from the log", "the read model is live"


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


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def said(part, offset, message):
    """The store's log line with this message behind `offset`, and when the store said it; nothing so far: None."""
    for line in part.log_from(offset).splitlines():
        if line.startswith("{") and line.endswith("}") and (entry := json.loads(line)).get("message") == message:
            return entry, datetime.datetime.fromisoformat(entry["time"].replace("Z", "+00:00")).timestamp()
    return None


def wait_said(part, offset, message, timeout=600):
    end = time.monotonic() + timeout
    while True:
        if found := said(part, offset, message):
            return found
        assert part.alive() and time.monotonic() < end, f"the store never said: {message}\n{part.log_tail()}"
        time.sleep(0.01)


def rebuilt(site, sequence):
    site.part("store").kill()
    shutil.rmtree(pathlib.Path(site.data, "store"))
    part, offset, started = site.part("store"), site.part("store").log_size(), time.time()
    site.start("store")
    _, begun = wait_said(part, offset, BUILDING)
    cpu, memory = cpu_seconds(part.pid), Memory(part.pid)
    live, ended = wait_said(part, offset, LIVE)
    cpu = cpu_seconds(part.pid) - cpu
    samples = memory.stop()
    assert int(live["position"].rsplit("-", 1)[1]) >= sequence, f"live at {live['position']}, before {sequence}"
    return {"seconds": ended - begun, "start_seconds": begun - started, "cpu_seconds": cpu, "mib_most": max(samples, default=0)}


def measure_one(site, what, count, messages):
    """`messages` yields the log's events, of which `count` are what is counted."""
    def fill(part):
        return asyncio.run(seed.append(site.nats_url("operator"), part))

    def silent(names):
        for name in names:
            site.part(name).kill()

    silent(["functions", "broker"])
    todo = list(messages)
    quarter = rebuilt(site, fill(itertools.islice(todo, len(todo) // 4)))
    whole = rebuilt(site, fill(itertools.islice(todo, len(todo) // 4, None)))
    return {"what": what, "events": count, **whole, "per_second": count / whole["seconds"], "per_cpu_second": count / max(whole["cpu_seconds"], 0.01),
            "mib_quarter": quarter["mib_most"], "mib_ratio": whole["mib_most"] / quarter["mib_most"]}


def measure(a):
    rows = []
    articles, small = (ARTICLES // 10, SMALL // 10) if a.quick else (ARTICLES, SMALL)
    with big_site(a, articles=False) as site:
        with open(a.bench / "data/articles.ndjson", encoding="utf-8") as file:
            lines = [json.loads(line) for line in itertools.islice(file, articles)]
        messages = seed.messages(lines, *seed.make_people_and_categories(site, lines))
        rows.append(measure_one(site, "articles of two 2 KB translations", articles, messages))
    with big_site(a, articles=False) as site:
        rows.append(measure_one(site, "small events", small, small_events(small)))
    return rows
