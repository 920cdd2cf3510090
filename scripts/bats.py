#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs bats files, several at a time, and prints one TAP of them all.

  bats.py [--jobs N] [--repeat N] FILE...

--jobs: files at a time (one for each CPU, and one more: most of the tests wait). --repeat: if no more tests than these
failed, each of them runs once more at the end, alone, and the second result counts; the first is shown, and the name
again under `# passed only when repeated`. So a busy machine costs no run, and what comes and goes is not hidden.

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
    """One TAP of many: whole files, numbered on, counted. What failed is kept for the end, with its text."""

    def __init__(self):
        self.lock, self.count, self.failed, self.broken, self.seconds = threading.Lock(), 0, [], [], {}

    def number(self, line):
        match = RESULT.match(line)
        if not match:
            return line
        self.count += 1
        return f"{match.group(1)} {self.count} {match.group(2)}"

    def ended(self, path, lines, status, seconds):
        planned = sum(int(m.group(1)) for m in map(PLAN.match, lines) if m)
        lines = [line for line in lines if not PLAN.match(line)]
        results = [m.group(1) for m in map(RESULT.match, lines) if m]
        if "not ok" not in results and (len(results) != planned or status):
            lines.append(f"not ok 0 {len(results)} results of {planned} tests, status {status}")
        with self.lock:
            self.seconds[path] = self.seconds.get(path, 0) + seconds
            rest = self.keep_failed(path, lines)
            if lines:
                print(f"# {path}: {seconds:.0f} s", *map(self.number, rest), sep="\n", flush=True)

    def keep_failed(self, path, lines):
        """All lines; those of failed tests as comments."""
        rest, failing = [], None
        for line in lines:
            match = RESULT.match(line)
            if match and match.group(1) == "not ok":
                failing = [line]
                broken = line.startswith("not ok 0 ")
                (self.broken if broken else self.failed).append((path, test_name(match.group(2)), failing))
                rest.append("# failed: " + match.group(2))
                continue
            if match:
                failing = None
            elif failing:
                failing.append(line)
            rest.append(line)
        return rest

    def second(self, path, name, said):
        """The second result of a test that had failed. True if it passed."""
        results = [m for m in map(RESULT.match, said) if m]
        passed = bool(results) and all(m.group(1) == "ok" for m in results)
        if passed:
            print(f"# passed only when repeated: {path}: {name}", self.number(results[0].string), sep="\n", flush=True)
        return passed

    def end(self):
        failed = self.failed + self.broken
        for _, _, lines in failed:
            print(*map(self.number, lines), sep="\n")
        print(f"1..{self.count}")
        for path, name, _ in failed:
            print(f"# failed: {path}: {name}")
        sys.stdout.flush()
        return 1 if failed or not self.count else 0


def literally(text):
    """As an extended regular expression (a backslash before some characters would mean something else)."""
    return "".join(c if c.isalnum() or c == " " else "\\^" if c == "^" else f"[{c}]" for c in text)


def test_name(text):
    return re.sub(r" # timeout after .*", "", text)


class Runs:
    """What runs now: ended with this program."""

    def __init__(self):
        self.lock, self.children, self.over = threading.Lock(), set(), False

    def bats(self, path, *arguments):
        """Lines, exit status, seconds; None if all ends."""
        began = time.monotonic()
        with self.lock:
            if self.over:
                return None
            child = subprocess.Popen(["bats", "--tap", *arguments, path], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
            self.children.add(child)
        said = child.communicate()[0].decode(errors="replace")
        with self.lock:
            self.children.discard(child)
        return said.splitlines(), child.returncode, time.monotonic() - began

    def file(self, path, tags, tap):
        ran = self.bats(path, "--filter-tags", tags)
        if ran:
            tap.ended(path, *ran)

    def repeat(self, tap):
        failed, tap.failed = tap.failed, []
        for path, name, lines in failed:
            ran = self.bats(path, "--filter", "^" + literally(name) + "$")
            if not ran or not tap.second(path, name, ran[0]):
                tap.failed.append((path, name, lines))

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
    a.add_argument("--repeat", type=int, default=0)
    a.add_argument("--times")
    a.add_argument("files", nargs="+")
    options = a.parse_args()
    tap, runs = Tap(), Runs()
    signal.signal(signal.SIGTERM, runs.stop)
    signal.signal(signal.SIGINT, runs.stop)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda path: runs.file(path, "!alone", tap), longest_first(options.files)))
    for path in options.files:
        if has_tag(path, "alone"):
            runs.file(path, "alone", tap)
    if len(tap.failed) <= options.repeat:
        runs.repeat(tap)
    if options.times:
        with open(options.times, "w", encoding="utf-8") as file:
            for path, seconds in sorted(tap.seconds.items()):
                print(os.path.basename(path), round(seconds), file=file)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
