#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares a snapshot's stacks through Java code with those that the machine itself tells.

  java_stacks.py SNAPSHOT.json JSTACK.txt NAMED-THREADS [interpreted]

A compiled method may hold others that were inlined, and an interpreted one has no name of its own in the snapshot: so
the names that there are must be among jstack's, in that order, with no more frames than jstack has; if all is interpreted, with
just as many. One stack in ten may be cut short: Java may be about to give up the code that a thread has to return to.
Prints what differs, and ends with status 1 if something does or if fewer than NAMED-THREADS threads have a name.
"""
import json
import re
import sys


def java_stacks(text):
    stacks, tid = {}, 0
    for line in text.splitlines():
        thread = re.match(r'".*" .*nid=0x([0-9a-f]+)', line)
        frame = re.match(r"\s+at (?:\S+@[^/]*/)?(\S+?)(?:/0x[0-9a-f]+)?(\.\w+|\.<\w+>)?\(", line)
        if thread:
            tid = int(thread[1], 16)
            stacks[tid] = []
        elif frame and tid:
            stacks[tid].append(frame[1] + (frame[2] or ""))
    return stacks


def own_frames(thread):
    """Of the code that was made at run time: names of methods, None for interpreted ones; stubs left out."""
    frames = []
    for f in thread["stack"]:
        name = re.sub(r"/0x[0-9a-f]+", "", f["function"] or "")
        method = re.match(r"\S+ (\S+)\(", name)
        if f["module"] is None and (method or name == "Interpreter"):
            frames.append(method[1] if method else None)
    return frames


def fits(ours, theirs):
    at = 0
    for name in ours:
        if name is None:
            continue
        if name not in theirs[at:]:
            return False
        at = theirs.index(name, at) + 1
    return len(ours) <= len(theirs)


def main(snapshot, jstack, wanted, interpreted=""):
    with open(snapshot, encoding="utf-8") as f:
        threads = json.load(f)["threads"]
    with open(jstack, encoding="utf-8") as f:
        stacks = java_stacks(f.read())
    named = wrong = cut = seen = 0
    for thread in threads:
        theirs = stacks.get(thread["tid"])
        if not theirs or thread["wait"] is None:
            continue
        ours = own_frames(thread)
        seen += 1
        named += any(ours)
        cut += thread["stack_end"] != "complete"
        good = len(ours) == len(theirs) if interpreted else ours and fits(ours, theirs)
        wrong += not good
        if not good and wrong < 4:
            print(thread["name"], thread["stack_end"], *ours, "-- jstack:", *theirs)
    print(f"{seen} threads, {named} with names, {cut} cut short, {wrong} wrong")
    return 1 if wrong or named < int(wanted) or cut * 10 > seen else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
