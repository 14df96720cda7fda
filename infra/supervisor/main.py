"""Runs one site: `up [--detach] [--no-demo]`, `down`, `status`. infra/up and infra/down call it; README.md says what lies where."""
import asyncio
import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import first_run
from part import Part, end_session
from settings import DATA, LOGS, PORTS, ROOT, address, environment

# Who has to be there for whom; stopped in the opposite order, the broker first so that its streams drain while all else still answers.
START_ORDER = ["nats", "store", "functions", "broker", "nginx"]
STOP_ORDER = [("broker", signal.SIGTERM, 15), ("nginx", signal.SIGQUIT, 5), ("functions", signal.SIGTERM, 5), ("store", signal.SIGTERM, 5), ("nats", signal.SIGTERM, 10)]
READY_WITHIN_S = 60
RESTARTS_WHILE_STARTING = 4
LOCK, STATUS = DATA / "supervisor.lock", DATA / "status.json"


class Failed(Exception):
    """Ends the start with its text."""


class Site:
    def __init__(self, say, demo):
        self.say, self.demo, self.env = say, demo, environment()
        self.parts = {name: Part(name, self.env, say, self.write_status) for name in START_ORDER}
        self.tasks, self.ready, self.stop_asked = [], False, asyncio.Event()

    async def run(self, on_ready):
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, self.stop_asked.set)
        starting = asyncio.ensure_future(self.start())
        stop = asyncio.ensure_future(self.stop_asked.wait())
        try:
            await asyncio.wait([starting, stop], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                on_ready(starting.result())
                await self.watch()
        finally:
            starting.cancel()
            await self.stop()

    async def start(self):
        end_earlier_run()
        self.check_ports()
        self.keep("nats")
        await self.until("nats-server answers", lambda: connects(PORTS["nats"]))
        self.say("nats-server is up; creating what is missing in JetStream")
        await asyncio.to_thread(self.init)
        for name in ("store", "functions", "broker"):
            self.keep(name)
        self.say("store, functions and broker are starting")
        await self.until("functions and broker are ready", lambda: ready(PORTS["functions"]) and ready(PORTS["broker"]))
        self.keep("nginx")
        await self.until("the site answers", lambda: ready(PORTS["nginx"]))
        self.ready = True
        self.write_status()
        return await asyncio.to_thread(first_run.prepare, self.env, self.say, self.demo)

    def init(self):
        done = subprocess.run([ROOT / "infra/part", "init"], env=self.env, capture_output=True, text=True, timeout=60)
        (LOGS / "init.log").write_text(done.stdout + done.stderr)
        if done.returncode != 0:
            raise Failed(f"freshet init: exit {done.returncode}\n{done.stdout}{done.stderr}")

    def keep(self, name):
        self.tasks.append(asyncio.ensure_future(self.parts[name].keep()))

    async def until(self, what, probe):
        deadline = time.monotonic() + READY_WITHIN_S
        while not await asyncio.to_thread(probe):
            for part in self.parts.values():
                if part.restarts > RESTARTS_WHILE_STARTING:
                    raise Failed(f"{part.name} keeps ending; its log is {part.log_path}")
            if time.monotonic() > deadline:
                raise Failed(f"not within {READY_WITHIN_S} s: {what}\n" + "\n".join(f"{part.name}:\n{part.log_tail(5)}" for part in self.parts.values() if part.process))
            await asyncio.sleep(0.1)

    async def watch(self):
        while not self.stop_asked.is_set():
            for part in self.parts.values():
                part.trim_log()
            try:
                await asyncio.wait_for(self.stop_asked.wait(), 30)
            except TimeoutError:
                pass

    async def stop(self):
        self.ready = False
        for part in self.parts.values():
            part.stopping = True
        for name, how, within_s in STOP_ORDER:
            await self.parts[name].stop(how, within_s)
        for task in self.tasks:
            task.cancel()
        STATUS.unlink(missing_ok=True)

    def check_ports(self):
        """A port that is let go within two seconds counts as free: what a killed supervisor left behind is just ending."""
        deadline = time.monotonic() + 2
        for name, port in PORTS.items():
            while connects(port) and time.monotonic() < deadline:
                time.sleep(0.05)
            if connects(port):
                setting = {"nginx": "FRESHET_HTTP_PORT"}.get(name, f"FRESHET_{name.upper()}_PORT")
                raise Failed(f"port {port} ({name}) is taken by another program: set {setting}")

    def write_status(self):
        new = STATUS.with_suffix(".new")
        new.write_text(json.dumps({"address": address(), "ready": self.ready, "parts": {name: part.status() for name, part in self.parts.items()}}))
        new.rename(STATUS)


def end_earlier_run():
    """After a supervisor that was killed: its parts died with it, but not all of their children."""
    if STATUS.exists():
        for part in json.loads(STATUS.read_text())["parts"].values():
            if part["pid"]:
                end_session(part["pid"])


def connects(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def ready(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:  # HTTPError too
        return False


def running():
    """The process id of the supervisor of this data folder, or None."""
    try:
        with open(LOCK) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int(LOCK.read_text() or 0)


def up(arguments):
    LOGS.mkdir(parents=True, exist_ok=True)
    DATA.chmod(0o700)
    lock = open(LOCK, "a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Freshet is already running at {address()} (process {running()}); infra/down ends it")
        return 0
    report = detach() if "--detach" in arguments else None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    say = Said(report)
    try:
        asyncio.run(Site(say, "--no-demo" not in arguments).run(lambda first: announce(say, first, report)))
    except (Failed, RuntimeError, OSError) as error:
        say(f"not started: {error}")
        return 1
    say("ended")
    return 0


class Said:
    """Progress to standard output; of a detached start also to the terminal, through `report`, until the site is ready."""

    def __init__(self, report):
        self.report = report

    def __call__(self, text, mark="\033[1minfra/up:\033[0m "):
        print(mark + text, flush=True)
        if self.report:
            self.report.write(mark + text + "\n")
            self.report.flush()


def announce(say, first, report):
    say(f"\n  Freshet is up: {address()}\n  articles {address()}/articles · admin {address()}/admin/ · status {address()}/status", mark="")
    if first:
        # To the terminal only: the password does not belong into the log of a detached site.
        print("\n".join(first), file=report or sys.stdout, flush=True)
        first_run.finished()
    say(f"  logs {LOGS} · end it with {'infra/down' if report else 'Ctrl-C'}\n", mark="")
    if report:
        report.write("ready\n")
        report.close()
        say.report = None


def detach():
    """The child goes on, without a terminal; the parent shows its progress and ends when the site is ready or has failed."""
    reading, writing = os.pipe()
    if os.fork() > 0:
        os.close(writing)
        with open(reading) as progress:
            for line in progress:
                if line == "ready\n":
                    os._exit(0)
                print(line, end="", flush=True)
        os._exit(1)
    os.close(reading)
    os.setsid()
    null, log = os.open(os.devnull, os.O_RDONLY), os.open(LOGS / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    return open(writing, "w")


def down():
    pid = running()
    if not pid:
        print("Freshet is not running here")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while running() == pid:
        if time.monotonic() > deadline:
            print(f"process {pid} has not ended within 60 s", file=sys.stderr)
            return 1
        time.sleep(0.05)
    print("Freshet has ended")
    return 0


def status():
    pid = running()
    if not pid or not STATUS.exists():
        print("Freshet is not running here" if not pid else "Freshet is starting or ending")
        return 3
    state = json.loads(STATUS.read_text())
    print(f"{state['address']}  {'ready' if ready(PORTS['nginx']) else 'NOT READY'}")
    for name, part in state["parts"].items():
        age = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(part["since"])) if part["since"] else "-"
        print(f"  {name:10} {'process ' + str(part['pid']) if part['pid'] else 'away':16} since {age}  restarts {part['restarts']}")
    return 0


if __name__ == "__main__":
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.exit({"up": lambda: up(sys.argv[2:]), "down": down, "status": status}.get(what, lambda: print(__doc__) or 2)())
