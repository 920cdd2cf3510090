# SPDX-License-Identifier: GPL-2.0-or-later
"""The faults: each function tries one of them once. What it returns, if it does, is counted and shown."""
import collections
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time

from rig import (ROOT, SCOPE, PATIENCE_S, Broken, Missing, Target, check, contents, documents, ended, ended_saying,
                   interrupted, looping, scopes, signal_all, start, start_attached, start_screen, state_of, wait_for)

ATTACH_S = 0.8  # somewhat longer than attaching takes
SNAPSHOT_S = 0.06
LIVE = [["top", "--json", "-i", "50ms"], ["top", "-i", "50ms"], ["top", "--calls", "--json", "-i", "50ms"],
        ["logs", "--json", "-i", "50ms"], ["events"]]
SNAPSHOTS = [["snapshot"], ["snapshot", "--json"]]
SHORT = [["top", "--json", "-i", "50ms", "-c", "3"], ["snapshot", "--json"],
         ["logs", "--json", "-c", "2", "-i", "50ms"]]
SCREEN = "screen"


def some_time(command):
    return random.uniform(0, SNAPSHOT_S if command[0] == "snapshot" else ATTACH_S)


# ---- threadscope ends before its time ------------------------------------------------------------------------


def killed(target, left):
    command = random.choice(LIVE + SNAPSHOTS + [SCREEN])
    if command == SCREEN:
        process = start_screen(target.pid)
    else:
        process = start(command, target.pid, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(some_time(command))
    process.kill()
    process.wait()
    left.check()
    target.check_unharmed()


def is_caught(pid):
    """In a call that nothing ends but its file server's answer or end."""
    return state_of(pid) == ["D"] and "fuse" in contents(f"/proc/{pid}/stack")


def killed_while_reading(_, left):
    with tempfile.TemporaryDirectory(prefix="threadscope-faults.") as disk, \
            Target("lost_server", "--dir", disk, "--takes", "1") as server:
        copy = server.facts()["copy"]
        command = random.choice(LIVE[:4] + SNAPSHOTS)
        process = start(command, copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, ATTACH_S))
        process.kill()
        process.wait()
        wait_for(lambda: all(map(is_caught, scopes())), "a process is left that is in no unanswered call")
        caught = len(scopes())
        check(caught <= 1, f"{caught} processes are left")
    left.check()
    return "caught" if caught else None


def told_to_end(target, left):
    process = start(random.choice([c for c in LIVE if "--json" in c]), target.pid)
    time.sleep(random.uniform(0.02, ATTACH_S))
    process.send_signal(random.choice([signal.SIGINT, signal.SIGTERM]))
    # Before its handlers are there, a signal ends it as any program.
    out = process.communicate(timeout=PATIENCE_S)[0]
    check(process.returncode in (0, -signal.SIGINT, -signal.SIGTERM), f"status {process.returncode}")
    documents(out)
    left.check()


# ---- it lacks something --------------------------------------------------------------------------------------


def reader_gone(target, left):
    process = start(random.choice(LIVE[:4] + SNAPSHOTS), target.pid)
    process.stdout.read(random.choice([0, 1, 100, 4000, 20000]))
    process.stdout.close()
    process.stdout = None
    ended(process, [0])
    left.check()


def disk_full(target, left):
    with tempfile.TemporaryDirectory(prefix="threadscope-faults.") as folder:
        size = f"size={random.randint(1, 40) * 4096}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
        try:
            often = ["-i", "20ms", "-c", "100"]
            if random.random() < 0.5:
                with open(os.path.join(folder, "out"), "wb") as out:
                    process = start(["top", "--json", *often], target.pid, stdout=out)
            else:
                process = start(["top", "--save", os.path.join(folder, "saved"), *often], target.pid)
            ended(process, [0, 1])
            full = process.returncode == 1
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
    left.check()
    return "full" if full else None


