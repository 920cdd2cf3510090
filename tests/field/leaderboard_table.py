# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of incidents in docs/field.md."""
import os
import statistics

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
DOCUMENT = os.path.join(ROOT, "docs/field.md")
BEGIN, END = "<!-- made by tests/field/leaderboard.py -->\n", "<!-- end -->\n"

HEAD = ["", "incident", "its own tool", "what it says", "cause", "bpftrace, bcc", "what threadscope says first", "cause"]


def row(cells):
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |\n"


def yes_or_no(is_cause):
    return "yes" if is_cause else "no"


def duration(seconds):
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"


def tool_cell(tool, t):
    return f"{tool}, {duration(t['seconds'])}, {t['stopped']}"


def incident(number, i, r):
    ours, tool = r["threadscope"], i["tool"]
    sentence = f"`{ours['sentence']}`" if ours["sentence"] else "nothing"
    return row([str(number), f"{i['trouble']} (`{i['case']}`)", tool_cell(tool, r["tools"][tool]), i["said"],
                yes_or_no(i.getboolean("tool-named")), i["bpf"],
                f"{sentence} (`{i['command']}`, {duration(ours['seconds'])})", yes_or_no(r["is_cause"])])


def sums(incidents, results):
    """Of each tool: of how many incidents it names the cause, and how long it takes and stops the program."""
    rows = [row(["tool", "incidents", "cause named", "seconds (median)", "the program meanwhile"]),
            row(["---"] * 5)]
    names = incidents.sections()

    def add(title, of, named, seconds, stopped):
        rows.append(row([title, str(of), str(named), f"{statistics.median(seconds):.2f}", stopped]))

    def of_tool(tool):
        return [n for n in names if incidents[n]["tool"] == tool]

    for tool, title, stopped in (("gdb", "gdb, `thread apply all bt`", "stopped"),
                                 ("py-bt", "gdb, `thread apply all py-bt`", "stopped"),
                                 ("jstack", "jstack -l", "at a safepoint"),
                                 ("SIGQUIT", "Go's dump of all goroutines", "stopped; ended by SIGQUIT, not with `debug=2`")):
        mine = of_tool(tool)
        add(title, len(mine), sum(incidents[n].getboolean("tool-named") for n in mine),
            [results[n]["tools"][tool]["seconds"] for n in mine], stopped)
    add("bpftrace, off-CPU time by stack, 3 s", len(names), sum(incidents[n].getboolean("bpf-named") for n in names),
        [results[n]["tools"]["bpftrace"]["seconds"] for n in names], "runs")
    for command in ("snapshot", "top"):
        mine = [n for n in names if incidents[n]["command"].startswith(command)]
        add(f"threadscope {command}", len(mine), sum(results[n]["is_cause"] for n in mine),
            [results[n]["threadscope"]["seconds"] for n in mine], "runs")
    return "".join(rows)


def write(incidents, results):
    names = incidents.sections()
    rows = [incident(k + 1, incidents[n], results[n]) for k, n in enumerate(names)]
    text = BEGIN + "\n" + sums(incidents, results) + "\n" + row(HEAD) + row(["---"] * len(HEAD)) + "".join(rows) + "\n" + END
    with open(DOCUMENT, encoding="utf-8") as f:
        before, _, rest = f.read().partition(BEGIN)
    after = rest.partition(END)[2]
    with open(DOCUMENT, "w", encoding="utf-8") as f:
        f.write(before + text + after)
