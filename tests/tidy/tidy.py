#!/usr/bin/env python3
"""Rules of this repository that a machine can check.

usage: tidy.py RULE [--compiler clang++-22] [--flags '...']     exits 1 and lists every finding; tidy.py --list names the rules
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATED = "wasm/bindings/"
# Folders of our C++ and what each may include of the others. Everything may use shared/; shared/ uses nobody.
MAY_INCLUDE = {
    "shared": {"shared"},
    "wasm": {"wasm", "shared"},
    "broker": {"broker", "shared"},
    "functions": {"functions", "wasm", "shared"},
    "infra": {"infra", "shared"},
    "tests": {"tests", "shared", "broker", "functions", "infra", "wasm"},
}
# Outside things, each behind one folder.
ONLY_IN = {"nats/nats.h": "broker/jetstream/", "nats.h": "broker/jetstream/", "freshet.h": "wasm/host/"}


def tracked(*endings):
    # Also what is about to be added, so that the rules hold before a commit and not after it.
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True).stdout
    paths = [p for p in listed.decode().split("\0") if p and (ROOT / p).is_file() and not p.startswith(GENERATED)]
    return sorted({p for p in paths if not endings or p.endswith(endings)})


def text(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def lines_matching(pattern, paths, leave_out=lambda path, line: False):
    for path in paths:
        for number, line in enumerate(text(path).splitlines(), 1):
            if re.search(pattern, line) and not leave_out(path, line):
                yield f"{path}:{number}: {line.strip()[:120]}"


def includes(path):
    return re.findall(r'^\s*#\s*include\s*["<]([^">]+)[">]', text(path), re.M)


def arrows_point_one_way(_):
    for path in tracked(".hpp", ".cpp", ".h"):
        top = path.split("/")[0]
        for name in includes(path):
            other = name.split("/")[0]
            if top in MAY_INCLUDE and other in MAY_INCLUDE and other not in MAY_INCLUDE[top]:
                yield f"{path}: {top}/ may not include {name}"
            if name in ONLY_IN and not path.startswith(ONLY_IN[name]):
                yield f"{path}: only {ONLY_IN[name]} may include {name}"


def each_header_compiles_alone(options):
    def compile_alone(path):
        command = [options.compiler, *options.flags.split(), "-std=c++20", f"-I{ROOT}", "-Wall", "-Wextra", "-Wno-pragma-once-outside-header",
                   "-fsyntax-only", "-x", "c++", str(ROOT / path)]
        done = subprocess.run(command, capture_output=True, text=True)
        return f"{path}: {done.stderr.strip().splitlines()[0]}" if done.returncode != 0 else None

    # A header that is the first include of its own source is proved by the build. Those of wasm/ need the WASI headers.
    proved = {names[0] for path in tracked(".cpp") if (names := includes(path))}
    headers = [p for p in tracked(".hpp") if p not in proved and not p.startswith("wasm/")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from filter(None, pool.map(compile_alone, headers))


def each_source_belongs_to_a_target(_):
    for path in tracked(".cpp", ".c"):
        for folder in pathlib.PurePath(path).parents:
            lists = ROOT / folder / "CMakeLists.txt"
            if lists.is_file() and str(pathlib.PurePath(path).relative_to(folder)) in lists.read_text():
                break
        else:
            yield f"{path}: no CMakeLists.txt names it"


def headers_are_guarded(_):
    for path in tracked(".hpp"):
        body = text(path)
        if "#pragma once" not in body:
            yield f"{path}: no #pragma once"
        if not body.startswith("//"):
            yield f"{path}: does not open with what it is for"


def no_debug_output_is_left(_):
    yield from lines_matching(r"std::cout|std::cerr|\bprintf\(|\bputs\(", [p for p in tracked(".cpp", ".hpp") if p.startswith("shared/")])
    yield from lines_matching(r"console\.(log|debug)|\bdebugger\b", [p for p in tracked(".js") if p.startswith("functions/web/src")])


def nothing_names_a_registry_or_this_machine(_):
    hosts = r"https?://[a-z0-9.-]*(" + "|".join(["npm" + "js", "py" + "pi", "python" + "hosted", "crates" + r"\.io", "go" + "lang", "deb" + r"ian\.org", "mav" + "en"]) + ")"
    yield from lines_matching(hosts, tracked())
    yield from lines_matching(r"(^|[\s\"'=:(])/(home|root|work)/[a-z]", [p for p in tracked() if not p.endswith((".json", ".md"))])


def no_work_is_left_undone(_):
    words = r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]) + r")\b"
    yield from lines_matching(words, tracked(".cpp", ".hpp", ".js", ".mjs", ".py", ".sh", ".md", ".txt", ".cmake"))


RULES = {rule.__name__.replace("_", "-"): rule for rule in (
    arrows_point_one_way, each_header_compiles_alone, each_source_belongs_to_a_target, headers_are_guarded, no_debug_output_is_left,
    nothing_names_a_registry_or_this_machine, no_work_is_left_undone)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rule", nargs="?", choices=RULES)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--compiler", default="clang++-22")
    parser.add_argument("--flags", default="")
    options = parser.parse_args()
    if options.list or options.rule is None:
        print("\n".join(RULES))
        return 0
    findings = list(RULES[options.rule](options))
    print("\n".join(findings) or f"{options.rule}: nothing found")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
