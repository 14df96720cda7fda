"""WebSocket clients: one that says exactly the bytes a test wants, and one that records what it gets and can resume."""
import base64
import hashlib
import json
import os
import secrets
import socket
import struct
import threading
import time
import urllib.parse

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

from .raw import exchange

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(opcode, payload=b"", fin=True, rsv=0, mask=None, masked=True, form=None):
    """One frame as bytes. `form` writes the length in that many bytes, shortest or not."""
    payload = payload.encode() if isinstance(payload, str) else payload
    mask = mask or secrets.token_bytes(4)
    size = len(payload)
    form = form if form is not None else 0 if size < 126 else 2 if size < 65536 else 8
    length = bytes([size]) if form == 0 else bytes([126 if form == 2 else 127]) + size.to_bytes(form, "big")
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode, length[0] | (0x80 if masked else 0)]) + length[1:]
    if not masked:
        return head + payload
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big") if size else 0
    return head + mask + (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


def closing(code=None, reason=b""):
    return frame(CLOSE, b"" if code is None else struct.pack(">H", code) + reason)


def upgrade_request(changed=None, method="GET", path="/ws/courses/", version="HTTP/1.1"):
    """A request for a socket with some headers changed, or left out (None). Its key is the one of RFC 6455 1.3."""
    headers = {"Host": "x", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", **(changed or {})}
    return (f"{method} {path} {version}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items() if v is not None) + "\r\n").encode()


def ask_for_socket(port, changed=None, **more):
    """The status and the head, in lower case, that such a request is answered with."""
    status, answer = exchange(port, upgrade_request(changed, **more))
    return status, answer.split(b"\r\n\r\n", 1)[0].decode("latin-1").lower()


class RawSocket:
    """A connection after its handshake. What the server says goes through wsproto, which refuses what RFC 6455 forbids a server."""

    def __init__(self, port, path="/ws/courses/", headers=None, extensions=(), timeout=5.0):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.key = base64.b64encode(os.urandom(16)).decode()
        offers = {"Sec-WebSocket-Extensions": extensions[0].name + "; " + extensions[0].offer()} if extensions else {}
        self.send(upgrade_request({"Host": f"127.0.0.1:{port}", "Sec-WebSocket-Key": self.key, **offers, **(headers or {})}, path=path))
        head, rest = self._read_head()
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:] if line)}
        self.received, self.passed, self.partial = [], [], ""
        if self.status != 101:
            self.body = rest
            return
        assert self.headers["sec-websocket-accept"] == base64.b64encode(hashlib.sha1((self.key + GUID).encode()).digest()).decode()
        taken = self.headers.get("sec-websocket-extensions")
        for extension in extensions if taken else ():
            extension.finalize(taken)
        assert taken is None or extensions, "an extension that nobody offered"
        self.wsproto = Connection(ConnectionType.CLIENT, extensions=list(extensions) if taken else [])
        self._take(rest)

    def _read_head(self):
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = self.sock.recv(65536)
            assert chunk, f"closed before an answer: {data!r}"
            data += chunk
        return data.split(b"\r\n\r\n", 1)

    def send(self, data, pieces_of=None):
        for at in range(0, len(data), pieces_of or max(len(data), 1)):
            self.sock.sendall(data[at:at + (pieces_of or len(data))])

    def _take(self, data):
        if data:
            self.wsproto.receive_data(data)
        for event in self.wsproto.events():
            if isinstance(event, TextMessage):
                self.partial += event.data
                if event.message_finished:
                    self.received.append(json.loads(self.partial))
                    self.partial = ""
            elif isinstance(event, BytesMessage):
                raise AssertionError(f"a binary message: {event}")
            elif isinstance(event, CloseConnection):
                self.received.append(("close", event.code, event.reason))
            elif isinstance(event, (Ping, Pong)):
                self.received.append(("ping" if isinstance(event, Ping) else "pong", bytes(event.payload)))

    def read(self, wanted, timeout=5.0):
        """Takes things received until one for which `wanted(it)` is true, and returns it. All that was taken is in `passed`."""
        end = time.monotonic() + timeout
        while True:
            while self.received:
                thing = self.received.pop(0)
                self.passed.append(thing)
                if wanted(thing):
                    return thing
            self.sock.settimeout(max(0.01, end - time.monotonic()))
            try:
                data = self.sock.recv(65536)
            except TimeoutError:
                raise AssertionError(f"not within {timeout} s; received {self.passed[-5:]}") from None
            assert data, f"the server closed the connection; received {self.passed[-5:]}"
            self._take(data)

    def read_message(self, type, timeout=5.0):
        return self.read(lambda thing: isinstance(thing, dict) and thing.get("type") == type, timeout)

    def read_close(self, timeout=5.0):
        """The code of the server's Close, after which it must end the connection."""
        code = self.read(lambda thing: thing[0] == "close" if isinstance(thing, tuple) else False, timeout)[1]
        self.sock.settimeout(timeout)
        try:
            while self.sock.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return int(code)

    def close(self):
        self.sock.close()


