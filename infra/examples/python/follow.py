#!/usr/bin/env python3
"""Follows a stream of Freshet and misses nothing: follow.py URL POSITION-FILE. ../README.md says how it does it."""
import http.client
import os
import random
import sys
import time
import urllib.error
import urllib.request

SILENCE_S = 60  # keep-alives come every 20 s
WAIT_MIN_S, WAIT_MAX_S = 0.5, 30.0
FINAL = (400, 401, 403, 404)


class PositionFile:
    """Where the stream was left; whole or not at all, also when this process dies while it writes."""

    def __init__(self, path):
        self.path = path
        try:
            with open(path, encoding="ascii") as file:
                self.position = file.read().strip()
        except FileNotFoundError:
            self.position = ""

    def move_to(self, position):
        with open(self.path + ".new", "w", encoding="ascii") as file:
            file.write(position + "\n")
        os.replace(self.path + ".new", self.path)
        self.position = position


def events(lines):
    """The whole events of a stream: (type, id, data, retry in seconds). WHATWG HTML, 9.2.6."""
    event, data, retry, last_id = "message", [], None, ""
    for raw in lines:
        if not raw.endswith(b"\n"):
            return  # cut inside a line
        name, _, value = raw.decode().rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if raw.strip() == b"":
            if data or retry is not None:
                yield event, last_id, "\n".join(data), retry
            event, data, retry = "message", [], None
        elif name == "event":
            event = value
        elif name == "data":
            data.append(value)
        elif name == "id":
            last_id = value
        elif name == "retry" and value.isdigit():
            retry = int(value) / 1000


class Patience:
    """How long to stay away: at least what the server asked for, else a random part of a bound that doubles until a stream lives."""

    def __init__(self):
        self.tries, self.least_s = 0, 0.0

    def lived(self):
        self.tries = 0

    def wait(self):
        time.sleep(max(self.least_s, random.uniform(0, min(WAIT_MAX_S, WAIT_MIN_S * 2**self.tries))))
        self.tries, self.least_s = min(self.tries + 1, 10), 0.0


def follow_once(url, file, patience, show):
    """Reads one connection to its end."""
    headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    if file.position:
        headers["Last-Event-ID"] = file.position
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=SILENCE_S) as stream:
        for event, position, data, retry_s in events(stream):
            if retry_s is not None:
                patience.least_s = retry_s
            if not position:
                continue
            patience.lived()
            if event == "stream-reset":
                show(f"reset {position}")  # load a snapshot that is at least as new, then go on
            elif event == "message" and position != file.position:
                show(f"{position} {data}")
            if position != file.position:
                file.move_to(position)


def follow(url, path, show):
    file, patience = PositionFile(path), Patience()
    while True:
        try:
            follow_once(url, file, patience, show)
        except urllib.error.HTTPError as error:
            if error.code in FINAL:
                raise
            patience.least_s = float(error.headers.get("Retry-After", 0))
        except (OSError, http.client.HTTPException) as error:
            print(f"follow: {error}", file=sys.stderr)
        patience.wait()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        follow(sys.argv[1], sys.argv[2], lambda line: print(line, flush=True))
    except urllib.error.HTTPError as refused:
        sys.exit(f"follow: {sys.argv[1]}: {refused.code} {refused.reason}")
    except KeyboardInterrupt:
        pass
