#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs bats files, several at a time, and prints one TAP of them all.

  bats.py [--jobs N] FILE...    N files at a time (one for each CPU, and one more: most of the tests wait)

Each file's output comes whole, when the file has ended, below a comment with its name; its tests are numbered on.
Tests tagged `alone` (what they judge is the whole machine, or they change it for everybody) run at the end, one file
after the other. Files whose tests take long start first, by `seconds` beside them, a list of what each was seen to
take; one that is not in the list counts as long. `--times FILE` writes that list.

A file without a failed test that has fewer results than its plan says, or ends with an error, has one failed test more.
Exit status 1 if a test failed.
"""
import argparse
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import threading
import time

UNKNOWN_S = 60
RESULT = re.compile(r"(ok|not ok) \d+ (.*)", re.S)
PLAN = re.compile(r"1\.\.(\d+)$")


class Tap:
    """One TAP of many: whole files, numbered on, counted."""

    def __init__(self):
        self.lock, self.count, self.failed, self.seconds = threading.Lock(), 0, [], {}

    def number(self, line):
        match = RESULT.match(line)
        if not match:
            return line
        self.count += 1
        return f"{match.group(1)} {self.count} {match.group(2)}"

    def ended(self, path, lines, status, seconds):
        planned = sum(int(m.group(1)) for m in map(PLAN.match, lines) if m)
        results = [m for m in map(RESULT.match, lines) if m]
        lines = [line for line in lines if not PLAN.match(line)]
        failed = [m.group(2) for m in results if m.group(1) == "not ok"]
        if not failed and (len(results) != planned or status):
            why = f"{len(results)} results of {planned} tests, status {status}"
            lines.append(f"not ok 0 {why}")
            failed.append(why)
        with self.lock:
            self.seconds[path] = self.seconds.get(path, 0) + seconds
            self.failed += [(path, name) for name in failed]
            if lines:
                print(f"# {path}: {seconds:.0f} s", *map(self.number, lines), sep="\n", flush=True)

    def end(self):
        print(f"1..{self.count}")
        for path, name in self.failed:
            print(f"# failed: {path}: {name}")
        sys.stdout.flush()
        return 1 if self.failed or not self.count else 0


class Runs:
    """What runs now: ended with this program."""

    def __init__(self):
        self.lock, self.children, self.over = threading.Lock(), set(), False

    def bats(self, path, tags, tap):
        began = time.monotonic()
        with self.lock:
            if self.over:
                return
            child = subprocess.Popen(["bats", "--tap", "--filter-tags", tags, path], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
            self.children.add(child)
        said = child.communicate()[0].decode(errors="replace")
        with self.lock:
            self.children.discard(child)
        tap.ended(path, said.splitlines(), child.returncode, time.monotonic() - began)

    def stop(self, *_):
        self.over = True
        for child in list(self.children):
            os.killpg(child.pid, signal.SIGTERM)
        os._exit(1)


def read_seconds(folder):
    try:
        with open(os.path.join(folder, "seconds"), encoding="utf-8") as file:
            return {name: float(s) for name, s in map(str.split, file)}
    except FileNotFoundError:
        return {}


def longest_first(files):
    known = {folder: read_seconds(folder) for folder in {os.path.dirname(f) for f in files}}
    return sorted(files, key=lambda f: -known[os.path.dirname(f)].get(os.path.basename(f), UNKNOWN_S))


def has_tag(path, tag):
    with open(path, encoding="utf-8") as file:
        return any(re.match(rf"# bats (test|file)_tags=(.*,)?{tag}\b", line) for line in file)


def main():
    a = argparse.ArgumentParser(add_help=False)
    a.add_argument("--jobs", type=int, default=os.cpu_count() + 1)
    a.add_argument("--times")
    a.add_argument("files", nargs="+")
    options = a.parse_args()
    tap, runs = Tap(), Runs()
    signal.signal(signal.SIGTERM, runs.stop)
    signal.signal(signal.SIGINT, runs.stop)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda path: runs.bats(path, "!alone", tap), longest_first(options.files)))
    for path in options.files:
        if has_tag(path, "alone"):
            runs.bats(path, "alone", tap)
    if options.times:
        with open(options.times, "w", encoding="utf-8") as file:
            for path, seconds in sorted(tap.seconds.items()):
                print(os.path.basename(path), round(seconds), file=file)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