def limited(which, amounts):
    def attempt(target, left):
        amount = random.choice(amounts)
        process = start(random.choice(SHORT), target.pid,
                        preexec_fn=lambda: resource.setrlimit(which, (amount, amount)))
        try:
            documents(ended(process, [0, 1, 2, 4, 127]))
        except Broken as why:
            raise Broken(f"{amount}: {why}") from why
        left.check()
        target.check_unharmed()
    return attempt


def memory_group():
    """A new cgroup, and the name of its limit: of either version."""
    for line in contents("/proc/mounts").splitlines():
        _, at, kind, options = line.split()[:4]
        if kind == "cgroup" and "memory" in options.split(","):
            limit = "memory.limit_in_bytes"
        elif kind == "cgroup2" and "memory" in contents(at + "/cgroup.subtree_control").split():
            limit = "memory.max"
        else:
            continue
        group = f"{at}/threadscope-faults.{os.getpid()}"
        os.mkdir(group)
        return group, limit
    raise Missing("no cgroup has a limit of memory")


def out_of_memory(target, left):
    """The kernel kills what needs more than a cgroup allows: one process of threadscope, or all."""
    group, limit = memory_group()
    mib = random.choice([2, 4, 6, 8, 12, 16, 20, 24, 32, 48, 64])

    def join():
        with open(group + "/cgroup.procs", "w", encoding="ascii") as file:
            file.write(str(os.getpid()))

    try:
        with open(f"{group}/{limit}", "w", encoding="ascii") as file:
            file.write(str(mib << 20))
        process = start(random.choice(SHORT), target.pid, preexec_fn=join)
        try:
            out = ended(process, [0, 1, 4, -signal.SIGKILL])
        except Broken as why:
            raise Broken(f"{mib} MiB: {why}") from why
        if process.returncode == 0:
            documents(out)
        left.check()
        target.check_unharmed()
        return "ended by it" if process.returncode else None
    finally:
        wait_for(lambda: not contents(group + "/cgroup.procs"), "a process is left in the cgroup")
        os.rmdir(group)


# ---- targets that do not stay as they are --------------------------------------------------------------------


def target_ends(_, left):
    process = looping("time.sleep(100)")
    command = random.choice([["top", "--json", "-i", "50ms", "-c", "20"], ["snapshot", "--json"],
                             ["logs", "--json", "-i", "50ms", "-c", "20"]])
    scope = start(command, process.pid)
    time.sleep(some_time(command))
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
            check(process.poll() is None, "the target has ended")
        finally:
            process.kill()
            process.wait()
    return attempt


EXECUTES = "os.execv(sys.executable, [sys.executable, '-S', '-c', sys.argv[1], sys.argv[1]])"
FORKS = "while True:\n  child = os.fork()\n  if not child: os._exit(0)\n  os.waitpid(child, 0)"
CHANGES_ROOT = "root = os.open('/', os.O_RDONLY)\nwhile True:\n  os.chroot('/proc')\n  os.fchdir(root)\n  os.chroot('.')"
THREADS = "while True:\n  t = [threading.Thread(target=time.sleep, args=(0.001,)) for _ in range(20)]\n" \
    "  [x.start() for x in t]\n  [x.join() for x in t]"

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
        inside = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-S", "-c", REUSES,
                  folder, str(after), SCOPE, *command]
        status = subprocess.run(inside, timeout=3 * PATIENCE_S, check=False, stderr=subprocess.DEVNULL).returncode
        with open(folder + "/out", "rb") as file:
            shown = documents(file.read())
    check(status in (0, 3), f"{command[0]}: status {status}")
    names = {p["comm"] for d in shown for p in d.get("processes", [d.get("target")])}
    names |= {t["name"] for d in shown for t in d["threads"]}
    # What has the number next is Python until it executes tail.
    check(names <= {"sleep"} or names <= {"tail", "python3"}, f"{command[0]}: {names}")
    left.check()


# ---- it counts, whatever happens -----------------------------------------------------------------------------


def check_writes(shown, path, truth):
    counted = sum(f["writes"] for d in shown for f in d["files"] if f["path"] == path)
    check(counted == truth, f"{counted} of {truth} writes")


def writer(path, writes):
    return Target("file_writer", "--mode", "plain", "--writes", str(writes), "--size", "100", "--path", path)


