"""The example clients (infra/examples) on bad days: what they print is what was written, once and in order."""
import os
import pathlib
import secrets
import subprocess
import sys
import threading
import time

import pytest
from harness import ROOT, Site, eventually
from harness.chaos_proxy import ChaosProxy

COURSES, SSE = "/api/courses/", "/events/courses/"
SETTINGS = {"FRESHET_RING_EVENTS": "10"}  # small, so that resumes also come from the log


class Follower:
    """An example as a process, with the file it keeps its position in; what it prints is gathered over all its lives."""

    def __init__(self, language, port, folder):
        bin_dir = os.environ.get("FRESHET_BIN_DIR") or Site._bin_dir()
        program = [str(pathlib.Path(bin_dir) / "freshet-follow")] if language == "cpp" else [sys.executable, str(ROOT / "infra/examples/python/follow.py")]
        self.position, self.output = folder / "position", folder / "output"
        self.command = [*program, f"http://127.0.0.1:{port}{SSE}", str(self.position)]
        self.process = None
        self.start()

    def start(self):
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    close = kill

    @property
    def lines(self):
        return self.output.read_text().splitlines()

    def shows(self, text):
        assert self.process.poll() is None, f"the example ended: {self.lines[-3:]}"
        return text in self.output.read_text()


@pytest.fixture(params=["cpp", "python"])
def follower(request, site, closing, tmp_path):
    site.proxy = closing(ChaosProxy(site.ports["broker"]))
    one = closing(Follower(request.param, site.proxy.port, tmp_path))
    eventually(one.position.exists, 15, what="the example has connected")
    return one


class Writer:
    """Creates courses, one after the other, until it is stopped; `written` are position and slug of each."""

    def __init__(self, site):
        self.written, self._stop = [], threading.Event()
        self._api = site.admin()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def one(self):
        answer = self._api.post(COURSES, json={"title": "ผูกเชือก " + "x" * 150, "description": "d" * 3000, "slug": "c-" + secrets.token_hex(6), "status": "published"})
        assert answer.status_code == 201, answer.text
        self.written.append((answer.headers["Freshet-Position"], answer.json()["slug"]))

    def _run(self):
        while not self._stop.is_set():
            self.one()
            time.sleep(0.01)

    def stop(self):
        self._stop.set()
        self._thread.join(20)
        self.one()
        return self.written


def compare(follower, written):
    eventually(lambda: follower.shows(written[-1][1]), 45, what="the last course is shown")
    shown = [(position, data.split('"slug":"')[1].split('"')[0]) for position, data in (line.split(" ", 1) for line in follower.lines)]
    assert shown == written


def test_nothing_is_lost_or_repeated_when_the_broker_is_killed_and_connections_are_cut(site, follower):
    proxy, broker, writer = site.proxy, site.part("broker"), Writer(site)

    def disturb(*steps):
        before, shown = proxy.accepted, len(follower.lines)
        for step in steps:
            step()
            time.sleep(0.3)
        eventually(lambda: proxy.accepted > before and len(follower.lines) > shown, 30, what="the example is back")

    for piece in (7, 100, 1000):  # in pieces, so that the cut falls inside an event
        disturb(lambda piece=piece: proxy.slice(piece), proxy.cut, proxy.heal)
    disturb(broker.kill, broker.start)
    disturb(proxy.refuse, proxy.heal)
    disturb(broker.kill, proxy.refuse, broker.start, proxy.heal)
    written = writer.stop()
    assert len(written) > 20
    compare(follower, written)


def test_a_client_that_is_killed_itself_goes_on_where_it_was(site, follower):
    writer = Writer(site)
    for _ in range(3):
        time.sleep(0.5)
        follower.kill()
        time.sleep(0.2)
        follower.start()
    written = writer.stop()
    eventually(lambda: follower.shows(written[-1][1]), 45, what="the last course is shown")
    # Killed between showing and noting, it shows that one event again: at most one for each time it was killed.
    repeated = len(follower.lines) - len(set(follower.lines))
    assert repeated <= 3
    assert [line.split(" ", 1)[0] for line in dict.fromkeys(follower.lines)] == [position for position, _ in written]


def test_a_position_of_another_log_is_told_plainly(site, follower):
    follower.kill()
    follower.position.write_text("zzzzzzzz-7\n")
    follower.start()
    eventually(lambda: follower.shows("reset "), 15, what="the example tells of the reset")
    writer = Writer(site)
    written = writer.stop()
    eventually(lambda: follower.shows(written[-1][1]), 15, what="it goes on after the reset")
    assert [line.split(" ", 1)[0] for line in follower.lines[1:]] == [position for position, _ in written]
