"""The broker beside the physical limit: the fan-out kit's generator on courses over SSE and WebSocket, at 1,000 and 5,000 clients.

The kit (FRESHET_STREAM_KIT, default ../shared/bench beside this clone) brings generator and `limit_server`; it is built once. Broker and nats-server alone are
measured: no store, no functions, the log in memory. The broker runs one loop, as `limit` runs one thread, with compression off and caps set by environment.
"""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from course_shim import CourseShim
from harness import Site, free_port
from harness.site import ROOT

TITLE_BYTES = 80  # of the generator's text: the course's state in the log is then some 256 bytes long
DELIVERIES = 20_000
SETTINGS = {"FRESHET_MAX_CONNECTIONS_PER_IP": "0", "FRESHET_ALLOWED_ORIGINS": "http://127.0.0.1", "FRESHET_BROKER_LOOPS": "1"}
LIMITS = {"limit": [], "limit+batch": ["--batch"], "limit+uring": ["--uring"]}
IN_MEMORY = "/dev/shm"  # the log's syncs are nats-server's work: here they would hide what the broker can do
LANES = {"sse": "/events/courses/", "ws": "/ws/courses/"}


def kit(a):
    folder = pathlib.Path(os.environ.get("FRESHET_STREAM_KIT", ROOT.parent / "shared" / "bench")).resolve()
    if not (folder / "build.sh").is_file():
        sys.exit(f"the fan-out benchmark kit is not in {folder}: set FRESHET_STREAM_KIT")
    if not (a.bench / "bin/fanout_load").exists():
        subprocess.run(["bash", "build.sh"], cwd=folder, env={**os.environ, "BENCH_BIN": str(a.bench / "bin")}, check=True)
    return a.bench / "bin"


def load(a, lane, path, port, publish_port, clients, text_bytes, server_pid, broker_pid, idle=False):
    seconds = 1 if a.quick else 3
    phases = ["--idle-only"] if idle else ["--phase", f"rate={max(1.0, DELIVERIES / clients)},dur={seconds}", "--phase", f"window=16,dur={seconds}"]
    command = [str(kit(a) / "fanout_load"), "--port", str(port), "--mode", lane, "--path", path, "--n", str(clients), "--bytes", str(text_bytes), "--pub", "nats",
               "--pub-port", str(publish_port), "--subject", "fan", "--server-pid", str(server_pid), "--broker-pid", str(broker_pid), "--settle", "1.0", *phases]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        sys.exit(f"fanout_load: {done.stderr}")
    return json.loads(done.stdout)


def limit(a, name, clients, idle=False):
    nats_port, port = free_port(), free_port()
    nats = subprocess.Popen([str(pathlib.Path(os.environ["FRESHET_DEPS_DIR"]) / "bin/nats-server"), "-a", "127.0.0.1", "-p", str(nats_port)], stderr=subprocess.DEVNULL)
    time.sleep(0.7)
    server = subprocess.Popen([str(kit(a) / "limit_server"), "--port", str(port), "--nats-port", str(nats_port), *LIMITS[name]])
    try:
        time.sleep(0.7)
        return load(a, "sse", "/", port, nats_port, clients, 256, server.pid, nats.pid, idle)
    finally:
        for process in (server, nats):
            process.kill()
            process.wait()


@contextlib.contextmanager
def stream_site(**settings):
    """nats-server and broker alone, the log in memory."""
    site = Site({**SETTINGS, **settings}, folder=tempfile.mkdtemp(prefix="freshet-streams-", dir=IN_MEMORY))
    try:
        site.start("nats")
        site.wait_port("nats")
        site.command("init")
        site.start("broker")
        site.wait_port("broker")
        time.sleep(1.0)
        yield site
    finally:
        site.down()


def freshet(a, lane, clients, io_uring, idle=False):
    with stream_site(FRESHET_IO_URING=io_uring) as site, CourseShim(site) as shim:
        return load(a, lane, LANES[lane], site.ports["broker"], shim.port, clients, TITLE_BYTES, site.parts["broker"].pid, site.parts["nats"].pid, idle)


def rows_of(name, lane, clients, result):
    row = {"peer": name, "lane": lane, "clients": clients, "result": result}
    shown = {p["name"]: (round(p.get("server_cpu_us_per_delivery", 0), 2), round(p["deliveries_per_s"]), p["lost"], p["lat_us"]["p99"]) for p in result.get("phases", [])}
    print(f"{name:20s} {lane} {clients:6d} {shown} {round(result.get('pss_per_conn', 0))} B {round(result.get('connects_per_s', 0)):,}/s", file=sys.stderr)
    return row


def measure(a):
    rows = []
    for clients in (1_000,) if a.quick else (1_000, 5_000):
        for _ in range(1 if a.quick else 2):
            for name in LIMITS:
                rows.append(rows_of(name, "sse", clients, limit(a, name, clients)))
            for lane in LANES:
                rows.append(rows_of("Freshet", lane, clients, freshet(a, lane, clients, "on")))
                rows.append(rows_of("Freshet, epoll alone", lane, clients, freshet(a, lane, clients, "off")))
    idle = 1_000 if a.quick else 10_000
    rows.append(rows_of("limit", "sse idle", idle, limit(a, "limit", idle, idle=True)))
    for lane in LANES:
        rows.append(rows_of("Freshet", f"{lane} idle", idle, freshet(a, lane, idle, "on", idle=True)))
    return rows
