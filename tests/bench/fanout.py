"""From an editor's PATCH to the bytes at 1,000 open SSE sockets, nothing else going on."""
import json
import os
import pathlib
import subprocess
import sys

from big_site import big_site, with_reuse
from harness.site import ROOT


def load_program():
    built = pathlib.Path(os.environ["FRESHET_BIN_DIR"]).parent / "tests" / "sse_load"
    return built if built.exists() else ROOT / "build/dev/tests/sse_load"


def measure(a):
    rows = []
    with big_site(a, articles=False) as site:
        made = site.admin().articles.create(title="Watched by many", content="<p>" + "two kilobytes of text " * 90 + "</p>", status="published").json()
        for reuse in ("on", "off"):
            with_reuse(site, reuse)
            command = [str(load_program()), "--sockets", "1000", "--rounds", "20" if a.quick else "200", "--pause-ms", "100",
                       "--broker", f"127.0.0.1:{site.ports['broker']}", "--stream", "/api/content/events/article-updates-en/",
                       "--functions", f"127.0.0.1:{site.ports['functions']}", "--path", f"/api/content/api/articles/{made['id']}/", "--token-env", "BENCH_TOKEN"]
            done = subprocess.run(command, env={**os.environ, "BENCH_TOKEN": site.login()["access"]}, capture_output=True, text=True, timeout=300)
            if done.returncode != 0:
                sys.exit(f"sse_load: {done.stderr}\n{site.logs()}")
            rows.append({"reuse": reuse, **json.loads(done.stdout)})
            print(rows[-1], file=sys.stderr)
    return rows
