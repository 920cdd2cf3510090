# SPDX-License-Identifier: GPL-2.0-or-later
"""What the faults and the soak share: targets, runs of threadscope, and what is left of them."""
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCOPE = os.path.realpath(os.environ.get("THREADSCOPE", os.path.join(ROOT, "build", "threadscope")))
WORKLOADS = os.path.join(ROOT, "build", "tests")
PAGE = os.path.join(ROOT, "docs", "reliability.md")
PATIENCE_S = 120  # nothing takes so long but on a machine that is too busy


class Broken(Exception):
    """What must hold does not."""


class Missing(Exception):
    """This machine lacks what the fault needs."""


def check(condition, what):
    if not condition:
        raise Broken(what)


def wait_for(condition, what, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Broken(f"{what}: not within {seconds} s")
        time.sleep(0.01)


def contents(path):
    """Of a file of /proc; empty if it is gone."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def write_section(mark, text):
    """Into docs/reliability.md, between its two marks."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    page, found = re.subn(rf"(<!-- {mark} -->\n).*?(\n<!-- {mark} end -->)",
                          lambda m: m.group(1) + text + m.group(2), page, flags=re.S)
    assert found == 1, mark
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page)


# ---- what is left --------------------------------------------------------------------------------------------


def scopes():
    """Processes that run this program."""
    found = set()
    for name in os.listdir("/proc"):
        try:
            if name.isdigit() and os.readlink(f"/proc/{name}/exe") == SCOPE:
                found.add(int(name))
        except OSError:
            pass
    return found


def state_of(pid):
    return contents(f"/proc/{pid}/stat").rpartition(")")[2].split()[:1]


def kernel_objects():
    """BPF programs, maps and links that no process holds."""
    found = set()
    for kind in ("prog", "map", "link"):
        listed = [{"error": ""}]
        while any("error" in o for o in listed):  # one that has gone meanwhile
            shown = subprocess.run(["bpftool", "-j", kind, "show"], capture_output=True, check=False).stdout
            listed = json.loads(shown or b"[]")
            listed = listed if isinstance(listed, list) else [listed]
        found |= {(kind, o["id"]) for o in listed if not o.get("pids")}
    return found


class Left:
    """What was there before; other programs may load and free theirs meanwhile, so new ones must stay to count."""

    def __init__(self):
        self.objects, self.pinned = kernel_objects(), set(os.listdir("/sys/fs/bpf"))

    def check(self):
        wait_for(lambda: not scopes(), "a process of threadscope is left")
        new = kernel_objects() - self.objects
        if new:
            wait_for(lambda: not new & kernel_objects(), "BPF programs, maps or links are left")
        check(set(os.listdir("/sys/fs/bpf")) <= self.pinned, "something is pinned")


# ---- targets -------------------------------------------------------------------------------------------------


class Target:
    """A workload of the live tests in a folder of its own."""

    def __init__(self, name, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="threadscope-faults.")
        self.ready, self.up, self.go, self.stop = (os.path.join(self.folder.name, n)
                                                   for n in ("ready", "up", "go", "stop"))
        self.process = subprocess.Popen([os.path.join(WORKLOADS, name), "--ready", self.ready, "--up", self.up,
                                         "--go", self.go, "--stop", self.stop, *options],
                                        stdout=subprocess.PIPE)
        self.pid = self.process.pid

    def wait_up(self):
        wait_for(lambda: os.path.exists(self.up), "the target is not up")

    def run(self):
        open(self.go, "w", encoding="ascii").close()

    def facts(self):
        """What it says of itself once its work is done."""
        wait_for(lambda: os.path.exists(self.ready), "the target is not done", 3 * PATIENCE_S)
        with open(self.ready, encoding="utf-8") as file:
            return json.load(file)

    def end(self):
        """Stops it; what it said at its end."""
        open(self.stop, "w", encoding="ascii").close()
        return json.loads(self.process.communicate(timeout=PATIENCE_S)[0].splitlines()[-1])

    def check_unharmed(self):
        check(self.process.poll() is None, "the target has ended")
        for tid in os.listdir(f"/proc/{self.pid}/task"):
            status = contents(f"/proc/{self.pid}/task/{tid}/status")
            if status:
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
        self.process.stdout.close()
        self.folder.cleanup()


def churn():
    """A target whose threads come and go."""
    target = Target("thread_churn")
    target.wait_up()
    target.run()
    return target


def looping(body):
    """A target in Python that does this again and again."""
    text = "import os, sys, threading, time\n" + body
    return subprocess.Popen([sys.executable, "-S", "-c", text, text], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL)


# ---- running threadscope -------------------------------------------------------------------------------------


def start(command, *pids, **more):
    targets = [word for pid in pids for word in ("-p", str(pid))]
    return subprocess.Popen([SCOPE, *command, *targets], stdin=subprocess.DEVNULL,
                            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more})


def start_attached(command, pid, ready, **more):
    """On return it counts."""
    run = start([*command, "--ready-file", ready], pid, **more)
    try:
        wait_for(lambda: os.path.exists(ready) or run.poll() is not None, "it is not attached", 3 * PATIENCE_S)
        check(run.poll() is None, "it ended before it was attached")
    except Broken:
        run.kill()
        raise
    return run


def start_screen(pid):
    """The full screen, on a terminal that somebody reads."""
    ours, its = pty.openpty()
    run = subprocess.Popen([SCOPE, "top", "-i", "50ms", "-p", str(pid)], stdin=its, stdout=its,
                           stderr=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm-256color"},
                           start_new_session=True)
    os.close(its)

    def drain():
        try:
            while os.read(ours, 65536):
                pass
        except OSError:  # its last user has closed the terminal
            pass
        os.close(ours)

    threading.Thread(target=drain, daemon=True).start()
    return run


def signal_all(number, stopped):
    """To all processes of threadscope; on return they are stopped, or not stopped."""
    for pid in sorted(scopes()):
        os.kill(pid, number)
    wait_for(lambda: all((state_of(pid) == ["T"]) == stopped for pid in scopes()), "a signal had no effect")


def ended(process, statuses, seconds=PATIENCE_S):
    """Its output. It must end by itself, with one of these statuses, and with a sentence if that is an error."""
    return ended_saying(process, statuses, seconds)[0]


def ended_saying(process, statuses, seconds=PATIENCE_S):
    """Its output, and what it says on standard error."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as late:
        process.kill()
        raise Broken(f"{process.args[1]} did not end within {seconds} s") from late
    status, err = process.returncode, (err or b"").decode(errors="replace")
    check(status in statuses, f"{process.args[1]}: status {status}: {err[:200]}")
    check(status <= 0 or re.match(r"threadscope: .+", err), f"{process.args[1]}: status {status} without a sentence")
    return out or b"", err


def interrupted(process, seconds=PATIENCE_S):
    """Ended with SIGINT: its documents."""
    process.send_signal(signal.SIGINT)
    return documents(ended(process, [0], seconds))


def documents(out):
    """Lines of JSON, each whole."""
    try:
        return [json.loads(line) for line in out.splitlines()]
    except ValueError as why:
        raise Broken(f"JSON: {why}") from why
