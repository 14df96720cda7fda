"""An SSE client that records what it gets and can resume, after WHATWG HTML, "server-sent events"."""
import http.client
import json
import socket
import threading
import time
import urllib.parse
import zlib
from dataclasses import dataclass, field


@dataclass
class Event:
    type: str
    data: str
    id: str
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self):
        return json.loads(self.data)


class Parser:
    """Bytes in, events out. Lines end in LF, CRLF or CR; a line may be cut anywhere."""

    def __init__(self):
        self.pending, self.lines_data, self.type = b"", [], ""
        self.last_id, self.retry_ms = "", None
        self.comments = []

    def feed(self, data):
        # A CR at the very end may be half of a CRLF: it waits.
        data = self.pending + data
        keep = b""
        if data.endswith(b"\r"):
            data, keep = data[:-1], b"\r"
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self.pending = lines.pop() + keep
        return [event for line in lines if (event := self._line(line.decode("utf-8"))) is not None]

    def _line(self, line):
        if line == "":
            data, kind = self.lines_data, self.type
            self.lines_data, self.type = [], ""
            return Event(kind or "message", "\n".join(data), self.last_id) if data else None
        if line.startswith(":"):
            self.comments.append(line[1:].strip())
            return None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self.lines_data.append(value)
        elif name == "event":
            self.type = value
        elif name == "id" and "\0" not in value:
            self.last_id = value
        elif name == "retry" and value.isdigit():
            self.retry_ms = int(value)
        return None


class EventStream:
    """Opens at once and reads on a thread. With `reconnect`, it comes back after each end with Last-Event-ID, as EventSource does.

    events   everything dispatched, over all connections, in order of arrival
    resets   how many `stream-reset` came: the server said plainly that it could not resume
    """

    def __init__(self, base, path, last_event_id=None, headers=None, reconnect=False, retry_s=0.2, silence_s=60.0, proxy=None):
        url = urllib.parse.urlparse(base)
        self.address = proxy or (url.hostname, url.port)
        self.host, self.path, self.headers = url.netloc, path, dict(headers or {})
        self.reconnect, self.retry_s, self.silence_s = reconnect, retry_s, silence_s
        self.events, self.comments, self.connects, self.errors = [], [], 0, []
        self.last_id = last_event_id
        self.status = self.response_headers = self.body = None
        self.ended = False
        self._changed = threading.Condition()
        self._closing = False
        self._socket = None
        self._thread = threading.Thread(target=self._run, name=f"sse {path}", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------ reading
    def _run(self):
        while not self._closing:
            try:
                self._connect_once()
            except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
                self.errors.append(repr(error))
            if not self.reconnect or (self.status is not None and self.status != 200):
                break
            time.sleep(self.retry_s)
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _connect_once(self):
        connection = http.client.HTTPConnection(*self.address, timeout=self.silence_s)
        try:
            connection.connect()
            self._socket = connection.sock
            headers = {"Host": self.host, "Accept": "text/event-stream", "Cache-Control": "no-store", **self.headers}
            if self.last_id:
                headers["Last-Event-ID"] = self.last_id
            connection.request("GET", self.path, headers=headers)
            response = connection.getresponse()
            with self._changed:
                self.status, self.response_headers = response.status, {k.lower(): v for k, v in response.getheaders()}
                self.connects += 1
                self._changed.notify_all()
            if response.status != 200:
                self.body = response.read()
                return
            parser = Parser()
            parser.last_id = self.last_id or ""
            plain = zlib.decompressobj(31).decompress if response.getheader("Content-Encoding") == "gzip" else bytes
            while not self._closing:
                data = response.read1(65536)
                if not data:
                    return
                events = parser.feed(plain(data))
                with self._changed:
                    self.events += events
                    self.comments += parser.comments
                    parser.comments = []
                    self.last_id = parser.last_id or None
                    self._changed.notify_all()
        finally:
            connection.close()

    # ------------------------------------------------------------ waiting
    def wait(self, wanted, timeout=10.0, start=0):
        """The first event from index `start` on for which `wanted(event)` is true."""
        end = time.monotonic() + timeout
        with self._changed:
            at = start
            while True:
                while at < len(self.events):
                    if wanted(self.events[at]):
                        return self.events[at]
                    at += 1
                left = end - time.monotonic()
                assert left > 0, f"no such event within {timeout} s; status {self.status}, errors {self.errors[-3:]}, last events {[(e.type, e.id, e.data[:150]) for e in self.events[-5:]]}"
                self._changed.wait(left)

    def wait_open(self, timeout=10.0):
        """Waits for the opening event; afterwards everything that happens is seen."""
        self.wait(lambda e: e.type in ("stream-open", "stream-reset"), timeout)
        return self

    def wait_ended(self, timeout=10.0):
        with self._changed:
            assert self._changed.wait_for(lambda: self.ended, timeout), f"the stream did not end within {timeout} s"
        return self

    def wait_comment(self, text, timeout=10.0, start=0):
        with self._changed:
            assert self._changed.wait_for(lambda: any(text in c for c in self.comments[start:]), timeout), f"no comment {text!r}: {self.comments[-5:]}"

    # ------------------------------------------------------------ what came
    @property
    def changes(self):
        """Article events: (type, slug, id) in order."""
        return [(e.json["type"], e.json["article"]["slug"], e.id) for e in list(self.events) if e.type == "message"]

    @property
    def resets(self):
        return sum(e.type == "stream-reset" for e in list(self.events))

    def drop(self):
        """Cuts the connection; with `reconnect` the client comes back."""
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self._closing = True
        self.reconnect = False
        self.drop()
        self._thread.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
