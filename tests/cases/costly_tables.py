#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""costly_tables KIND N MB: a program and N libraries of its own, whose tables cost far more than they are worth, each
of MB MiB; one thread waits with a stack through all of them. Prints "ready".
  lines     a line program with a row for each byte, of which libdw makes records of 120 bytes
  abbrevs   a table of abbreviations that ends with the one in need, read anew for each of 20,000 units
  units     units of 13 bytes each, of which libdw and threadscope make records
  names     the names of the sections in a section that is sparse
  sections  a table of sections whose number is in its first one, sparse
A perfect answer: the threads and their stacks at once, without the names that cost too much, and that they are lost.
"""
import os
import struct
import subprocess
import sys

LIBRARY = """
#include <unistd.h>
extern void f%(below)d(void);
__attribute__((noinline)) void f%(n)d(void) { %(body)s __asm__ volatile(""); }
"""
PROGRAM = """
#include <stdio.h>
#include <unistd.h>
extern void f%d(void);
int main(void) { printf("ready\\n"); fflush(stdout); f%d(); }
"""


def uleb(n):
    out = b""
    while True:
        byte, n = n & 127, n >> 7
        out += bytes([byte | (128 if n else 0)])
        if not n:
            return out


def run(*args):
    subprocess.run(args, check=True)


def sections(data):
    """Name, index and header position of each section."""
    shoff, = struct.unpack_from("<Q", data, 40)
    size, count, strndx = struct.unpack_from("<HHH", data, 58)
    heads = [shoff + i * size for i in range(count)]
    names = struct.unpack_from("<Q", data, heads[strndx] + 24)[0]
    for i, at in enumerate(heads):
        where = names + struct.unpack_from("<I", data, at)[0]
        yield bytes(data[where:data.index(b"\0", where)]).decode(), i, at


def add(path, **new):
    """Adds sections; underscores stand for dots."""
    args = []
    for name, content in new.items():
        file = f"{path}.{name}"
        with open(file, "wb") as f:
            f.write(content)
        args += ["--add-section", f"{name.replace('__', '.')}={file}"]
    run("objcopy", *args, path)
    for name in new:
        os.unlink(f"{path}.{name}")


def low_high(path, symbol):
    for line in subprocess.run(["nm", "-D", "-S", path], capture_output=True, text=True, check=True).stdout.splitlines():
        part = line.split()
        if len(part) == 4 and part[3] == symbol:
            return int(part[0], 16), int(part[1], 16)
    raise SystemExit("no " + symbol)


def unit(body, abbrev=0):
    head = struct.pack("<HIB", 4, abbrev, 8)
    return struct.pack("<I", len(head) + len(body)) + head + body


# Abbreviation 1: a unit with children, low_pc, high_pc (data8), stmt_list. The others are not used.
ABBREV = (b"\x01\x11\x01\x11\x01\x12\x07\x10\x17\x00\x00" b"\x02\x24\x00\x00\x00" b"\x03\x39\x01\x00\x00"
          b"\x04\x2e\x00\x11\x01\x12\x07\x00\x00" b"\x00")


def root(low, size, lines=0):
    return b"\x01" + struct.pack("<QQI", low, size, lines)


def line_program(low, rows):
    head = bytes([1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]) + b"\0" + b"a.c\0\0\0\0" + b"\0"
    body = b"\0\x09\x02" + struct.pack("<Q", low) + rows + b"\x02\x01\0\x01\x01"
    rest = struct.pack("<I", len(head)) + head + body
    return struct.pack("<I", len(rest) + 2) + struct.pack("<H", 4) + rest


def lines(path, low, size, mb):
    add(path, __debug_abbrev=ABBREV, __debug_info=unit(root(low, size) + b"\0"),
        __debug_line=line_program(low, bytes([14 + 4]) * (mb << 20)))


def abbrevs(path, low, size, mb):
    table = b"".join(uleb(i + 1000) + b"\x24\0\0\0" for i in range((mb << 20) // 7))
    body = unit(root(low, size) + b"\0", 0)
    tail = unit(uleb(5)) * 20000
    add(path, __debug_abbrev=table + ABBREV[:-1] + b"\x05\x11\0\0\0\0", __debug_info=body + tail, __debug_line=line_program(low, b""))


def units(path, low, size, mb):
    tiny = unit(uleb(2))
    add(path, __debug_abbrev=ABBREV, __debug_info=unit(root(low, size) + b"\0") + tiny * ((mb << 20) // len(tiny)),
        __debug_line=line_program(low, b""))


def names(path, _low, _size, mb):
    """The names of the sections in a sparse section of mb MiB."""
    data = bytearray(open(path, "rb").read())
    strndx, = struct.unpack_from("<H", data, 62)
    head = struct.unpack_from("<Q", data, 40)[0] + 64 * strndx
    where, size = struct.unpack_from("<QQ", data, head + 24)
    end = len(data) + 4095 & ~4095
    with open(path, "r+b") as f:
        f.seek(end)
        f.write(data[where:where + size])
        f.truncate(end + (mb << 20))
        f.seek(head + 24)
        f.write(struct.pack("<QQ", end, mb << 20))


def many_sections(path, _low, _size, mb):
    """A table of as many sections as fit in mb MiB, sparse."""
    data = bytearray(open(path, "rb").read())
    end = len(data) + 4095 & ~4095
    shoff, = struct.unpack_from("<Q", data, 40)
    first = bytearray(64)
    struct.pack_into("<Q", first, 32, (mb << 20) // 64)
    with open(path, "r+b") as f:
        f.seek(end)
        f.write(first)
        f.truncate(end + (mb << 20))
        f.seek(40)
        f.write(struct.pack("<Q", end))
        f.seek(60)
        f.write(struct.pack("<HH", 0, 0))


KINDS = {"lines": lines, "abbrevs": abbrevs, "units": units, "names": names, "sections": many_sections}


def main():
    kind, count, mb = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for n in range(1, count + 1):
        body = "for (;;) pause();" if n == 1 else f"f{n - 1}();"
        with open(f"l{n}.c", "w") as f:
            f.write(LIBRARY % {"below": n - 1, "n": n, "body": body})
        below = [f"./l{n - 1}.so"] if n > 1 else []
        run("gcc", "-O1", "-shared", "-fPIC", "-s", "-Wl,--build-id=none", "-o", f"l{n}.so", f"l{n}.c", *below)
    with open("t.c", "w") as f:
        f.write(PROGRAM % (count, count))
    run("gcc", "-O1", "-o", "t", "t.c", f"./l{count}.so", "-Wl,-rpath," + os.getcwd(), "-Wl,-rpath-link," + os.getcwd())
    for n in range(1, count + 1):
        KINDS[kind](f"l{n}.so", *low_high(f"l{n}.so", f"f{n}"), mb)
    os.execv("./t", ["./t"])


main()
