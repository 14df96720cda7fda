"""Fixtures: a running site per test module, with instance reuse on, off or both, and logs on failure."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))

from harness import Site  # noqa: E402  (the path comes first)

# What no process may ever write, whatever was sent to it: a trap, a failed check, a sanitizer's finding.
FORBIDDEN_IN_LOGS = ["wasm trap", "wasm backtrace", "FRESHET_CHECK", "AddressSanitizer", "ThreadSanitizer", "runtime error:", "panicked at"]


def _site(request, name, **settings):
    """A module may name SETTINGS, a dict of FRESHET_* settings for its sites."""
    site = Site(settings={**getattr(request.module, "SETTINGS", {}), **settings}, name=name)
    try:
        try:
            site.up()
        except AssertionError as error:
            raise AssertionError(f"the site did not come up: {error}\n" + site.logs()) from error
        yield site
        for part in site.parts.values():
            log = part.log_from(0, 10_000_000)
            for text in FORBIDDEN_IN_LOGS:
                assert text not in log, f"{part.name} logged {text!r}:\n{log[max(0, log.index(text) - 1500):][:3000]}"
    finally:
        site.down()


@pytest.fixture(scope="module")
def site(request):
    """One site for the module, functions with instance reuse (as shipped)."""
    yield from _site(request, "reuse")


@pytest.fixture(scope="module", params=["reuse", "no-reuse"])
def each_site(request):
    """The same tests with and without instance reuse."""
    yield from _site(request, request.param, FRESHET_REUSE="on" if request.param == "reuse" else "off")


@pytest.fixture
def own_site(request):
    """A site that one test may break as it likes."""
    yield from _site(request, "own")


@pytest.fixture
def closing():
    """Closes what a test opened: closing(stream) returns the stream."""
    opened = []

    def keep(thing):
        opened.append(thing)
        return thing

    yield keep
    for thing in reversed(opened):
        thing.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    item.freshet_log_offsets = {(site, name): part.log_size() for site in Site.live for name, part in site.parts.items()}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        offsets = getattr(item, "freshet_log_offsets", {})
        for site in Site.live:
            for name, part in site.parts.items():
                text = part.log_from(offsets.get((site, name), 0), 6_000)
                if text:
                    report.sections.append((f"log of {name} (running: {part.alive()})", text))
