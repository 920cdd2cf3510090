#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults: threadscope is killed, interrupted, short of memory, descriptors, disk and readers, and looks at targets that
end, execute, fork and change their root at any moment. Prints a table: how often each was tried, and what broke.

  run.py [--share F] [--only NAME] [--seed N] [--soak S] [--write]

--share: this part of the repetitions. --soak: a run of `top` that long beside threads that come and go; its memory and
descriptors must not grow. --write: the table into docs/reliability.md. Needs root and bpftool. Exit status 1 if
something broke.
"""
import argparse
import datetime
import json
import os
import platform
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCOPE = os.environ.get("THREADSCOPE", os.path.join(ROOT, "build", "threadscope"))
WORKLOADS = os.path.join(ROOT, "build", "tests")
PAGE = os.path.join(ROOT, "docs", "reliability.md")
PATIENCE_S = 20
ATTACH_S = 0.8  # somewhat longer than attaching takes
LIVE = [["top", "--json", "-i", "50ms"], ["top", "-i", "50ms"], ["top", "--calls", "--json", "-i", "50ms"],
        ["logs", "--json", "-i", "50ms"], ["events"]]
SNAPSHOTS = [["snapshot"], ["snapshot", "--json"]]


class Broken(Exception):
    pass


def check(condition, what):
    if not condition:
        raise Broken(what)


def wait_for(condition, what, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Broken(f"{what}: not within {seconds} s")
        time.sleep(0.01)


# ---- what is left ---------------------------------------------------------------------------------------------------


def scopes():
    """Processes that run this program."""
    found = set()
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.readlink(f"/proc/{name}/exe") == os.path.realpath(SCOPE):
                found.add(int(name))
        except OSError:
            pass
    return found


def programs():
    """BPF programs that no process holds."""
    shown = subprocess.run(["bpftool", "-j", "prog", "show"], capture_output=True, check=False).stdout
    return {p["id"] for p in json.loads(shown or b"[]") if not p.get("pids")}


class Left:
    """What was there before; other programs may load and free theirs meanwhile, so new ones must stay to count."""

    def __init__(self):
        self.programs, self.pinned = programs(), set(os.listdir("/sys/fs/bpf"))

    def check(self):
        wait_for(lambda: not scopes(), "a process of threadscope is left")
        new = programs() - self.programs
        if new:
            wait_for(lambda: not new & programs(), "BPF programs are left")
        check(set(os.listdir("/sys/fs/bpf")) <= self.pinned, "something is pinned")


# ---- targets --------------------------------------------------------------------------------------------------------


class Target:
    """A workload of the live tests in a folder of its own."""

    def __init__(self, name, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="threadscope-faults.")
        self.ready, self.up, self.go, self.stop = (os.path.join(self.folder.name, n) for n in ("ready", "up", "go", "stop"))
        self.process = subprocess.Popen([os.path.join(WORKLOADS, name), "--ready", self.ready, "--up", self.up, "--go",
                                         self.go, "--stop", self.stop, *options], stdout=subprocess.DEVNULL)
        self.pid = self.process.pid

    def wait_up(self):
        wait_for(lambda: os.path.exists(self.up), "the target is not up")

    def run(self):
        open(self.go, "w", encoding="ascii").close()

    def facts(self):
        wait_for(lambda: os.path.exists(self.ready), "the target is not done", 3 * PATIENCE_S)
        with open(self.ready, encoding="utf-8") as file:
            return json.load(file)

    def check_unharmed(self):
        check(self.process.poll() is None, "the target has ended")
        for tid in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{tid}/status", encoding="ascii", errors="replace") as file:
                    status = file.read()
            except OSError:
                continue
            check(not re.search(r"^State:\s[tT]", status, re.M), "a thread of the target is stopped")
            check("TracerPid:\t0" in status, "a thread of the target is traced")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        open(self.stop, "w", encoding="ascii").close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


def churn():
    target = Target("thread_churn")
    target.wait_up()
    target.run()
    return target


def looping(body):
    """A target in Python that does this again and again."""
    text = "import os, sys, threading, time\n" + body
    return subprocess.Popen([sys.executable, "-S", "-c", text, text], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL)


# ---- running --------------------------------------------------------------------------------------------------------


def start(command, pid, **more):
    return subprocess.Popen([SCOPE, *command, "-p", str(pid)], stdin=subprocess.DEVNULL,
                            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more})


def ended(process, statuses, seconds=PATIENCE_S):
    """Its output. It must end by itself, with one of these statuses, and with a sentence if that is an error."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as late:
        process.kill()
        raise Broken(f"{process.args[1]} did not end within {seconds} s") from late
    status, err = process.returncode, (err or b"").decode(errors="replace")
    check(status in statuses, f"{process.args[1]}: status {status}: {err[:200]}")
    check(status == 0 or re.match(r"threadscope: .+", err), f"{process.args[1]}: status {status} without a sentence")
    return out or b""


