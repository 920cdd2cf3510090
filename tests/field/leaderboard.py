#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Incidents: what threadscope says first of each, beside the tool of the program's runtime and bpftrace.

  leaderboard.py            all incidents of incidents.ini
  leaderboard.py NAME...    some of them
  leaderboard.py --write    also the table in docs/field.md, if results of all incidents are there
  --no-run                  with the results of earlier runs alone

The programs are those of tests/cases. Of each, in this order: the first sentence of threadscope; bpftrace for
three seconds; gdb, jstack, or the dump of a Go program, which SIGQUIT ends. What each printed stays in
build/field/leaderboard/NAME.TOOL, the results in results.json there. What the other tools say is summed up in
incidents.ini, with a regular expression that must be found in what the tool printed now.

Environment: THREADSCOPE, CASES, as for tests/cases/run.py. Needs root. Exit status 1 if a sentence is not the
cause where incidents.ini says that it is, or if fewer than 36 are.
"""
import argparse
import configparser
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(ROOT, "tests/cases"))
import answer  # noqa: E402 pylint: disable=wrong-import-position
import case  # noqa: E402 pylint: disable=wrong-import-position
import leaderboard_table  # noqa: E402 pylint: disable=wrong-import-position
import stage  # noqa: E402 pylint: disable=wrong-import-position

OUT = os.path.join(ROOT, "build/field/leaderboard")
RESULTS = os.path.join(OUT, "results.json")
WANTED = 36
TOOL_S = 20
BPFTRACE_S = 3

# Off-CPU time by stack, as bcc's offcputime has it: a wait counts when it ends.
BPFTRACE = """
tracepoint:sched:sched_switch {
	if (pid == %d) { @since[tid] = nsecs; @where[tid] = (kstack(4), ustack(8)); }
	$next = args->next_pid;
	if (@since[$next]) {
		@us[@where[$next].0, @where[$next].1] = sum((nsecs - @since[$next]) / 1000);
		delete(@since[$next]); delete(@where[$next]);
	}
}
interval:s:%d { exit(); }
END { clear(@since); clear(@where); }
"""


class Stopped:
    """For how long the process is stopped by a tracer, by looks at its state."""

    def __init__(self, pid):
        self.pid, self.seconds, self.ended = pid, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def is_stopped(self):
        """The main thread, or one of the next: a tracer stops all, but one in a call that cannot be interrupted."""
        try:
            for tid in os.listdir(f"/proc/{self.pid}/task")[:4]:
                with open(f"/proc/{self.pid}/task/{tid}/stat", encoding="utf-8", errors="replace") as f:
                    if f.read().rpartition(")")[2].split()[0] == "t":
                        return True
        except OSError:
            pass
        return False

    def watch(self):
        last = time.monotonic()
        while not self.ended.wait(0.005):
            now = time.monotonic()
            if self.is_stopped():
                self.seconds += now - last
            last = now

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def keep(name, tool, text):
    with open(os.path.join(OUT, f"{name}.{tool}"), "w", encoding="utf-8") as f:
        f.write(text)


def output_of(words, seconds=TOOL_S):
    """What it prints, and how long it takes."""
    began = time.monotonic()
    done = subprocess.run(["timeout", "-s", "KILL", str(seconds)] + words, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.stdout, time.monotonic() - began


# --- the tools: what they print, and how long the process was stopped --------------------------

def by_gdb(command):
    def run(s):
        words = ["gdb", "-q", "-batch", "-p", str(s.facts["pid"]), "-iex", "set debuginfod enabled off",
                 "-iex", "set auto-load safe-path /", "-ex", command]
        with Stopped(s.facts["pid"]) as stopped:
            text, seconds = output_of(words)
        return text, seconds, f"stopped for {stopped.seconds:.1f} s"
    return run


def by_jstack(s):
    text, seconds = output_of(["jstack", "-l", str(s.facts["pid"])])
    return text, seconds, "at a safepoint"


def by_sigquit(s):
    """Go writes all goroutines to standard error and ends: what /debug/pprof/goroutine?debug=2 has without the end."""
    log = os.path.join(s.folder, "log")
    began = time.monotonic()
    with contextlib.suppress(ProcessLookupError):
        os.kill(s.facts["pid"], signal.SIGQUIT)
    while os.path.exists(f"/proc/{s.facts['pid']}/exe") and time.monotonic() < began + TOOL_S / 3:
        time.sleep(0.02)
    seconds = time.monotonic() - began
    with open(log, encoding="utf-8", errors="replace") as f:
        return f.read(), seconds, "ended by it"


def by_bpftrace(s):
    text, seconds = output_of(["bpftrace", "-e", BPFTRACE % (s.facts["pid"], BPFTRACE_S)], 5 * BPFTRACE_S)
    return text, seconds, "no"


TOOLS = {
    "gdb": by_gdb("thread apply all bt"),
    "py-bt": by_gdb("thread apply all py-bt"),
    "jstack": by_jstack,
    "SIGQUIT": by_sigquit,
    "bpftrace": by_bpftrace,
}


# --- threadscope -------------------------------------------------------------------------------

def plain(sentence, s):
    """Without the case's own directory, and with one space after the severity."""
    return re.sub(r"^(\w+): +", r"\1: ", sentence.replace(s.folder + "/", "").replace(s.folder, "."))


