"""nginx as infra/part starts it: one origin. Functions and broker are stand-ins, so each rule of nginx's own is seen alone."""
import http.client
import json
import os
import pathlib
import socket
import tempfile
import threading
import time

import httpx
import pytest
from harness import ORIGIN, Part, eventually, free_port
from harness.fake_upstream import FakeUpstream
from harness.raw import exchange

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECRET = "a-proxy-secret-of-this-test"
STREAMS = ["/api/content/events/article-updates-en/", "/events/article-updates-th/", "/api/v1/communication/sse/test/"]


class NotStarted(Exception):
    """nginx ended; the text is its log."""


class Origin:
    def __init__(self, **settings):
        self.folder = tempfile.TemporaryDirectory(prefix="freshet-origin-")
        self.data = pathlib.Path(self.folder.name)
        self.functions, self.broker = FakeUpstream(), FakeUpstream()
        web = self.data / "web"
        (web / "assets").mkdir(parents=True)
        for page in ("index", "articles", "article", "login", "status", "admin", "404"):
            (web / f"{page}.html").write_text(f"<!doctype html><title>{page}</title>")
        (web / "assets/site.ABCD1234.js").write_text("export {};")
        (self.data / "site").mkdir()
        (self.data / "site/own.html").write_text("<script>pasted()</script>")
        self.port = free_port()
        env = {k: v for k, v in os.environ.items() if not k.startswith("FRESHET_")}
        env |= {"FRESHET_DATA_DIR": str(self.data), "FRESHET_WEB_DIR": str(web), "FRESHET_HTTP_PORT": str(self.port), "FRESHET_HTTP_ADDRESS": "127.0.0.1",
                "FRESHET_FUNCTIONS_PORT": str(self.functions.port), "FRESHET_BROKER_PORT": str(self.broker.port), "FRESHET_PROXY_SECRET": SECRET,
                "FRESHET_ALLOWED_ORIGINS": ORIGIN} | settings
        self.part = Part("nginx", [str(ROOT / "infra/part"), "nginx"], env, str(self.data / "nginx.log"))
        self.part.start()
        self.url = f"http://127.0.0.1:{self.port}"
        try:
            eventually(self.listens, what="nginx listens")
        except NotStarted:
            self.close()
            raise

    def listens(self):
        if not self.part.alive():
            raise NotStarted(self.part.log_tail())
        socket.create_connection(("127.0.0.1", self.port), 1).close()
        return True

    def get(self, path, **options):
        return httpx.get(self.url + path, timeout=10, **options)

    def close(self):
        self.part.stop()  # not killed: its workers would stay
        self.functions.close()
        self.broker.close()
        self.folder.cleanup()


@pytest.fixture(scope="module")
def origin():
    one = Origin()
    yield one
    one.close()


@pytest.fixture
def lonely(closing):
    """Neither functions nor broker run."""
    one = closing(Origin())
    one.functions.server.server_close()
    one.broker.server.server_close()
    return one


def problem(answer, status):
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), answer.text
    body = answer.json()
    assert body["status"] == status and body["type"] and body["title"] and body["detail"]


# ------------------------------------------------------------ who answers what
@pytest.mark.parametrize("path", ["/api/token/", "/api/content/api/articles/?language=th", "/api/v1/communication/chats/", "/.well-known/jwks.json", "/healthz", "/readyz",
                                  "/api/openapi.json"])
def test_functions_get_the_api(origin, path):
    assert origin.get(path).text == "upstream"
    assert origin.functions.requests[-1][1] == path


@pytest.mark.parametrize("path", STREAMS + ["/ws/courses/", "/socket.io/?EIO=4&transport=polling"])
def test_the_broker_gets_the_streams(origin, path):
    assert origin.get(path).text == "upstream"
    assert origin.broker.requests[-1][1] == path


@pytest.mark.parametrize("path, page", [("/", "index"), ("/articles", "articles"), ("/articles/", "articles"), ("/articles/a-slug", "article"), ("/articles/a-slug/", "article"),
                                        ("/login", "login"), ("/status/", "status"), ("/admin", "admin"), ("/admin/articles/01ABC", "admin")])
def test_each_address_shows_its_page_with_the_headers_of_pages(origin, path, page):
    answer = origin.get(path)
    assert answer.status_code == 200 and f"<title>{page}</title>" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-cache" and answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/nothing", "/articles/a/b", "/assets/none.js", "/.problem/503", "/404.html.gz", "/metrics", "/nginx.conf"])
def test_an_address_without_a_page_is_a_404_page(origin, path):
    answer = origin.get(path)
    assert answer.status_code == 404 and "<title>404</title>" in answer.text and "Content-Security-Policy" in answer.headers


def test_assets_are_cached_for_ever(origin):
    assert origin.get("/assets/site.ABCD1234.js").headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_sites_own_pages_have_no_policy(origin):
    answer = origin.get("/site/own.html")
    assert answer.status_code == 200 and "Content-Security-Policy" not in answer.headers