def documents(out):
    """Lines of JSON, each whole."""
    try:
        return [json.loads(line) for line in out.splitlines()]
    except ValueError as why:
        raise Broken(f"JSON: {why}") from why


# ---- faults: each tries once ----------------------------------------------------------------------------------------


def killed(target, left):
    command = random.choice(LIVE + SNAPSHOTS)
    process = start(command, target.pid, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(random.uniform(0, ATTACH_S if command in LIVE else 0.06))
    process.kill()
    process.wait()
    left.check()
    target.check_unharmed()


def interrupted(target, left):
    command = random.choice([c for c in LIVE if "--json" in c])
    process = start(command, target.pid)
    time.sleep(random.uniform(0.02, ATTACH_S))
    process.send_signal(random.choice([signal.SIGINT, signal.SIGTERM]))
    # Before its handlers are there, a signal ends it as any program.
    out = process.communicate(timeout=PATIENCE_S)[0]
    check(process.returncode in (0, -signal.SIGINT, -signal.SIGTERM), f"status {process.returncode}")
    documents(out)
    left.check()


def reader_gone(target, left):
    process = start(random.choice(LIVE[:4] + SNAPSHOTS), target.pid, stderr=subprocess.PIPE)
    process.stdout.read(random.choice([0, 1, 100, 4000, 20000]))
    process.stdout.close()
    process.stdout = None
    ended(process, [0])
    left.check()


def disk_full(target, left):
    with tempfile.TemporaryDirectory(prefix="threadscope-faults.") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={random.randint(1, 40) * 4096}", "tmpfs", folder], check=True)
        try:
            if random.random() < 0.5:
                with open(os.path.join(folder, "out"), "wb") as out:
                    process = start(["top", "--json", "-i", "20ms", "-c", "100"], target.pid, stdout=out)
            else:
                process = start(["top", "--save", os.path.join(folder, "saved"), "-i", "20ms", "-c", "100"], target.pid)
            ended(process, [0, 1])
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
    left.check()


def limited(which, amounts):
    def attempt(target, left):
        amount = random.choice(amounts)
        command = random.choice([["top", "--json", "-i", "50ms", "-c", "3"], ["snapshot", "--json"], ["logs", "--json", "-c", "2", "-i", "50ms"]])
        process = start(command, target.pid, preexec_fn=lambda: resource.setrlimit(which, (amount, amount)))
        try:
            documents(ended(process, [0, 1, 2, 4, 127]))
        except Broken as why:
            raise Broken(f"{amount}: {why}") from why
        left.check()
        target.check_unharmed()
    return attempt


def target_ends(_, left):
    process = looping("time.sleep(100)")
    command = random.choice([["top", "--json", "-i", "50ms", "-c", "20"], ["snapshot", "--json"], ["logs", "--json", "-i", "50ms", "-c", "20"]])
    scope = start(command, process.pid)
    time.sleep(random.uniform(0, ATTACH_S if command[0] != "snapshot" else 0.06))
    process.kill()
    process.wait()
    documents(ended(scope, [0, 3]))
    left.check()


def target_does(body):
    def attempt(_, left):
        process = looping(body)
        try:
            time.sleep(random.uniform(0.02, 0.1))
            command = random.choice([["top", "--json", "-i", "30ms", "-c", "5"], ["snapshot", "--json"]])
            documents(ended(start(command, process.pid), [0, 3]))
            left.check()
        finally:
            process.kill()
            process.wait()
    return attempt


EXECUTES = "os.execv(sys.executable, [sys.executable, '-S', '-c', sys.argv[1], sys.argv[1]])"
FORKS = "while True:\n  child = os.fork()\n  if not child: os._exit(0)\n  os.waitpid(child, 0)"
CHANGES_ROOT = "root = os.open('/', os.O_RDONLY)\nwhile True:\n  os.chroot('/proc')\n  os.fchdir(root)\n  os.chroot('.')"
THREADS = "while True:\n  t = [threading.Thread(target=time.sleep, args=(0.001,)) for _ in range(20)]\n" \
    "  [x.start() for x in t]\n  [x.join() for x in t]"


def at_once(how_many):
    """Each must have all the writes, none twice."""
    def attempt(_, left):
        with tempfile.NamedTemporaryFile() as log, Target("file_writer", "--mode", "plain", "--writes", "5000", "--size",
                                                          "100", "--path", log.name) as target:
            target.wait_up()
            runs, ready = [], [os.path.join(target.folder.name, f"attached{i}") for i in range(how_many)]
            for path in ready:
                runs.append(start(["logs", "--json", "-i", "100ms", "--ready-file", path], target.pid))
            wait_for(lambda: all(map(os.path.exists, ready)), "not all are attached", 3 * PATIENCE_S)
            target.run()
            truth = target.facts()["writes"]
            time.sleep(0.3)
            for run in runs:
                run.send_signal(signal.SIGINT)
            for run in runs:
                check_writes(documents(ended(run, [0])), log.name, truth)
        left.check()
    return attempt


def check_writes(shown, path, truth):
    counted = sum(f["writes"] for d in shown for f in d["files"] if f["path"] == path)
    check(counted == truth, f"{counted} of {truth} writes")


def stopped_for_a_while(_, left):
    """threadscope itself is stopped while the target writes: nothing is lost, or the loss is said."""
    with tempfile.NamedTemporaryFile() as log, Target("file_writer", "--mode", "plain", "--writes", "20000", "--size", "100",
                                                      "--path", log.name) as target:
        target.wait_up()
        ready = os.path.join(target.folder.name, "attached")
        run = start(["logs", "--json", "-i", "50ms", "--ready-file", ready], target.pid)
        wait_for(lambda: os.path.exists(ready), "it is not attached")
        run.send_signal(signal.SIGSTOP)
        target.run()
        truth = target.facts()["writes"]
        run.send_signal(signal.SIGCONT)
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        check_writes(documents(ended(run, [0])), log.name, truth)
    left.check()


REUSES = """
import os, subprocess, sys, time
folder, after = sys.argv[1], float(sys.argv[2])
first = subprocess.Popen(["sleep", "1000"])
with open(folder + "/out", "wb") as out, open(folder + "/err", "wb") as err:
  run = subprocess.Popen([*sys.argv[3:], "-p", str(first.pid)], stdout=out, stderr=err)
time.sleep(after)
first.kill()
first.wait()
for _ in range(200):
  with open("/proc/sys/kernel/ns_last_pid", "w") as last: last.write(str(first.pid - 1))
  other = subprocess.Popen(["tail", "-f", "/dev/null"])
  if other.pid == first.pid: break
  other.kill()
  other.wait()
else: sys.exit(99)
status = run.wait(20)
other.kill()
sys.exit(status)"""


def reused(_, left):
    """In a PID namespace, where numbers can be chosen: one process is never shown as the other."""
    command = random.choice([["top", "--json", "-i", "30ms", "-c", "10"], ["snapshot", "--json"]])
    with tempfile.TemporaryDirectory(prefix="threadscope-faults.") as folder:
        after = random.uniform(0, ATTACH_S if command[0] == "top" else 0.1)
        inside = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-S", "-c", REUSES, folder,
                  str(after), SCOPE, *command]
        status = subprocess.run(inside, timeout=3 * PATIENCE_S, check=False, stderr=subprocess.DEVNULL).returncode
        with open(folder + "/out", "rb") as file:
            shown = documents(file.read())
    check(status in (0, 3), f"{command[0]}: status {status}")
    names = {p["comm"] for d in shown for p in d.get("processes", [d.get("target")])}
    names |= {t["name"] for d in shown for t in d["threads"]}
    # What has the number next is Python until it executes tail.
    check(names <= {"sleep"} or names <= {"tail", "python3"}, f"{command[0]}: {names}")
    left.check()


