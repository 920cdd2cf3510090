# SPDX-License-Identifier: GPL-2.0-or-later
"""Are two lists of function names, gdb's and threadscope's, the same?"""


def without_parameters(name):
    """gdb names functions that it has no DWARF of with their parameters: "f(int) const" is "f"."""
    if not name:
        return "?"
    name = name.split("@")[0]
    clone = name.find(" [clone ")
    if clone >= 0:
        name = name[:clone]
    for end in (" const", " volatile", " &", " &&"):
        if name.endswith(")" + end):
            name = name[: -len(end)]
    if not name.endswith(")") or name.endswith("operator()") or name.endswith("(anonymous namespace)"):
        return name
    depth = 0
    for at in range(len(name) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(name[at], 0)
        if depth == 0:
            return name[:at].rstrip() or name
    return name


def names(frames, inlined):
    return [without_parameters(f["function"]) for f in frames
            if f["kind"] != "tail call" and (inlined or f["kind"] != "inlined")]


def own_frames(thread):
    return [{"address": int(f["address"], 16), "function": f["function"],
             "kind": "inlined" if f["inlined"] else "normal", "generated": f["module"] is None}
            for f in thread["stack"]]


def until_generated(theirs, ours):
    """Both lists up to the first frame in code of no file, which a compiler made at run time. gdb has no rules
    for such code and guesses from there on, or ends. Also tells whether there was one."""
    for i, frame in enumerate(ours):
        if frame["generated"]:
            cut = [k for k, f in enumerate(theirs) if f["address"] == frame["address"]]
            return theirs[:cut[0] if cut else None], ours[:i], True
    return theirs, ours, False


def same(theirs, ours):
    """Whether the names are equal: with inlined calls, or without where one side has no line information."""
    if names(theirs, True) == names(ours, True):
        return True
    return names(theirs, False) == names(ours, False)


def show(theirs, ours):
    """Both lists side by side, for a report; those that differ are marked."""
    left, right = names(theirs, False), names(ours, False)
    for i in range(max(len(left), len(right))):
        a = left[i] if i < len(left) else "-"
        b = right[i] if i < len(right) else "-"
        yield f"    {'  ' if a == b else '!='} {a:50.50} {b}"