def at_once(how_many):
    """Each must have all the writes, none twice."""
    def attempt(_, left):
        with tempfile.NamedTemporaryFile() as log, writer(log.name, 5000) as target:
            target.wait_up()
            runs, ready = [], [os.path.join(target.folder.name, f"attached{i}") for i in range(how_many)]
            for path in ready:
                runs.append(start(["logs", "--json", "-i", "100ms", "--ready-file", path], target.pid))
            wait_for(lambda: all(map(os.path.exists, ready)), "not all are attached", 3 * PATIENCE_S)
            target.run()
            truth = target.facts()["writes"]
            for run in runs:
                check_writes(interrupted(run), log.name, truth)
        left.check()
    return attempt


def stopped_for_a_while(_, left):
    """All of threadscope is stopped while the target writes; what happens is counted meanwhile."""
    with tempfile.NamedTemporaryFile() as log, writer(log.name, 20000) as target:
        target.wait_up()
        run = start_attached(["logs", "--json", "-i", "50ms"], target.pid, target.folder.name + "/attached")
        signal_all(signal.SIGSTOP, True)
        target.run()
        truth = target.facts()["writes"]
        signal_all(signal.SIGCONT, False)
        check_writes(interrupted(run), log.name, truth)
    left.check()


def overflow(_, left):
    """More events than the ring buffer holds while threadscope is stopped: those shown and lost are all."""
    with Target("spawner", "--short", "70000", "--stay", "0") as target, tempfile.TemporaryFile() as out:
        target.wait_up()
        run = start_attached(["events", "--json"], target.pid, target.folder.name + "/attached", stdout=out)
        signal_all(signal.SIGSTOP, True)
        target.run()
        truth = target.facts()
        signal_all(signal.SIGCONT, False)
        run.send_signal(signal.SIGINT)
        said = ended_saying(run, [0], 3 * PATIENCE_S)[1]
        out.seek(0)
        shown = documents(out.read())
        count, lost = collections.Counter(d["event"] for d in shown), shown[-1]["lost"]
        kinds = lost.get("by_kind", {})
        for event, kind, made in (("thread-create", "thread_create", truth["created"]),
                                  ("thread-exit", "thread_exit", truth["exited"])):
            check(kinds.get(kind), f"{event}: none was lost")
            check(count[event] + kinds[kind] == made, f"{event}: {count[event]} + {kinds[kind]} of {made}")
            check(f"{kinds[kind]} {kind}" in said, f"{kind}: {said}")
        check(sum(kinds.values()) == lost["events"], f"{kinds} of {lost['events']}")
    left.check()


def overflow_of_stacks(_, left):
    """The same of `top`, which gets the creators' stacks that way: every thread is in the totals."""
    with Target("spawner", "--short", "20000", "--stay", "100") as target:
        target.wait_up()
        run = start_attached(["top", "--json", "-i", "50ms"], target.pid, target.folder.name + "/attached")
        signal_all(signal.SIGSTOP, True)
        target.run()
        truth = target.facts()
        signal_all(signal.SIGCONT, False)
        shown = interrupted(run)
        rows = [p for d in shown for p in d["processes"] if p["created"] is not None]
        check(shown[-1]["lost"]["stacks"], "no stack was lost")
        for what in ("created", "exited"):
            check(sum(p[what] for p in rows) == truth[what] == rows[-1][what + "_total"],
                  f"{what}: {sum(p[what] for p in rows)}, {rows[-1][what + '_total']} of {truth[what]}")
        creators = sum(c["created"] for c in shown[-1]["creators"])
        check(creators == truth["created"], f"creators of {creators} of {truth['created']} threads")
    left.check()


