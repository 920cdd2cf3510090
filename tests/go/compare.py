#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare.py BEFORE GO AFTER [--minimum N] [--all]: goroutines that did not move must be equal.

BEFORE and AFTER are what was read from outside, GO what the program said of itself between the two, all in the
format of Go's own traceback. A goroutine that is equal in BEFORE and AFTER, with its count of runs ("#seq"), did
not move, and must be the same in GO: header, every frame, created by; but for values of arguments, which only Go
prints, and one minute of waiting. Fails also if fewer than N goroutines could be compared; with --all, if GO has one
more, which is for programs where none come and go.
"""
import re
import sys


def goroutines(path):
    """Goroutine number to its lines, normalised."""
    found, lines = {}, []
    with open(path, encoding="utf-8", errors="replace") as f:
        text = f.read().replace("\0", "")
    for block in re.split(r"\n\s*\n", text):
        lines = [line.rstrip() for line in block.strip("\n").split("\n") if line and line[0] != "#"]
        head = re.match(r"goroutine (\d+) \[(.*?)\](?: \{.*\}| labels:\{.*\})?:$", lines[0] if lines else "")
        if not head:
            continue
        number, state = int(head.group(1)), head.group(2)
        minutes = re.search(r", (\d+) minutes", state)
        state = re.sub(r", \d+ minutes", "", state).replace(" (scan)", "")
        sequence = [line for line in block.split("\n") if line.startswith("#seq ")]
        frames = []
        for line in lines[1:]:
            if not line.startswith("\t") and not line.startswith("created by ") and not line.startswith("..."):
                line = re.sub(r"\([^()]*\)$", "(...)", line)
            frames.append(line)
        found[number] = (state, frames, int(minutes.group(1)) if minutes else 0, sequence)
    return found


def same_frames(whole, own):
    """Go leaves out the middle of a deep stack, or (before 1.21) all beyond 100 frames of which some are hidden."""
    gaps = [i for i, line in enumerate(own) if line.startswith("...")]
    if not gaps and whole != own and len(own) >= 2 * 90:
        return whole[: len(own) - 2] == own[:-2] and whole[-2:] == own[-2:]
    if not gaps:
        return whole == own
    gap, tail = gaps[0], own[gaps[0] + 1 :]
    count = re.match(r"\.\.\.(\d+) frames elided", own[gap])
    if count and len(own) - 1 + 2 * int(count.group(1)) != len(whole):
        return False
    return whole[:gap] == own[:gap] and (not tail or whole[-len(tail) :] == tail)


def equal(a, b):
    return a[0] == b[0] and same_frames(a[1], b[1]) and abs(a[2] - b[2]) <= 1


def pretty(g):
    return [g[0], *g[1][:40]] if g else ["nothing"]


def main():
    before, own, after = (goroutines(path) for path in sys.argv[1:4])
    minimum = int(sys.argv[sys.argv.index("--minimum") + 1]) if "--minimum" in sys.argv else 1
    still = [n for n in before if n in after and before[n][3] == after[n][3] and equal(before[n], after[n])]
    still = [n for n in still if before[n][0] != "running"]
    wrong = [n for n in still if n not in own or not equal(before[n], own[n])]
    # What neither of the two readings has, although Go had it before and after them, was missed.
    missed = [n for n in own if "--all" in sys.argv and n not in before and n not in after and own[n][0] != "running"]
    for n in wrong:
        print(f"--- goroutine {n}: read", *pretty(before[n]), "--- Go says", *pretty(own.get(n)), sep="\n")
    for n in missed:
        print(f"--- goroutine {n} was not read; Go says", *pretty(own[n]), sep="\n")
    print(f"{len(still)} still, {len(still) - len(wrong)} equal, {len(own)} in Go's dump, {len(missed)} missed")
    if wrong or missed or len(still) < minimum:
        sys.exit(1)


main()
