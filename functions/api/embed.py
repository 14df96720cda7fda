#!/usr/bin/env python3
"""Writes JSON documents as C++ constants: embed.py OUT NAME=FILE..."""
import json
import pathlib
import sys

out, *documents = sys.argv[1:]
lines = []
for document in documents:
    name, file = document.split("=", 1)
    text = json.dumps(json.loads(pathlib.Path(file).read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":"))
    assert ')json"' not in text
    lines.append(f'inline constexpr std::string_view {name} = R"json({text})json";\n')
pathlib.Path(out).write_text("".join(lines), encoding="utf-8")
