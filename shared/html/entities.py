#!/usr/bin/env python3
"""Writes the named character references of HTML as rows of a C++ table, sorted by name. Source: WHATWG HTML 13.5, as Python's html.entities has it."""
import sys
from html.entities import html5


def literal(text):
    return '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'


with open(sys.argv[1], "w") as out:
    out.write("// Made by shared/html/entities.py.\n")
    for name in sorted(html5):
        out.write(f'{{"{name}", {literal(html5[name])}}},\n')
