"""A site of its own for a test module: data folder, ports, secrets, and the processes of `infra/part`."""
import base64
import hashlib
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import tempfile
import time

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .client import Api
from .part import Part
from .sse import EventStream
from .wait import eventually

ROOT = pathlib.Path(__file__).resolve().parents[3]
ROLES = ["system", "operator", "functions", "store", "broker"]
ADMIN = ("admin", "correct horse battery staple")
ORIGIN = "https://site.example"


GIVEN = set()  # the system may offer a port again before its first taker listens


def free_port():
    while True:
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        if port not in GIVEN:
            GIVEN.add(port)
            return port


def dependencies():
    """The folder that infra/setup fills."""
    return pathlib.Path(os.environ.get("FRESHET_DEPS_DIR", ROOT / ".deps"))


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Site:
    """Order of life: Site(...) -> up() -> use -> down(). Every process it started is ended by down(), whatever happened before.

    settings   more FRESHET_* settings, for example {"FRESHET_REUSE": "off"}
    folder     where data and logs go (default: a new temporary folder, removed by down())
    ports      ports that must be these, for example {"functions": 8081}; the others are free ones
    """

    live = []

    def __init__(self, settings=None, name="site", folder=None, ports=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix=f"freshet-{name}-"))
        self.data = self.folder / "data"
        self.data.mkdir()
        self.ports = {part: free_port() for part in ("nats", "functions", "broker")} | (ports or {})
        self.key = Ed25519PrivateKey.generate()
        self.passwords = {role: "p" + secrets.token_hex(16) for role in ROLES}
        self.settings = dict(settings or {})
        self.overrides = {}  # part name -> settings of that part alone, for example its NATS through a proxy
        self.parts = {}
        self._tokens = {}
        Site.live.append(self)

    # ------------------------------------------------------------ settings
    def environment(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("FRESHET_") or k in ("FRESHET_DEPS_DIR", "FRESHET_BIN_DIR", "FRESHET_COMPONENT_DIR")}
        env.update({
            "FRESHET_DATA_DIR": str(self.data),
            "FRESHET_NATS_PORT": str(self.ports["nats"]),
            "FRESHET_FUNCTIONS_PORT": str(self.ports["functions"]),
            "FRESHET_BROKER_PORT": str(self.ports["broker"]),
            "FRESHET_JWT_KEY": base64url(self.key.private_bytes_raw()),
            "FRESHET_JWT_PUBLIC_KEYS": base64url(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
            "FRESHET_ALLOWED_ORIGINS": ORIGIN,
            "FRESHET_PROXY_SECRET": "proxy-secret-of-the-tests",
            "FRESHET_STORE_ID": "s1",
        })
        env.update({f"FRESHET_NATS_PASSWORD_{role.upper()}": password for role, password in self.passwords.items()})
        env.update(self.settings)
        return env

    def nats_url(self, role="operator"):
        return f"nats://{role}:{self.passwords[role]}@127.0.0.1:{self.ports['nats']}"

    @property
    def functions_url(self):
        return f"http://127.0.0.1:{self.ports['functions']}"

    @property
    def broker_url(self):
        return f"http://127.0.0.1:{self.ports['broker']}"

    # ------------------------------------------------------------ processes
    def part(self, name):
        if name not in self.parts:
            env = {**self.environment(), **self.overrides.get(name, {})}
            self.parts[name] = Part(name, [str(ROOT / "infra" / "part"), name], env, str(self.folder / f"{name}.log"))
        return self.parts[name]

    def start(self, *names):
        for name in names:
            self.part(name).start()

    def up(self):
        self.start("nats")
        self.wait_port("nats")
        self.command("init")
        self.start("store", "functions", "broker")
        self.wait_ready()
        self.freshet("createsuperuser", "--username", ADMIN[0], stdin=ADMIN[1] + "\n")
        return self

    def up_streams(self):
        """Only the log and the broker: enough for streams, with tokens of token()."""
        self.start("nats")
        self.wait_port("nats")
        self.command("init")
        self.start("broker")
        self.wait_broker()
        return self

    def down(self):
        for part in self.parts.values():
            part.end_now()
        if self in Site.live:
            Site.live.remove(self)
        if not os.environ.get("FRESHET_TEST_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def logs(self, most=3_000):
        return "".join(f"---- {name} (running: {part.alive()})\n{part.log_tail(most)}\n" for name, part in self.parts.items())

    def command(self, name):
        """Runs a part that ends by itself (init) and checks that it succeeded."""
        done = subprocess.run([str(ROOT / "infra" / "part"), name], env=self.environment(), capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"infra/part {name}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def freshet(self, *arguments, stdin="", check=True):
        """The command line tool, as the operator."""
        env = self.environment()
        env["FRESHET_NATS_URL"] = self.nats_url("operator")
        program = pathlib.Path(env.get("FRESHET_BIN_DIR") or self._bin_dir()) / "freshet"
        done = subprocess.run([str(program), *arguments], env=env, input=stdin, capture_output=True, text=True, timeout=60)
        assert not check or done.returncode == 0, f"freshet {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    @staticmethod
    def _bin_dir():
        return next((ROOT / "build" / preset / "bin" for preset in ("release", "dev") if (ROOT / "build" / preset / "bin").is_dir()), ROOT / "build/dev/bin")

    # ------------------------------------------------------------ readiness
    def wait_port(self, name, timeout=10):
        def probe():
            assert self.part(name).alive(), f"{name} ended: {self.part(name).log_tail()}"
            with socket.create_connection(("127.0.0.1", self.ports[name]), 1):
                return True
        eventually(probe, timeout, what=f"{name} listens on {self.ports[name]}")

    def wait_ready(self, timeout=30):
        for name, url in (("broker", self.broker_url), ("functions", self.functions_url)):
            def probe(name=name, url=url):
                assert self.part(name).alive(), f"{name} ended: {self.part(name).log_tail()}"
                answer = httpx.get(url + "/readyz", timeout=5)
                assert answer.status_code == 200, f"{name} says {answer.status_code} {answer.text[:500]}"
                return True
            eventually(probe, timeout, every=0.05, what=f"{name} is ready")

    def wait_broker(self, timeout=30):
        def probe():
            assert self.part("broker").alive(), f"broker ended: {self.part('broker').log_tail()}"
            return httpx.get(self.broker_url + "/readyz", timeout=5).status_code == 200
        eventually(probe, timeout, what="the broker is ready")

    # ------------------------------------------------------------ clients
    def token(self, user=None, family=None, kind="access", lifetime_s=3600, staff=False, **changed):
        """A token as the functions sign it."""
        now = int(time.time())
        claims = {"sub": user or "01HF" + secrets.token_hex(11).upper(), "iss": "freshet", "aud": "ticket" if kind == "ticket" else "freshet", "iat": now, "exp": now + lifetime_s,
                  "jti": "01HF" + secrets.token_hex(11).upper(), "family": family or "01HF" + secrets.token_hex(11).upper(), "token_type": kind, "is_staff": staff, **changed}
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers={"kid": self._key_id()})

    def _key_id(self):
        """RFC 7638."""
        x = base64url(self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        return base64url(hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest())

    def api(self, token=None, **options):
        return Api(self.functions_url, token=token, **options)

    def login(self, username=ADMIN[0], password=ADMIN[1]):
        """A fresh pair of tokens."""
        answer = self.api().post("/api/token/", json={"username": username, "password": password})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def admin(self):
        """A client with the superuser's access token, taken once per site."""
        if "admin" not in self._tokens:
            self._tokens["admin"] = self.login()["access"]
        return self.api(self._tokens["admin"])

    def new_user(self, username=None, password="a password of a reader"):
        username = username or "reader-" + secrets.token_hex(6)
        answer = self.api().post("/api/users/", json={"username": username, "password": password})
        assert answer.status_code == 201, answer.text
        return username, password

    def stream(self, language="en", **options):
        return EventStream(self.broker_url, f"/api/content/events/article-updates-{language}/", **options)
