"""REST rows: rivals, the empty guest, and Freshet with and without instance reuse, all through the kit's runner."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import rivals
from big_site import big_site, with_reuse
from harness import free_port
from harness.site import ROOT

ARTICLES = "/api/content/api/articles/"
RIVALS = "limit,Go,Go +cache,Fastify,Django +redis"
ALL = f"hello=/healthz,list={ARTICLES}?language=en,one={ARTICLES}{{slug}}/?language=en,patch={ARTICLES}{{slug}}/?language=en"
# 4,096 addresses of the same list: no instance remembers them, so each request asks the store.
THROUGH_STORE = f"one={ARTICLES}?language=en&n={{n}}"
ONE_REMEMBERED = f"one={ARTICLES}article-1/?language=en"
PATCH_BODY = '{"translations":{"en":{"title":"A changed title @N"}}}'


def kit(a, name, *arguments, raw):
    seconds = ["--seconds", "1", "--seconds-one", "1"] if a.quick else []
    command = [sys.executable, str(a.kit / "run_all.py"), "--json", str(raw), "--out", os.devnull, "--starts", "1", *seconds, *arguments]
    print(f"-- {name}", file=sys.stderr)
    subprocess.run(command, env=rivals.environment(a), check=True, stdin=subprocess.DEVNULL)


def ours(a, site, name, lanes, raw):
    """One row of a running site: the kit measures it at its address and counts the CPU of all its processes."""
    token = site.folder / "token"
    token.write_text(site.login()["access"])
    pids = []
    for part in site.parts.values():
        if part.alive():
            file = site.folder / f"{part.name}.pid"
            file.write_text(str(part.pid))
            pids += ["--pid-file", str(file)]
    kit(a, name, "--peer", name, "--start", "exec sleep 1000000", "--base", site.functions_url, "--map", lanes, "--token", f"@{token}", "--patch-body", PATCH_BODY, *pids, raw=raw)


def empty(a, reuse, raw):
    """The empty guest in the place of our functions: the same script starts it, so the flags are the same."""
    with tempfile.TemporaryDirectory(prefix="freshet-empty-") as folder:
        pathlib.Path(folder, "api.wasm").symlink_to(a.components / "empty.wasm")
        start = (f"export FRESHET_COMPONENT_DIR={folder} FRESHET_FUNCTIONS_PORT=$PORT FRESHET_NATS_URL=nats://127.0.0.1:{free_port()} FRESHET_REUSE={reuse}; "
                 f"exec {ROOT / 'infra/part'} functions")
        kit(a, f"empty, reuse {reuse}", "--peer", label("empty 200", reuse), "--start", start, "--map", "hello=/", raw=raw)


def label(name, reuse):
    return name if reuse == "on" else f"{name}, no reuse"


def measure(a):
    raw = a.raw / "rest.jsonl"
    raw.unlink(missing_ok=True)
    for _ in range(1 if a.quick else a.passes):
        kit(a, "rivals", "--exact", "--only", RIVALS, raw=raw)
        with big_site(a) as site:
            for reuse in ("on", "off"):
                empty(a, reuse, raw)
                with_reuse(site, reuse)
                ours(a, site, label("Freshet", reuse), ALL, raw)
                ours(a, site, label("Freshet, list through the store", reuse), THROUGH_STORE, raw)
                ours(a, site, label("Freshet, one article again and again", reuse), ONE_REMEMBERED, raw)
    return [json.loads(line) for line in raw.read_text().splitlines()]
