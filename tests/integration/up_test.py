"""infra/up, infra/down and what keeps a site running between them."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile

import httpx
import pytest
from harness import eventually, free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTS = ["nats", "store", "functions", "broker", "nginx"]


class Copy:
    """One copy of Freshet as an operator starts it."""

    def __init__(self, **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="freshet-up-")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.ports = {name: str(free_port()) for name in ("HTTP", "NATS", "FUNCTIONS", "BROKER")}
        keep = ("FRESHET_DEPS_DIR", "FRESHET_BIN_DIR", "FRESHET_COMPONENT_DIR")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("FRESHET_") or k in keep}
        if not os.environ.get("FRESHET_BIN_DIR") and not (ROOT / "build/release/bin/freshet").exists():
            self.env["FRESHET_PRESET"] = "dev"
        self.env |= {"FRESHET_DATA_DIR": str(self.data)} | {f"FRESHET_{name}_PORT": port for name, port in self.ports.items()} | settings
        self.url = f"http://localhost:{self.ports['HTTP']}"

    def run(self, command, *arguments, **settings):
        return subprocess.run([str(ROOT / "infra" / command), *arguments], env=self.env | settings, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def up(self, *arguments):
        done = self.run("up", "--no-build", "--detach", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr + "".join(f"\n---- {log.name}\n{log.read_text()[-2000:]}" for log in self.data.glob("logs/*.log"))
        return done.stdout

    def status(self):
        return json.loads((self.data / "status.json").read_text())["parts"]

    def pid(self, part):
        return self.status()[part]["pid"]

    def supervisor(self):
        return int((self.data / "supervisor.lock").read_text())

    def ready(self):
        try:
            return httpx.get(self.url + "/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def articles(self):
        return httpx.get(self.url + "/api/content/api/articles/", timeout=10).json()["count"]

    def close(self):
        self.run("down")
        self.folder.cleanup()


@pytest.fixture(scope="module")
def copy():
    one = Copy()
    one.printed = one.up()
    yield one
    one.close()


def session(pid):
    """The session of a living process; None when it is gone, or ended and only not yet waited for."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[3])


def alive(pid):
    return session(pid) is not None


def session_of(leader):
    """The living processes of a session: each part leads its own."""
    return [path.name for path in pathlib.Path("/proc").glob("[0-9]*") if session(path.name) == leader]


def password_in(printed):
    return re.search(r"password: +(\S+)", printed)


def test_the_first_start_says_where_to_look_and_who_may_log_in(copy):
    assert copy.url in copy.printed
    password = password_in(copy.printed)[1]
    answer = httpx.post(copy.url + "/api/token/", json={"username": "admin", "password": password}, timeout=10)
    assert answer.status_code == 200, answer.text
    assert httpx.get(copy.url + "/api/users/me/", headers={"Authorization": "Bearer " + answer.json()["access"]}, timeout=10).json()["is_staff"] is True


def test_the_password_is_kept_nowhere(copy):
    password = password_in(copy.printed)[1].encode()
    found = [str(path) for path in copy.data.rglob("*") if path.is_file() and password in path.read_bytes()]
    assert found == []


@pytest.mark.parametrize("language", ["en", "th"])
def test_there_are_demonstration_articles_in_both_languages(copy, language):
    content = json.loads((ROOT / "infra/demo/content.json").read_text())
    published = [article for article in content["articles"] if article["status"] == "published"]
    shown = httpx.get(copy.url + f"/api/content/api/articles/?language={language}&page_size=100", timeout=10).json()
    assert shown["count"] == len(published) and {article["language"] for article in shown["results"]} >= {language}


def test_secrets_are_private_and_on_no_command_line(copy):
    path = copy.data / "secrets.env"
    assert path.stat().st_mode & 0o777 == 0o600 and copy.data.stat().st_mode & 0o777 == 0o700
    secrets = dict(line.split("=", 1) for line in path.read_text().splitlines())
    for part in PARTS:
        arguments = pathlib.Path(f"/proc/{copy.pid(part)}/cmdline").read_bytes().decode()
        assert not [name for name, value in secrets.items() if value in arguments], part