def ask_threadscope(name, s, command):
    words = [answer.THREADSCOPE, *command.split(), "-p", str(s.facts["pid"])]
    text, seconds = output_of(words)
    keep(name, "threadscope", text)
    findings = [[line for line in b if answer.FINDING.match(line)] for b in answer.text_blocks(text)]
    findings = [f for f in findings if f]
    sentences = [plain(line, s) for line in findings[-1]] if findings else []
    return {"sentence": sentences[0] if sentences else "", "more": sentences[1:], "seconds": seconds}


# --- one incident ------------------------------------------------------------------------------

def is_as_said(i, tool, text):
    if tool == "bpftrace":
        return not i["bpf"].startswith("nothing ends") or "@us" not in text
    return bool(re.search(i["shows"], text))


def look_at(i):
    c = case.read(os.path.join(ROOT, "tests/cases", i["case"] + ".case"))
    stage.check_needs(c)
    with stage.Stage(c) as s:
        time.sleep(float(i["settle"]))
        result = {"threadscope": ask_threadscope(i.name, s, i["command"]), "tools": {}}
        for tool in ("bpftrace", i["tool"]):
            text, seconds, stopped = TOOLS[tool](s)
            text = text.replace(s.folder, "DIR")
            keep(i.name, tool, text)
            result["tools"][tool] = {"seconds": seconds, "stopped": stopped, "as_said": is_as_said(i, tool, text)}
    return result


def is_cause(i, result):
    return bool(re.search(i["cause"], result["threadscope"]["sentence"]))


def report(i, result):
    ours = result["threadscope"]
    wanted = i.getboolean("named")
    good = is_cause(i, result) == wanted
    for tool, t in result["tools"].items():
        if not t["as_said"]:
            good = False
            print(f"      {tool} does not print what incidents.ini says")
        print(f"      {tool}: {t['seconds']:.1f} s, {t['stopped']}")
    print(f"{'ok  ' if good else 'FAIL'}  {i.name}: {'the cause' if is_cause(i, result) else 'not the cause'}, "
          f"{ours['seconds']:.1f} s\n      {ours['sentence'] or 'nothing'}", flush=True)
    for more in ours["more"]:
        print(f"      + {more}", flush=True)
    return good


def read_incidents():
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    with open(os.path.join(HERE, "incidents.ini"), encoding="utf-8") as f:
        parser.read_file(f)
    for name in parser.sections():
        parser[name].setdefault("case", name)
    return parser


def read_results():
    with contextlib.suppress(OSError, ValueError), open(RESULTS, encoding="utf-8") as f:
        return json.load(f)
    return {}


def run(incidents, names):
    results, bad = read_results(), []
    for name in names:
        try:
            results[name] = look_at(incidents[name])
            if not report(incidents[name], results[name]):
                bad.append(name)
        except stage.Missing as why:
            print(f"skip  {name}: {why}", flush=True)
        except Exception as why:  # pylint: disable=broad-except # one incident must not end the others
            print(f"FAIL  {name}: {type(why).__name__}: {why}", flush=True)
            bad.append(name)
        with open(RESULTS, "w", encoding="utf-8") as f:
            json.dump(results, f, indent=1)
    return results, bad


def main():
    a = argparse.ArgumentParser(add_help=False)
    a.add_argument("names", nargs="*")
    a.add_argument("--write", action="store_true")
    a.add_argument("--no-run", action="store_true")
    a.add_argument("-h", "--help", action="help", help=argparse.SUPPRESS)
    options = a.parse_args()
    if os.geteuid() != 0:
        sys.exit("leaderboard.py: needs root")
    os.makedirs(OUT, exist_ok=True)
    incidents = read_incidents()
    names = options.names or incidents.sections()
    results, bad = run(incidents, [] if options.no_run else names)
    missing = [n for n in incidents.sections() if n not in results]
    for name in set(incidents.sections()) - set(missing):
        results[name]["is_cause"] = is_cause(incidents[name], results[name])
    causes = sum(results[n]["is_cause"] for n in incidents.sections() if n not in missing)
    print(f"{causes} causes of {len(incidents.sections())} incidents" +
          (f"; not as expected: {', '.join(bad)}" if bad else ""))
    if options.write:
        if missing:
            sys.exit(f"leaderboard.py: no results of {', '.join(missing)}")
        leaderboard_table.write(incidents, results)
    return 1 if bad or (not missing and causes < WANTED) else 0


if __name__ == "__main__":
    sys.exit(main())
