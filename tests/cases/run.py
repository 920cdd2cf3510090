#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the cases: small programs in a known trouble, and what threadscope must say of each.

  run.py                 all cases
  run.py NAME...         some of them
  run.py --quick --tap   the quick ones, as TAP (make check)
  run.py --list          the kinds, with the cases of each
  --repeat N             each case N times
  --repeat-failed N      if no more than N cases failed, each once more, alone: the second result counts, the first
                         is shown, and the name under `passed only when repeated`
  --jobs N               N cases at a time

tests/cases/README.md says how a case is written. Environment: THREADSCOPE, the program (build/threadscope);
CASES, where the cases are built (build/cases); TS_TIMEOUT_SCALE, for slow machines. Needs root. Exit status 1 if a
case fails.
"""
import argparse
import concurrent.futures
import glob
import os
import sys
import threading
import time

import answer
import case
import stage

HERE = os.path.dirname(os.path.abspath(__file__))
QUICK_S = 5


def arguments():
    a = argparse.ArgumentParser(add_help=False)
    a.add_argument("names", nargs="*")
    a.add_argument("--quick", action="store_true")
    a.add_argument("--tap", action="store_true")
    a.add_argument("--list", action="store_true")
    a.add_argument("--repeat", type=int, default=1)
    a.add_argument("--repeat-failed", type=int, default=0)
    a.add_argument("--jobs", type=int, default=1)
    a.add_argument("-h", "--help", action="help", help=argparse.SUPPRESS)
    return a.parse_args()


def chosen(options):
    known = {c.name: c for c in map(case.read, sorted(glob.glob(os.path.join(HERE, "*.case"))))}
    for name in options.names:
        if name not in known:
            sys.exit(f"run.py: no such case: {name}")
    cases = [known[n] for n in options.names] or list(known.values())
    return [c for c in cases if not (options.quick and c.slow)]


def kinds(cases):
    by_kind = {}
    for c in cases:
        by_kind.setdefault(c.kind, []).append(c)
    return by_kind


def print_kinds(cases):
    for kind, members in sorted(kinds(cases).items()):
        lonely = "" if len({c.differs for c in members}) > 1 else "   (only one)"
        print(f"{kind}: {', '.join(f'{c.name} ({c.differs})' for c in members)}{lonely}")


class Sum:
    """Counts, and prints each case as it ends."""

    def __init__(self, tap, repeatable):
        self.lock = threading.Lock()
        self.tap, self.passed, self.failed, self.skipped = tap, 0, 0, 0
        self.first_failures = [] if repeatable else None

    def skip(self, c, why):
        self.skipped += 1
        print(f"ok {self.passed + self.failed + self.skipped} - {c.name} # skip {why}" if self.tap else
              f"skip  {c.name}: {why}", flush=True)

    def ended(self, c, answers, seconds):
        """Counts and prints; a first failure that may be repeated is printed and not counted."""
        good = all(a.good for a in answers)
        if not good and self.first_failures is not None:
            self.first_failures.append((c, answers, seconds))
            self.show(c, answers, "# failed: ")
            return
        self.count(c, answers, seconds)

    def count(self, c, answers, seconds):
        good = all(a.good for a in answers)
        self.passed += good
        self.failed += not good
        if self.tap:
            self.show(c, answers, f"{'ok' if good else 'not ok'} {self.passed + self.failed + self.skipped} - ")
        else:
            self.show(c, answers, "pass  " if good else "FAIL  ", f" ({c.differs}), {seconds:.1f} s")

    def show(self, c, answers, before, after=""):
        print(f"{before}{c.name}: {c.kind}{after}")
        for a in answers:
            if not self.tap or not a.good:
                a.show("# " if self.tap else "      ")
        sys.stdout.flush()

    def end(self, seconds):
        if self.tap:
            print(f"1..{self.passed + self.failed + self.skipped}")
        else:
            print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped, in {seconds:.0f} s")
        return 1 if self.failed or not self.passed else 0


def run(c, total):
    try:
        stage.check_needs(c)
        with stage.Stage(c) as s:
            answers = [answer.ask(s, q) for q in c.questions]
            seconds = s.seconds()
        with total.lock:
            total.ended(c, answers, seconds)
    except stage.Missing as why:
        with total.lock:
            total.skip(c, why)
    except Exception as why:  # pylint: disable=broad-except # one case must not end the others
        with total.lock:
            total.ended(c, [answer.Broken(f"{type(why).__name__}: {why}")], 0)


def run_all(cases, jobs, total):
    """Those that must be alone come last."""
    together = [c for c in cases if not c.alone]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for c in together:
            pool.submit(run, c, total)
    for c in cases:
        if c.alone:
            run(c, total)


def repeat_failed(total, most):
    """The second result of a case counts, if no more than these failed."""
    failed, total.first_failures = total.first_failures, None
    for c, answers, seconds in failed:
        if len(failed) > most:
            total.count(c, answers, seconds)
            continue
        passed = total.passed
        run(c, total)
        if total.passed > passed:
            print(f"# passed only when repeated: case {c.name}", flush=True)


def main():
    options = arguments()
    cases = chosen(options)
    if options.list:
        print_kinds(cases)
        return 0
    if os.geteuid() != 0:
        sys.exit("run.py: needs root")
    total = Sum(options.tap, options.repeat_failed > 0)
    began = time.monotonic()
    run_all([c for c in cases for _ in range(options.repeat)], options.jobs, total)
    if options.repeat_failed:
        repeat_failed(total, options.repeat_failed)
    return total.end(time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