def clock_is_set(_, __):
    """In a guest: this machine's clock is needed."""
    guest = os.path.join(ROOT, "tests", "kernels", "run.sh")
    done = subprocess.run([guest, "--only", "6.1", "--", "tests/live/clock_steps.bats"], capture_output=True, text=True, cwd=ROOT, check=False)
    check(done.returncode == 0 and "1 passed, 0 failed, 0 skipped" in done.stdout, done.stdout[-300:])


FAULTS = [
    ("kill", "SIGKILL at a random moment of top, logs, events and snapshot", 200, killed,
     "no process, BPF program or pinned object is left; the target runs on, not stopped or traced"),
    ("interrupt", "SIGINT or SIGTERM at a random moment", 40, interrupted, "it ends, and each line of its JSON is whole"),
    ("reader", "the reader of its output goes away", 40, reader_gone, "it ends without a word"),
    ("disk", "the file system of its output or of `--save` is full", 30, disk_full, "status 1 and a sentence"),
    ("memory", "an address space of 24 to 400 MiB", 30, limited(resource.RLIMIT_AS, [m << 20 for m in (24, 32, 48, 64, 100, 150, 200, 300, 400)]),
     "a whole report, or an error that says so"),
    ("descriptors", "4 to 60 descriptors", 30, limited(resource.RLIMIT_NOFILE, range(4, 60, 4)), "a whole report, or an error that says so"),
    ("ends", "the target is killed at a random moment", 60, target_ends, "status 0 or 3, and whole JSON"),
    ("executes", "the target executes another program without pause", 30, target_does(EXECUTES), "status 0 or 3, and whole JSON"),
    ("forks", "the target forks without pause", 30, target_does(FORKS), "status 0 or 3, and whole JSON"),
    ("root", "the target changes its root without pause", 30, target_does(CHANGES_ROOT), "status 0 or 3, and whole JSON"),
    ("threads", "the target's threads come and go without pause", 30, target_does(THREADS), "status 0 or 3, and whole JSON"),
    ("two", "two at once on one process", 5, at_once(2), "each counts every write once"),
    ("ten", "ten at once on one process", 2, at_once(10), "each counts every write once"),
    ("stopped", "threadscope is stopped while the target writes", 5, stopped_for_a_while, "each write is counted"),
    ("reuse", "the target ends at a random moment, and another process gets its PID", 40, reused,
     "neither is shown as the other; status 0 or 3"),
    ("clock", "the wall clock is set forth and back by hours (in a guest)", 1, clock_is_set,
     "intervals, ages and waits do not follow it"),
]


