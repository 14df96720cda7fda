#!/usr/bin/env python3
"""Writes the tables behind shared/unicode.hpp. usage: unicode_tables.py OUT.inc"""
import sys
import unicodedata


def folded(character):
    """Unicode D146 for one character: NFKD(casefold(NFKD(casefold(NFD(X)))))."""
    step = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", character).casefold())
    return unicodedata.normalize("NFKD", step.casefold())


def ranges(value_of, skip):
    """Runs of code points that share a value other than `skip`: (first, last, value)."""
    out = []
    for code in range(0x110000):
        value = value_of(code)
        if value == skip:
            continue
        if out and out[-1][1] == code - 1 and out[-1][2] == value:
            out[-1][1] = code
        else:
            out.append([code, code, value])
    return out


def class_of(code):
    return {"L": 1, "M": 2, "N": 3}.get(unicodedata.category(chr(code))[0], 0)


def main():
    surrogate = range(0xD800, 0xE000)
    hangul = range(0xAC00, 0xD7A4)  # decomposed by rule, not by table
    texts, folds = [], []
    size = 0
    for code in range(0x80, 0x110000):
        if code in surrogate or code in hangul:
            continue
        after = folded(chr(code))
        if after != chr(code):
            folds.append((code, size, len(after)))
            texts.append(after)
            size += len(after)
    with open(sys.argv[1], "w", encoding="ascii") as out:
        out.write("constexpr Range kClasses[] = {\n")
        out.writelines("{%d,%d,%d},\n" % tuple(r) for r in ranges(class_of, 0))
        out.write("};\nconstexpr Range kCombining[] = {\n")
        out.writelines("{%d,%d,%d},\n" % tuple(r) for r in ranges(lambda c: unicodedata.combining(chr(c)), 0))
        out.write("};\nconstexpr Fold kFolds[] = {\n")
        out.writelines("{%d,%d,%d},\n" % fold for fold in folds)
        out.write("};\nconstexpr char32_t kFoldTexts[] = {\n")
        out.writelines("%s,\n" % ",".join(str(ord(c)) for c in text) for text in texts if text)
        out.write("};\n")


if __name__ == "__main__":
    main()
