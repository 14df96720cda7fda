"""Waiting with a deadline: the only way a test may wait for another process."""
import time

import httpx


def eventually(probe, timeout=10.0, every=0.02, what=""):
    """Calls `probe` until it returns something true, and returns that. AssertionError, OSError and a failed HTTP exchange inside it mean "not yet"."""
    end = time.monotonic() + timeout
    last = None
    while True:
        try:
            found = probe()
            if found:
                return found
            last = f"last answer: {found!r}"
        except (AssertionError, OSError, httpx.TransportError) as error:
            last = f"last error: {error!r}"
        if time.monotonic() >= end:
            raise AssertionError(f"not within {timeout} s: {what or getattr(probe, '__name__', 'probe')}; {last}")
        time.sleep(every)