class SocketStream:
    """Opens at once and reads on a thread, with the `websockets` library. With `reconnect`, it comes back after each end with ?since=.

    frames   everything received, over all connections, in order of arrival
    """

    def __init__(self, base, path="/ws/courses/", since=None, headers=None, origin=None, reconnect=False, retry_s=0.2, compression=None, proxy_port=None):
        self.url = urllib.parse.urlparse(base)._replace(scheme="ws").geturl() + path
        self.port = proxy_port
        self.since, self.headers, self.origin, self.compression = since, headers or {}, origin, compression
        self.reconnect, self.retry_s = reconnect, retry_s
        self.frames, self.connects, self.errors, self.codes = [], 0, [], []
        self.status = None
        self.ended = self._closing = False
        self.connection = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=f"ws {path}", daemon=True)
        self._thread.start()

    def _run(self):
        while not self._closing:
            try:
                self._connect_once()
            except InvalidHandshake as error:
                self.status = getattr(getattr(error, "response", None), "status_code", None)
                self.errors.append(repr(error))
            except (OSError, EOFError) as error:
                self.errors.append(repr(error))
            if not self.reconnect:
                break
            time.sleep(self.retry_s)
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _connect_once(self):
        url = self.url if self.since is None else self.url + ("&" if "?" in self.url else "?") + urllib.parse.urlencode({"since": self.since})
        sock = socket.create_connection(("127.0.0.1", self.port), 5) if self.port else None
        with connect(url, sock=sock, additional_headers=self.headers, origin=self.origin, compression=self.compression, max_size=None, open_timeout=5,
                     close_timeout=2, ping_interval=None) as self.connection:
            self.connects += 1
            try:
                while True:
                    message = json.loads(self.connection.recv())
                    with self._changed:
                        self.frames.append(message)
                        self.since = message.get("position", self.since)
                        self._changed.notify_all()
            except ConnectionClosed as closed:
                with self._changed:
                    self.codes.append(closed.rcvd.code if closed.rcvd else None)
                    self._changed.notify_all()

    # ------------------------------------------------------------ waiting
    def wait(self, wanted, timeout=10.0, start=0):
        end = time.monotonic() + timeout
        with self._changed:
            at = start
            while True:
                while at < len(self.frames):
                    if wanted(self.frames[at]):
                        return self.frames[at]
                    at += 1
                left = end - time.monotonic()
                assert left > 0, f"no such frame within {timeout} s; errors {self.errors[-3:]}, codes {self.codes}, last frames {self.frames[-5:]}"
                self._changed.wait(left)

    def wait_type(self, type, timeout=10.0, start=0):
        return self.wait(lambda f: f.get("type") == type, timeout, start)

    def wait_open(self, timeout=10.0):
        self.wait(lambda f: f.get("type") in ("stream-open", "stream-reset"), timeout)
        return self

    def wait_code(self, timeout=10.0):
        """The code with which a connection was closed."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.codes or self.ended, timeout), f"not closed within {timeout} s: {self.frames[-3:]}"
            return self.codes[-1] if self.codes else None

    # ------------------------------------------------------------ what came
    @property
    def changes(self):
        """Events of the log: (type, course id, position) in order."""
        return [(f["type"], f["course"]["id"], f["position"]) for f in list(self.frames) if "course" in f]

    @property
    def resets(self):
        return sum(f.get("type") == "stream-reset" for f in list(self.frames))

    def say(self, message):
        self.connection.send(json.dumps(message) if isinstance(message, dict) else message)

    def drop(self):
        """Cuts the connection without a goodbye."""
        if self.connection is not None:
            try:
                self.connection.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self._closing = True
        self.reconnect = False
        self.drop()
        self._thread.join(10)
