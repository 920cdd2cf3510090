#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults: threadscope is killed, interrupted, short of memory, descriptors, disk and readers, and looks at targets that
end, execute, fork and change their root at any moment. Prints a table: how often each was tried, and what broke.

  run.py [--share F] [--only NAME]... [--seed N] [--write]

--share: this part of the repetitions. --write: the table into docs/reliability.md; of some faults only, their rows are
replaced. Needs root and bpftool. Exit status 1 if something broke.
"""
import argparse
import collections
import datetime
import os
import platform
import random
import re
import signal
import subprocess
import sys
import time

from faults import FAULTS
from rig import PAGE, Broken, Left, Missing, churn, scopes, write_section


def run_fault(times, attempt):
    """What broke, and how often each try had what outcome of its own."""
    broken, outcomes = [], collections.Counter()
    with churn() as target:
        left = Left()
        for _ in range(times):
            try:
                outcomes[attempt(target, left)] += 1
            except (Broken, subprocess.TimeoutExpired) as why:
                broken.append(str(why))
                for pid in scopes():  # not to disturb the next
                    os.kill(pid, signal.SIGKILL)
    del outcomes[None]
    return broken, outcomes


def merged(table):
    """The page's table with these rows in it."""
    with open(PAGE, encoding="utf-8") as file:
        old = re.search(r"<!-- faults -->\n(.*?)\n<!-- faults end -->", file.read(), re.S)[1].splitlines()
    rows = {line.split("|")[1]: line for line in table[4:]}
    return [rows.pop(line.split("|")[1], line) if line.startswith("|") else line for line in old] + list(rows.values())


def main():
    a = argparse.ArgumentParser(add_help=False)
    a.add_argument("--share", type=float, default=1)
    a.add_argument("--only", action="append")
    a.add_argument("--seed", type=int, default=int(time.time()))
    a.add_argument("--write", action="store_true")
    options = a.parse_args()
    random.seed(options.seed)
    table = [f"Linux {platform.release().split('-')[0]}, {datetime.date.today()}, seed {options.seed}:", "",
             "| fault | times | what must hold | broken |", "|---|---|---|---|"]
    bad = 0
    for name, what, times, attempt, must in FAULTS:
        if options.only and name not in options.only:
            continue
        times = max(1, round(times * options.share))
        began = time.monotonic()
        try:
            broken, outcomes = run_fault(times, attempt)
        except Missing as why:
            print(f"{name}: not tried: {why}", flush=True)
            continue
        bad += len(broken)
        tried = "".join(f", {n} {outcome}" for outcome, n in outcomes.items())
        table.append(f"| {what} | {times}{tried} | {must} | {len(broken) or 'none'} |")
        print(f"{name}: {times} times{tried}, {len(broken)} broken, {time.monotonic() - began:.0f} s", *set(broken),
              sep="\n  ", flush=True)
    print("\n".join(table))
    if options.write:
        write_section("faults", "\n".join(merged(table) if options.only else table))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
