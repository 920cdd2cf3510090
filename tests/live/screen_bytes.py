#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the full-screen view sends to its terminal: screen_bytes.py [--keys TEXT] ROWS COLUMNS REFRESHES COMMAND...

COMMAND is run twice with '--count', for REFRESHES and for three times as many. Prints what the later ones took, in
bytes per refresh: what was sent for the first screen and at the end is in both. --keys is typed at first; --show
prints the last bytes, too.
"""
import argparse, fcntl, os, pty, struct, sys, termios


def run(command, rows, columns, keys):
    """What it sends, until it ends with 0."""
    pid, master = pty.fork()
    if not pid:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", HOME="/nonexistent", XDG_CONFIG_HOME="/nonexistent")
        os.execvp(command[0], command)
    sent = b""
    while True:
        try:
            new = os.read(master, 65536)
        except OSError:  # it has ended
            break
        if not sent and keys:
            os.write(master, keys.encode())
        sent += new
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        sys.exit("%s: status %d: %r" % (" ".join(command), status, sent[-2000:]))
    return sent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", default="")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("rows", type=int)
    parser.add_argument("columns", type=int)
    parser.add_argument("refreshes", type=int)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    o = parser.parse_args()
    sent = [run(o.command + ["--count", str(n)], o.rows, o.columns, o.keys) for n in (o.refreshes, 3 * o.refreshes)]
    if o.show:
        print(repr(sent[1][-6000:]), file=sys.stderr)
    print(round((len(sent[1]) - len(sent[0])) / (2 * o.refreshes)))


main()