def test_each_process_has_no_secret_it_does_not_need(copy):
    secrets = dict(line.split("=", 1) for line in (copy.data / "secrets.env").read_text().splitlines())
    needed = {"nats": {f"FRESHET_NATS_PASSWORD_{role}" for role in ("SYSTEM", "OPERATOR", "FUNCTIONS", "STORE", "BROKER")},
              "store": {"FRESHET_NATS_PASSWORD_STORE"}, "functions": {"FRESHET_NATS_PASSWORD_FUNCTIONS", "FRESHET_JWT_KEY", "FRESHET_PROXY_SECRET"},
              "broker": {"FRESHET_NATS_PASSWORD_BROKER", "FRESHET_PROXY_SECRET"}, "nginx": {"FRESHET_PROXY_SECRET"}}
    for part in PARTS:
        environment = pathlib.Path(f"/proc/{copy.pid(part)}/environ").read_bytes().decode()
        has = {name for name, value in secrets.items() if value in environment} - {"FRESHET_JWT_PUBLIC_KEYS"}
        assert has == needed[part] or (part == "nginx" and not has), part  # nginx writes its titles over what /proc shows


def test_starting_what_runs_says_so(copy):
    before = copy.supervisor()
    assert "already running" in copy.up()
    assert copy.supervisor() == before


def test_status_names_each_process(copy):
    printed = copy.run("up", "--status").stdout
    assert "ready" in printed and "NOT READY" not in printed
    for part in PARTS:
        assert re.search(rf"^ +{part} +process {copy.pid(part)} ", printed, re.M), printed


@pytest.mark.parametrize("part", ["store", "functions", "broker", "nginx", "nats"])
def test_a_process_that_dies_is_started_again(copy, part):
    count, old, restarts = copy.articles(), copy.pid(part), copy.status()[part]["restarts"]
    os.kill(old, signal.SIGKILL)
    eventually(lambda: copy.pid(part) not in (None, old), 15, what=f"{part} runs again")
    eventually(copy.ready, 30, what="the site is ready")
    assert copy.status()[part]["restarts"] == restarts + 1 and not session_of(old)
    assert eventually(copy.articles, 15) == count


def test_a_port_that_is_taken_is_named_with_its_setting(copy):
    other = Copy(FRESHET_BROKER_PORT=copy.ports["BROKER"])
    done = other.run("up", "--no-build", "--detach")
    assert done.returncode == 1 and f"port {copy.ports['BROKER']} (broker)" in done.stdout and "FRESHET_BROKER_PORT" in done.stdout
    assert other.run("up", "--status").returncode == 3
    other.close()


def test_two_copies_run_side_by_side(copy, closing):
    other = closing(Copy())
    printed = other.up("--no-demo")
    assert password_in(printed)[1] != password_in(copy.printed)[1]
    assert (other.articles(), copy.articles() > 0) == (0, True)


def test_when_the_supervisor_is_killed_nothing_is_left_behind_and_nothing_is_lost(closing):
    one = closing(Copy(FRESHET_ADMIN_PASSWORD="a password of this test"))
    printed = one.up()
    assert "a password of this test" not in printed
    count, pids = one.articles(), [one.pid(part) for part in PARTS]
    os.kill(one.supervisor(), signal.SIGKILL)
    eventually(lambda: not any(alive(pid) for pid in pids), what="every process has ended")
    printed = one.up()
    assert "superuser" not in printed and one.articles() == count
    assert not [member for pid in pids for member in session_of(pid)]


def test_down_ends_everything_and_keeps_the_data(closing):
    one = closing(Copy())
    one.up()
    count, pids = one.articles(), [one.pid(part) for part in PARTS]
    assert one.run("down").returncode == 0
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(one.ports["HTTP"])), 1)
    one.up()
    assert one.articles() == count


def test_in_the_foreground_an_interrupt_ends_everything(closing):
    one = closing(Copy())
    process = subprocess.Popen([str(ROOT / "infra/up"), "--no-build", "--no-demo"], env=one.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    printed = ""
    while "Ctrl-C" not in printed:
        line = process.stdout.readline()
        assert line, printed
        printed += line
    pids = [one.pid(part) for part in PARTS]
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0 and not any(alive(pid) for pid in pids)
