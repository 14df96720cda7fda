"""Publishing 100 drafts in one batch, with 20,000 articles in the log: time of the call, and until the last of them is on an open stream."""
import time

from big_site import big_site, with_reuse


def measure(a):
    rows = []
    with big_site(a) as site:
        for reuse in ("on", "off"):
            with_reuse(site, reuse)
            articles = site.admin().articles
            with site.stream() as stream:
                stream.wait_open()
                for _ in range(3 if a.quick else 10):
                    ids = [articles.create(title="To be published", content="<p>" + "two kilobytes of text " * 90 + "</p>").json()["id"] for _ in range(100)]
                    begin = time.monotonic()
                    answer = articles.publish(ids)
                    called = time.monotonic() - begin
                    last = answer.headers["Freshet-Position"]
                    stream.wait(lambda e: e.id == last, timeout=5)
                    rows.append({"reuse": reuse, "call_ms": called * 1000, "stream_ms": (time.monotonic() - begin) * 1000})
    return rows
