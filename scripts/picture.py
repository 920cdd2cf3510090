#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of a terminal, for the documentation:
   picture.py svg TITLE <SCREEN >FILE.svg     of a screen with its colours, as tmux capture-pane -eN prints it
   picture.py cast FILE TEXT KEYS -- COMMAND...
                                              records COMMAND in a terminal of 110x32 as an asciinema cast (v2),
                                              and once TEXT is on the screen types KEYS: "2.5 \\r 4 q" is Enter
                                              2.5 s later, q after 4 s"""
import codecs
import fcntl
import json
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from xml.sax.saxutils import escape

COLUMNS, ROWS = 110, 32
WIDTH, HEIGHT, SIZE, EDGE = 8.4, 18, 14, 12  # of a cell, of the letters, around all
PLAIN, BACKGROUND = "#d8dee9", "#10151c"
COLOURS = ["#10151c", "#ff6b68", "#8fce6a", "#f2c14e", "#6ba8f5", "#c58af9", "#56c8d8", "#d8dee9",
           "#6c7686", "#ff8f8c", "#b0e58c", "#ffd97a", "#94c2ff", "#dcb3ff", "#86e0ec", "#ffffff"]


def colour_256(n):
    if n < 16:
        return COLOURS[n]
    if n >= 232:
        return "#%02x%02x%02x" % ((8 + 10 * (n - 232),) * 3)
    parts = ((n - 16) // 36, (n - 16) // 6 % 6, (n - 16) % 6)
    return "#%02x%02x%02x" % tuple(0 if p == 0 else 55 + 40 * p for p in parts)


class Style:
    def __init__(self):
        self.reset()

    def reset(self):
        self.ink = self.paper = None
        self.bold = self.dim = self.reverse = self.underline = False

    def take(self, codes):
        """One sequence of SGR numbers."""
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[code], True)
            elif code == 22:
                self.bold = self.dim = False
            elif code == 24:
                self.underline = False
            elif code == 27:
                self.reverse = False
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.ink = COLOURS[code - 30 if code < 40 else code - 82]
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.paper = COLOURS[code - 40 if code < 50 else code - 92]
            elif code == 39:
                self.ink = None
            elif code == 49:
                self.paper = None
            elif code in (38, 48) and codes[:1] == [5]:
                setattr(self, "ink" if code == 38 else "paper", colour_256(codes[1]))
                del codes[:2]

    def seen(self):
        ink, paper = self.ink or PLAIN, self.paper or BACKGROUND
        if self.reverse:
            ink, paper = paper, ink
        return ink, paper, self.bold, self.dim, self.underline


def runs(line, style):
    """(column, text, style) for each stretch of cells that look the same."""
    column, found = 0, []
    for part in re.split(r"(\033\[[0-9;]*m|\033\([B0]|[\016\017])", line):
        if part.startswith("\033["):
            style.take([int(n or 0) for n in part[2:-1].split(";")])
        elif part and part[0] not in "\033\016\017":
            found.append((column, part, style.seen()))
            column += len(part)
    return found


def svg(title, text):
    lines = text.rstrip("\n").split("\n")
    width, height = 2 * EDGE + COLUMNS * WIDTH, 2 * EDGE + len(lines) * HEIGHT
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height}" '
           f'viewBox="0 0 {width:g} {height}" role="img">',
           f"<title>{escape(title)}</title>",
           f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
           f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" '
           f'font-size="{SIZE}">']
    style = Style()
    for row, line in enumerate(lines):
        top = EDGE + row * HEIGHT
        for column, part, (ink, paper, bold, dim, underline) in runs(line, style):
            left = EDGE + column * WIDTH
            if paper != BACKGROUND:
                out.append(f'<rect x="{left:g}" y="{top}" width="{len(part) * WIDTH:g}" height="{HEIGHT}" '
                           f'fill="{paper}"/>')
            more = ' font-weight="bold"' if bold else ""
            more += ' fill-opacity="0.6"' if dim else ""
            more += ' text-decoration="underline"' if underline else ""
            for words in re.finditer(r"[^ ]+(?: [^ ]+)*", part):  # several blanks may be drawn as one
                shown, at = words.group(), left + words.start() * WIDTH
                out.append(f'<text x="{at:g}" y="{top + 14}" fill="{ink}" '
                           f'textLength="{len(shown) * WIDTH:g}"{more}>{escape(shown)}</text>')
    return "\n".join(out + ["</g>", "</svg>", ""])


def cast(path, text, keys, command):
    words = keys.split()
    keys = [(float(at), codecs.decode(key, "unicode_escape")) for at, key in zip(words[::2], words[1::2])]
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8")
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    begin, decode, ready = time.monotonic(), codecs.getincrementaldecoder("utf-8")("replace"), None
    with open(path, "w", encoding="utf-8") as out:
        head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "threadscope", "idle_time_limit": 2,
                "env": {"TERM": "xterm-256color"}}
        print(json.dumps(head), file=out)
        while True:
            if ready and keys and time.monotonic() - ready >= keys[0][0]:
                os.write(terminal, keys.pop(0)[1].encode())
            if select.select([terminal], [], [], 0.02)[0]:
                try:
                    data = os.read(terminal, 65536)
                except OSError:  # it has ended
                    break
                if not data:
                    break
                shown = decode.decode(data)
                if not ready and text in shown:
                    ready = time.monotonic()
                print(json.dumps([round(time.monotonic() - begin, 3), "o", shown], ensure_ascii=False),
                      file=out)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "svg":
        sys.stdout.write(svg(arguments[1], sys.stdin.read()))
        return 0
    if len(arguments) > 5 and arguments[0] == "cast" and arguments[4] == "--":
        return cast(*arguments[1:4], arguments[5:])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
