"""One broker for the suite, on a real log; functions and store are not needed."""
import sys
import pathlib

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))

from harness import Site  # noqa: E402


@pytest.fixture(scope="session", params=["off", "on"], ids=["plain", "compression on"])
def broker_port(request):
    yield from _broker(request.param)


@pytest.fixture(scope="session")
def compressing_port():
    yield from _broker("on")


def _broker(compression):
    site = Site({"FRESHET_WEBSOCKET_COMPRESSION": compression, "FRESHET_MAX_CONNECTIONS_PER_IP": "0"}, name="websocket")
    try:
        site.up_streams()
        yield site.ports["broker"]
        log = site.part("broker").log_from(0, 10_000_000)
        assert site.part("broker").alive(), log[-3000:]
        for text in ("FRESHET_CHECK", "AddressSanitizer", "runtime error:"):
            assert text not in log
    finally:
        site.down()
