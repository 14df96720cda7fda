"""A site that holds the benchmark's 20,000 articles, shared by the parts of one run."""
import contextlib
import time

from harness import Site

import seed

# A thousand sockets of one user agent come from one address; a bench is not a visitor.
SETTINGS = {"FRESHET_MAX_CONNECTIONS_PER_IP": "0"}


@contextlib.contextmanager
def big_site(a, articles=True, **settings):
    site = Site({**SETTINGS, **settings}, name="bench")
    try:
        site.up()
        if articles:
            begin = time.monotonic()
            site.last_sequence = seed.append_articles(site, a.bench / "data/articles.ndjson")
            site.append_seconds = time.monotonic() - begin
            seed.wait_applied(site, site.last_sequence)
        yield site
    finally:
        site.down()


def with_reuse(site, reuse):
    """The same site with functions that reuse their instances, or not."""
    site.part("functions").stop()
    site.settings["FRESHET_REUSE"] = reuse
    del site.parts["functions"]
    site.start("functions")
    site.wait_ready()
