"""A server of scripted answers that remembers what it was asked: stands in for functions or broker behind nginx."""
import http.server
import threading


class FakeUpstream:
    """answers   path prefix -> function(handler), the longest prefix wins; everything else is answered 200 `upstream`
    requests  (method, path, headers, body) of each request, in order"""

    def __init__(self, answers=None):
        self.answers, self.requests = dict(answers or {}), []
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                upstream.requests.append((self.command, self.path, self.headers, body))
                prefix = max((p for p in upstream.answers if self.path.startswith(p)), key=len, default=None)
                upstream.answers[prefix](self) if prefix else self.give(200, b"upstream")

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def give(self, status, body, **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