def full_table(_, left):
    """More files than the table of files has rows."""
    with tempfile.TemporaryDirectory(prefix="threadscope-faults.", dir="/dev/shm") as folder, \
            Target("many_files", "--dir", folder, "--count", "8000", "--rounds", "50") as target:
        target.wait_up()
        run = start_attached(["logs", "--json", "-i", "50ms"], target.pid, target.folder.name + "/attached")
        signal_all(signal.SIGSTOP, True)
        target.run()
        truth = target.facts()["writes"] + 2  # its facts, once to its output and once into a file
        signal_all(signal.SIGCONT, False)
        shown = interrupted(run)
        counted = sum(f["writes"] for d in shown for f in d["files"])
        check(shown[-1]["lost"]["files"], "all found room")
        check(counted == truth, f"{counted} of {truth} writes")
    left.check()


# ---- clocks --------------------------------------------------------------------------------------------------


def clock_is_set(_, __):
    """In a guest: this machine's clock is needed."""
    guest = os.path.join(ROOT, "tests", "kernels", "run.sh")
    done = subprocess.run([guest, "--only", "newest", "--", "tests/live/clock_steps.bats"], capture_output=True,
                          text=True, cwd=ROOT, check=False)
    check(done.returncode == 0 and "1 passed, 0 failed, 0 skipped" in done.stdout, done.stdout[-300:])


# Name, fault, how often, function, what must hold.
STAYS = "status 0 or 3, and whole JSON"
FAULTS = [
    ("kill", "SIGKILL at a random moment of the screen, `top`, `logs`, `events` and `snapshot`", 200, killed,
     "no process, no BPF program, map or link and no pinned object is left; the target runs on, not stopped or traced"),
    ("caught", "the same while a file server does not answer what threadscope reads", 30, killed_while_reading,
     "nothing is left but at most one process, in the unanswered call (\"caught\"), until the server answers or ends"),
    ("interrupt", "SIGINT or SIGTERM at a random moment", 40, told_to_end, "it ends, and each line of its JSON is whole"),
    ("reader", "the reader of its output goes away", 40, reader_gone, "it ends without a word"),
    ("disk", "the file system of its output or of `--save` is full", 30, disk_full, "status 1 and a sentence"),
    ("memory", "an address space of 24 to 400 MiB", 30,
     limited(resource.RLIMIT_AS, [m << 20 for m in (24, 32, 48, 64, 100, 150, 200, 300, 400)]),
     "a whole report, or an error that says so"),
    ("oom", "a cgroup of 2 to 64 MiB, whose processes the kernel kills", 30, out_of_memory,
     "a whole report, an error that says so, or killed by SIGKILL, which leaves nothing"),
    ("descriptors", "4 to 60 descriptors", 30, limited(resource.RLIMIT_NOFILE, range(4, 60, 4)),
     "a whole report, or an error that says so"),
    ("ends", "the target is killed at a random moment", 60, target_ends, STAYS),
    ("executes", "the target executes another program without pause", 30, target_does(EXECUTES), STAYS),
    ("forks", "the target forks without pause", 30, target_does(FORKS), STAYS),
    ("root", "the target changes its root without pause", 30, target_does(CHANGES_ROOT), STAYS),
    ("threads", "the target's threads come and go without pause", 30, target_does(THREADS), STAYS),
    ("reuse", "the target ends at a random moment, and another process gets its PID", 40, reused,
     "neither is shown as the other; status 0 or 3"),
    ("two", "two at once on one process", 5, at_once(2), "each counts every write once"),
    ("ten", "ten at once on one process", 2, at_once(10), "each counts every write once"),
    ("stopped", "all of threadscope is stopped while the target writes", 5, stopped_for_a_while,
     "each write is counted"),
    ("overflow", "it is stopped while 70,000 threads come and go: the ring buffer of `events` overflows", 5, overflow,
     "of creations and of exits, those shown and those in `lost.by_kind` are together all that were"),
    ("stacks", "it is stopped while 20,100 threads are created: the ring buffer of `top` overflows with stacks", 5,
     overflow_of_stacks, "`lost.stacks` is not 0; threads created and exited are all counted, in total and by creator"),
    ("table", "it is stopped while 8,000 files are written, more than its table holds", 5, full_table,
     "`lost.files` is not 0; each write is counted"),
    ("clock", "the wall clock is set forth and back by hours (in a guest)", 1, clock_is_set,
     "intervals, ages and waits do not follow it"),
]
