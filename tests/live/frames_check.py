# SPDX-License-Identifier: GPL-2.0-or-later
# frames_check.py TRUTH DOCUMENT: each thread of the truth has the same frames of its interpreter in a snapshot; in a
# document of top, whose stacks are names, these functions in this order. --names: the truth has names without classes.
import json
import sys


def name_of(function):
    function = function.replace(" ", "")
    return function.rsplit(".", 1)[-1] if "--names" in sys.argv else function


def frames(stack):
    return [(name_of(f["function"]), f"{f['file']}:{f['line']}") for f in stack if f["language"]]


def agrees(wanted, stack):
    if not stack or isinstance(stack[0], dict):
        return frames(stack) == wanted
    names = iter(name.replace(" ", "") for name in stack)
    return all(function in names for function, _ in wanted)


truth = {}
for line in open(sys.argv[1], encoding="utf-8"):
    words = line.split()
    if len(words) == 3:
        truth.setdefault(int(words[0]), []).append((words[1], words[2]))
seen = {t["tid"]: t["stack"] for t in json.load(open(sys.argv[2], encoding="utf-8"))["threads"]}
wrong = [tid for tid in truth if not agrees(truth[tid], seen.get(tid, []))]
for tid in wrong:
    print(f"{tid}: truth {truth[tid]}\n  seen {seen.get(tid)}")
print(f"{len(truth) - len(wrong)} of {len(truth)} threads agree")
sys.exit(bool(wrong) or len(truth) < 10)
