"""The rivals and the data: what the kit's README asks for, built once into $FRESHET_DEPS_DIR/bench. What cannot be built here is left out and said."""
import os
import pathlib
import shutil
import subprocess
import sys

PYTHON = ["django", "djangorestframework", "djangorestframework-simplejwt", "redis", "hiredis", "gunicorn", "daphne", "pyjwt", "orjson"]
NODE = ["fastify@5", "better-sqlite3@12", "fast-jwt@6"]


def environment(a):
    """RB_* settings of the kit."""
    return dict(os.environ, RB_BIN=str(a.bench / "bin"), RB_DATA=str(a.bench / "data"), RB_VENV=str(a.bench / "venv"), RB_NODE=str(a.bench / "node"),
                RB_SCRATCH=str(a.bench / "scratch"))


def prepare(a):
    if not (a.kit / "run_all.py").is_file():
        sys.exit(f"the REST benchmark kit is not in {a.kit}: set FRESHET_BENCH_KIT")
    for tool, package in (("wrk", "wrk"), ("strace", "strace"), ("redis-server", "redis-server")):
        if not shutil.which(tool):
            print(f"{tool} is missing (apt-get install {package}): what needs it is left out", file=sys.stderr)
    for folder in ("bin", "data", "scratch"):
        (a.bench / folder).mkdir(parents=True, exist_ok=True)
    steps = [
        ("limit server", a.bench / "bin/limit_http", f'{os.environ.get("CXX", "g++")} -std=c++20 -O2 -o "$RB_BIN/limit_http" src/limit_http.cpp -lpthread'),
        ("Go peer", a.bench / "bin/gopeer",
         'w=$(mktemp -d) && cp peers/go/*.go peers/go/go.mod "$w" && cd "$w" && GOFLAGS=-mod=mod go mod tidy && GOFLAGS=-mod=mod go build -o "$RB_BIN/gopeer" . && rm -rf "$w"'),
        ("data", a.bench / "data/articles.ndjson", 'python3 make_data.py "$RB_DATA"'),
        ("samples", a.bench / "data/samples", 'python3 make_samples.py "$RB_DATA"'),
        ("Django", a.bench / "venv/bin/gunicorn", f'python3 -m venv "$RB_VENV" && "$RB_VENV/bin/pip" -q install {" ".join(PYTHON)}'),
        # npm leaves better-sqlite3's native part to us; node-gyp comes with npm.
        ("Fastify", a.bench / "node/node_modules/better-sqlite3/build/Release/better_sqlite3.node",
         f'mkdir -p "$RB_NODE" && cd "$RB_NODE" && npm init -y > /dev/null && npm install --ignore-scripts {" ".join(NODE)} && cd node_modules/better-sqlite3 '
         '&& node "$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js" rebuild --release'),
    ]
    for name, made, command in steps:
        if pathlib.Path(made).exists():
            continue
        print(f"preparing {name}", file=sys.stderr)
        done = subprocess.run(["bash", "-ec", command], cwd=a.kit, env=environment(a), capture_output=True, text=True)
        if done.returncode != 0:
            print(f"{name}: not built, its rows are left out\n{done.stderr[-800:]}", file=sys.stderr)