def run_fault(times, attempt):
    broken = []
    with churn() as target:
        left = Left()
        for _ in range(times):
            try:
                attempt(target, left)
            except Broken as why:
                broken.append(str(why))
    return broken


# ---- soak -----------------------------------------------------------------------------------------------------------


def size_of(pids):
    memory = descriptors = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            memory += int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1))
        descriptors += len(os.listdir(f"/proc/{pid}/fd"))
    return memory // 1024, descriptors


def soak(seconds):
    """Memory in MiB and descriptors after a tenth of the time, and at its end."""
    with churn() as target:
        left = Left()
        run = start(["top", "--json", "-i", "100ms"], target.pid, stdout=subprocess.DEVNULL)
        time.sleep(seconds / 10)
        first = size_of(scopes())
        time.sleep(seconds * 9 / 10)
        last = size_of(scopes())
        run.send_signal(signal.SIGINT)
        ended(run, [0])
        left.check()
    return first, last


# ---- the table ------------------------------------------------------------------------------------------------------


def write_page(table, whole):
    """Of some faults only: their rows are replaced, the others stay."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    if not whole:
        old = re.search(r"<!-- faults -->\n(.*?)\n<!-- end -->", page, re.S)[1].splitlines()
        rows = {line.split("|")[1]: line for line in table.splitlines()[4:]}
        merged = [rows.pop(line.split("|")[1], line) if line.startswith("|") else line for line in old]
        table = "\n".join(merged + list(rows.values()))
    page = re.sub(r"(<!-- faults -->\n).*?(\n<!-- end -->)", lambda m: m.group(1) + table + m.group(2), page, flags=re.S)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page)


def main():
    a = argparse.ArgumentParser(add_help=False)
    a.add_argument("--share", type=float, default=1)
    a.add_argument("--only")
    a.add_argument("--seed", type=int, default=int(time.time()))
    a.add_argument("--soak", type=int, default=0)
    a.add_argument("--write", action="store_true")
    options = a.parse_args()
    random.seed(options.seed)
    rows, bad = [], 0
    for name, what, times, attempt, must in FAULTS:
        if options.only not in (None, name):
            continue
        times = max(1, round(times * options.share))
        began = time.monotonic()
        broken = run_fault(times, attempt)
        bad += len(broken)
        rows.append(f"| {what} | {times} | {must} | {len(broken) or 'none'} |")
        print(f"{name}: {times} times, {len(broken)} broken, {time.monotonic() - began:.0f} s", *set(broken), sep="\n  ", flush=True)
    if options.soak:
        first, last = soak(options.soak)
        grown = last[0] > first[0] * 1.1 + 2 or last[1] > first[1] + 2
        bad += grown
        rows.append(f"| `top -i 100ms` for {options.soak} s beside threads that come and go | 1 | memory and descriptors do not grow | "
                    f"{first[0]} MiB and {first[1]} after a tenth of it, {last[0]} MiB and {last[1]} at its end |")
        print(f"soak: {first} {last}", flush=True)
    table = "\n".join([f"Linux {platform.release().split('-')[0]}, {datetime.date.today()}, seed {options.seed}:", "",
                       "| fault | times | what must hold | broken |", "|---|---|---|---|", *rows])
    print(table)
    if options.write:
        write_page(table, options.only is None)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
