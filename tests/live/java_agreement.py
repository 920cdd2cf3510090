#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares a snapshot of a Java program with what `jstack -l` says of it.

  java_agreement.py SNAPSHOT.json JSTACK.txt LEAST-THREADS LEAST-LOCKS

Of each thread that both have: its name; if it is blocked, its Java frames, each with method, file and line, in the same
order; and the lock that it waits for: address, class and owner. Prints what differs, and ends with status 1 if something
does, or if fewer threads or locks than that were compared.
"""
import json
import re
import sys


def jstack_threads(text):
    threads, at, part = {}, None, ""
    for line in text.splitlines():
        head = re.match(r'"(.*)" #\d+ .*nid=(0x[0-9a-f]+|\d+) ', line)
        frame = re.match(r"\s+at (?:(?:\S+//?)?\S+@[^/(]*/)?(\S+?)\((?:\S+@[^/]*/)?([^)]*)\)", line)
        waits = re.match(r"\s+- (?:waiting to lock|parking to wait for)\s+<(0x[0-9a-f]+)> \(a (.*)\)", line)
        locked = re.match(r"\s+- (?:locked )?<(0x[0-9a-f]+)> \(a ", line)
        if line.startswith("Found one Java-level deadlock"):
            break
        if head:
            at = threads[int(head[2], 0)] = {"name": head[1], "frames": [], "waits": None, "locked": set()}
            part = "frames"
        elif not at:
            continue
        elif "Locked ownable synchronizers" in line:
            part = "ownable"
        elif frame:
            place = re.match(r"(\S+\.\w+):(\d+)$", frame[2])
            at["frames"].append((re.sub(r"/0x[0-9a-f]+", "", frame[1]), place and place[1], place and int(place[2])))
        elif waits:
            at["waits"] = (int(waits[1], 0), waits[2])
        elif locked and (part == "ownable" or "locked" in line):
            at["locked"].add(int(locked[1], 0))
    return threads


def own_frames(thread):
    return [(f["function"], f["file"] if f["line"] else None, f["line"] or None) for f in thread["stack"]
            if f["language"] == "Java"]


def owner_of(threads, address):
    return next((tid for tid, t in threads.items() if address in t["locked"]), None)


KNOWN = re.compile(r"java\.util\.concurrent\.(locks\.Reentrant|locks\.StampedLock|Semaphore)")


def main(snapshot, jstack, least_threads, least_locks):
    with open(snapshot, encoding="utf-8") as f:
        report = json.load(f)
    with open(jstack, encoding="utf-8") as f:
        theirs = jstack_threads(f.read())
    compared = locks = wrong = 0
    for t in report["threads"]:
        other = theirs.get(t["tid"])
        if not other:
            continue
        problems = []
        if t["name"] != other["name"]:
            problems.append(("name", t["name"], other["name"]))
        if t["wait"] is not None and other["frames"] and t["wait"]["kind"] != "sleep":
            compared += 1
            if own_frames(t) != other["frames"]:
                problems.append(("frames", own_frames(t), other["frames"]))
        waits = other["waits"]
        if waits and t["wait"] is not None:
            lock = report["locks"][t["wait"]["lock"]] if t["wait"]["lock"] is not None else None
            owner = owner_of(theirs, waits[0])
            if KNOWN.match(waits[1]) or not waits[1].startswith("java.util.concurrent"):
                locks += 1
                if not lock or (int(lock["address"], 0), lock["type"]) != waits or lock["owner_tid"] != owner:
                    problems.append(("lock", lock, waits, owner))
        wrong += bool(problems)
        for problem in problems:
            print(t["tid"], t["name"], *problem)
    print(f"{compared} threads with frames, {locks} that wait for a lock, {wrong} differ")
    return 1 if wrong or compared < int(least_threads) or locks < int(least_locks) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