# ------------------------------------------------------------ trust
@pytest.mark.parametrize("path, upstream", [("/api/token/", "functions"), (STREAMS[0], "broker"), ("/ws/courses/", "broker"), ("/healthz", "functions"), ("/.well-known/x", "functions")])
def test_a_client_can_neither_choose_its_address_nor_the_proxy_secret(origin, path, upstream):
    origin.get(path, headers={"X-Real-IP": "6.6.6.6", "X-Forwarded-For": "6.6.6.6", "X-Freshet-Proxy-Secret": "guessed", "Upgrade": "websocket"})
    headers = getattr(origin, upstream).requests[-1][2]
    assert headers.get_all("X-Real-IP") == ["127.0.0.1"] and headers.get_all("X-Freshet-Proxy-Secret") == [SECRET]
    assert headers.get_all("X-Forwarded-For") == ["127.0.0.1"]


def test_behind_a_trusted_proxy_the_address_is_the_forwarded_one(closing):
    origin = closing(Origin(FRESHET_TRUSTED_PROXIES="127.0.0.0/8,10.0.0.1"))
    origin.get("/api/x", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 10.0.0.1"})
    assert origin.functions.requests[-1][2]["X-Real-IP"] == "203.0.113.9"


def test_a_websocket_upgrade_reaches_the_broker(origin):
    origin.get("/ws/courses/", headers={"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "x"})
    headers = origin.broker.requests[-1][2]
    assert headers["Upgrade"] == "websocket" and headers["Connection"] == "upgrade"


def test_tokens_reach_no_log(lonely):
    for path in (STREAMS[0], "/ws/notifications/", "/api/x/", "/nothing"):
        lonely.get(f"{path}?token=SECRET-TOKEN-1234")
    text = eventually(lambda: (lambda t: t if t.count("\n") >= 4 else None)((lonely.data / "nginx/access.log").read_text()))
    assert STREAMS[0] in text and "SECRET-TOKEN" not in text and "SECRET-TOKEN" not in lonely.part.log_from(0)
    assert all(json.loads(line)["address"] == "127.0.0.1" for line in text.splitlines())


@pytest.mark.parametrize("setting, value", [("FRESHET_ALLOWED_ORIGINS", 'https://a"; } evil {'), ("FRESHET_PROXY_SECRET", 'x"; include /etc/passwd;'), ("FRESHET_PROXY_SECRET", ""),
                                            ("FRESHET_TRUSTED_PROXIES", "10.0.0.1; }"), ("FRESHET_RATE_PER_IP", "many")])
def test_a_setting_that_would_be_configuration_is_refused(setting, value):
    with pytest.raises(NotStarted, match=setting):
        Origin(**{setting: value})


# ------------------------------------------------------------ streams
def test_a_stream_arrives_piece_by_piece(origin):
    def stream(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for text in (b"data: 1\n\n", b"data: 2\n\n"):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))
            first_seen.wait() if text == b"data: 1\n\n" else None
        handler.wfile.write(b"0\r\n\r\n")

    first_seen = threading.Event()
    origin.broker.answers[STREAMS[0]] = stream
    try:
        with httpx.stream("GET", origin.url + STREAMS[0], timeout=10) as answer:
            pieces = answer.iter_bytes()
            assert next(pieces) == b"data: 1\n\n"  # the second is not written before this one was seen
            first_seen.set()
            assert b"".join(pieces) == b"data: 2\n\n"
    finally:
        first_seen.set()
        del origin.broker.answers[STREAMS[0]]


@pytest.mark.parametrize("path", STREAMS)
def test_an_event_source_whose_broker_is_away_is_told_when_to_come_back(lonely, path):
    answers = [lonely.get(path, headers={"Origin": ORIGIN, "Last-Event-ID": "abcdefgh-7"}) for _ in range(30)]
    for answer in answers:
        assert answer.status_code == 200 and answer.headers["Content-Type"] == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store, no-transform" and answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert answer.text.startswith("retry: ") and answer.text.endswith("\n\n") and "data" not in answer.text
    assert len({answer.text for answer in answers}) > 1  # not all at the same moment


@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_the_broker_cannot_serve_now_is_no_error_for_an_event_source(origin, status):
    origin.broker.answers[STREAMS[0]] = lambda handler: handler.give(status, b"no")
    assert origin.get(STREAMS[0]).status_code == 200
    del origin.broker.answers[STREAMS[0]]


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_what_the_broker_refuses_is_passed_on(origin, status):
    origin.broker.answers[STREAMS[0]] = lambda handler: handler.give(status, b'{"why":1}', Content_Type="application/problem+json", Retry_After="9")
    answer = origin.get(STREAMS[0])
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (status, '{"why":1}', "9")
    del origin.broker.answers[STREAMS[0]]


# ------------------------------------------------------------ errors and limits
@pytest.mark.parametrize("path", ["/api/token/", "/ws/courses/", "/healthz", "/readyz", "/.well-known/jwks.json"])
def test_a_part_that_is_down_is_a_503_problem_with_retry_after(lonely, path):
    answer = lonely.get(path, headers={"Origin": ORIGIN})
    problem(answer, 503)
    assert answer.headers["Retry-After"] == "2" and answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_what_functions_answer_is_passed_on_untouched(origin):
    for status in (400, 404, 409, 412, 413, 429, 500, 503):
        origin.functions.answers["/api/said/"] = lambda handler: handler.give(status, b'{"own":1}', Content_Type="application/problem+json", ETag='"a-1-2-en"')
        answer = origin.get("/api/said/")
        assert (answer.status_code, answer.text, answer.headers["ETag"]) == (status, '{"own":1}', '"a-1-2-en"')


def test_other_origins_may_not_read_what_nginx_says(lonely):
    assert "Access-Control-Allow-Origin" not in lonely.get("/api/x", headers={"Origin": "https://evil.example"}).headers


def test_a_url_of_8_kib_passes_and_a_much_longer_one_is_414(origin):
    assert origin.get("/api/" + "a" * (8192 - 5)).status_code == 200
    problem(origin.get("/api/" + "a" * 11000), 414)


def test_headers_of_16_kib_pass_and_one_that_is_larger_is_431(origin):
    assert origin.get("/api/x", headers={f"X-{n}": "a" * 4000 for n in range(4)}).status_code == 200
    problem(origin.get("/api/x", headers={"X-Large": "a" * 11000}), 431)


def test_a_body_of_3_mib_passes_and_one_of_5_mib_is_413(origin):
    assert httpx.post(origin.url + "/api/x", content=b"a" * (3 << 20)).status_code == 200
    assert len(origin.functions.requests[-1][3]) == 3 << 20
    problem(httpx.post(origin.url + "/api/x", content=b"a" * (5 << 20)), 413)


def test_pages_can_only_be_read(origin):
    answer = httpx.post(origin.url + "/", content=b"x")
    problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD"


def test_what_is_not_http_is_a_400_problem(origin):
    connection = http.client.HTTPConnection("127.0.0.1", origin.port, timeout=5)
    connection.putrequest("GET", "/api/x", skip_host=True)  # HTTP/1.1 without Host (RFC 9112 3.2)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 400 and answer.headers["Content-Type"] == "application/problem+json" and json.load(answer)["status"] == 400
    connection.close()


@pytest.mark.parametrize("head", [b"GET /api/x HTTP/1.1\r\n", b"GET /api/x HTTP/1.1\r\nHost:\r\n", b"GET /api/x HTTP/1.1\r\nHost: ?!B\xb7dx\r\n", b"GET /api/x HTTP/1.1\r\nHosv: x\r\n",
                                  b"GET /api/x HTTP/1.1\r\nHost: x\r\nHost: y\r\n"])
def test_a_request_without_a_usable_host_is_400_and_goes_nowhere(origin, head):
    before = len(origin.functions.requests)
    status, received = exchange(origin.port, head + b"\r\n", timeout=5.0, half_close=True)
    assert status == 400, received[:200]
    assert len(origin.functions.requests) == before


def test_calls_beyond_rate_and_burst_are_429_with_retry_after_and_streams_are_not(closing):
    origin = closing(Origin(FRESHET_RATE_PER_IP="5", FRESHET_RATE_BURST="10"))
    with httpx.Client(base_url=origin.url, timeout=10) as client:
        started = time.monotonic()
        answers = [client.get("/api/x") for _ in range(40)]
        refused = [answer for answer in answers if answer.status_code == 429]
        # 1 + burst at once, and what the rate gave back meanwhile.
        assert len(answers) - len(refused) <= 11 + 5 * (time.monotonic() - started) + 1
        assert refused and all(answer.headers["Retry-After"] == "1" for answer in refused)
        problem(refused[0], 429)
        assert all(client.get(STREAMS[0]).status_code == 200 for _ in range(30))


def test_connections_of_one_address_are_bounded(closing):
    origin = closing(Origin(FRESHET_MAX_CONNECTIONS_PER_IP="1", FRESHET_RATE_PER_IP="0"))  # 1 stream and 200 more
    all_asked = threading.Event()
    origin.functions.answers["/api/slow"] = lambda handler: (all_asked.wait(30), handler.give(200, b"late"))
    sockets = [closing(socket.create_connection(("127.0.0.1", origin.port), 5)) for _ in range(230)]
    for one in sockets:
        one.sendall(b"GET /api/slow HTTP/1.1\r\nHost: x\r\n\r\n")
    eventually(lambda: len(origin.functions.requests) >= 201, what="201 requests passed")
    all_asked.set()
    statuses = [int(one.recv(12).split()[1]) for one in sockets]
    assert (statuses.count(200), statuses.count(429)) == (201, 29)
