#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Records of a saved file (src/facts/saved/form.h), for tests that need another file than the tool writes:
   facts.py FILE values               how many values it has: the head, samples, a snapshot's line before each
   facts.py FILE keep N               up to the N-th of them
   facts.py FILE text OLD NEW         another text in place of one; Python's escapes in NEW"""
import sys

MAGIC = b"threadscope facts 2\n"


def number(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def as_bytes(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def records(data):
    at = len(MAGIC)
    assert data[:at] == MAGIC
    while at < len(data):
        kind = data[at : at + 1]
        size, at = number(data, at + 1)
        yield kind, data[at : at + size]
        at += size


def replaced(definitions, old, new):
    at, out, found = 0, b"", False
    while at < len(definitions):
        kind, at = number(definitions, at)
        size, at = number(definitions, at)
        text = definitions[at : at + size]
        at += size
        if kind == 0 and text == old:
            text, found = new, True
        out += as_bytes(kind) + as_bytes(len(text)) + text
    return out, found


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    command, arguments = sys.argv[2], sys.argv[3:]
    if command == "values":
        print(sum(kind == b"V" for kind, _ in records(data)))
        return
    out, values, changed = MAGIC, 0, command == "keep"
    for kind, body in records(data):
        if command == "text" and kind == b"D":
            new = arguments[1].encode().decode("unicode_escape").encode("latin-1")
            body, found = replaced(body, arguments[0].encode(), new)
            changed = changed or found
        out += kind + as_bytes(len(body)) + body
        values += kind == b"V"
        if command == "keep" and values == int(arguments[0]):
            break
    if not changed:
        sys.exit(f"{sys.argv[1]}: nothing to change")
    sys.stdout.buffer.write(out)


main()
