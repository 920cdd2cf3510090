#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the stacks of `threadscope snapshot` with gdb's, on programs of the distribution.

  run.py             all of them that are installed
  run.py NAME...     some of them; a PID compares that process

Every thread that was blocked when threadscope looked, and again afterwards with the same stack, must have the same
list of function names in both, and be complete where gdb's stack is. Exit status 1 if fewer than 99 % are equal or
a stack is not complete. Needs root and gdb. Environment: THREADSCOPE, the program (build/threadscope).
"""
import json
import os
import subprocess
import sys
import tempfile

import compare
import programs

HERE = os.path.dirname(os.path.abspath(__file__))
THREADSCOPE = os.environ.get("THREADSCOPE", os.path.join(HERE, "../../build/threadscope"))
TRIES = 3  # a thread that woke up in between is looked at again


def snapshot(pid):
    out = subprocess.run([THREADSCOPE, "snapshot", "--json", "--lines", "-p", str(pid)], check=True,
                         stdout=subprocess.PIPE).stdout
    return {t["tid"]: t for t in json.loads(out)["threads"]}


def gdb_stacks(pid):
    done = subprocess.run(["gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off",
                           "-ex", "set backtrace past-main on", "-ex", "set backtrace past-entry on",
                           "-p", str(pid), "-x", os.path.join(HERE, "gdb_stacks.py")],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, text=True)
    for line in done.stdout.splitlines():
        if line.startswith("STACKS "):
            return {t["tid"]: t for t in json.loads(line[7:])}
    raise RuntimeError(f"gdb says nothing of {pid}: {done.stderr.strip()[-500:]}")


def moved(before, after):
    return after is None or [f["address"] for f in before["stack"]] != [f["address"] for f in after["stack"]]


class Result:
    def __init__(self):
        self.equal, self.different, self.incomplete = set(), {}, {}
        self.generated = set()  # compared up to code that was made at run time

    @property
    def threads(self):
        return len(self.equal) + len(self.different)


def judge(result, tid, thread, theirs):
    frames, ours, generated = compare.until_generated(theirs["frames"], compare.own_frames(thread))
    if compare.same(frames, ours):
        result.equal.add(tid)
        result.different.pop(tid, None)
    else:
        result.different[tid] = (frames, ours)
    if generated:
        result.generated.add(tid)
    if theirs["complete"] and thread["stack_end"] != "complete":
        result.incomplete[tid] = thread["stack_end"]
    else:
        result.incomplete.pop(tid, None)


def compare_process(pid):
    result = Result()
    for _ in range(TRIES):
        before = snapshot(pid)
        theirs = gdb_stacks(pid)
        after = snapshot(pid)
        for tid, thread in before.items():
            blocked = thread["wait"] is not None and tid in theirs and not moved(thread, after.get(tid))
            if blocked and tid not in result.equal:
                judge(result, tid, thread, theirs[tid])
        if not result.different and not result.incomplete:
            break
    return result


def report(name, results):
    threads = sum(r.threads for r in results)
    equal = sum(len(r.equal) for r in results)
    incomplete = sum(len(r.incomplete) for r in results)
    generated = sum(len(r.generated) for r in results)
    percent = 100 * equal / threads if threads else 0
    good = threads > 0 and percent >= 99 and not incomplete
    print(f"{'ok' if good else 'not ok'} - {name}: {equal} of {threads} threads as gdb has them ({percent:.1f} %), "
          f"{incomplete} not complete" + (f", {generated} up to generated code" if generated else ""))
    for r in results:
        for tid, (theirs, ours) in r.different.items():
            print(f"  thread {tid}:  {'gdb':46} threadscope", *compare.show(theirs, ours), sep="\n")
        for tid, end in r.incomplete.items():
            print(f"  thread {tid} is {end}, with gdb it is complete")
    return good


def compare_program(name):
    with tempfile.TemporaryDirectory(prefix="agreement.") as folder:
        stage = programs.Stage(folder)
        try:
            return report(name, [compare_process(p) for p in programs.ALL[name](stage)])
        except programs.Missing as why:
            print(f"ok - {name} # skip {why}")
            return True
        finally:
            stage.end()


def main(names):
    good = True
    for name in names or programs.ALL:
        if name.isdigit():
            good &= report(name, [compare_process(int(name))])
        elif name in programs.ALL:
            good &= compare_program(name)
        else:
            sys.exit(f"run.py: no program '{name}'; there are {' '.join(programs.ALL)}")
        sys.stdout.flush()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
