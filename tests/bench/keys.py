#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long the full-screen view takes from a key to the screen that answers it: keys.py [--keys N] [--seed N] [CASE]...

Each case is a process that is watched every second: 10,000 threads, 100,000 goroutines, 2,000 threads.
Keys go to a terminal of 120x40, each at another place of the interval, and behind each Ctrl-L, which redraws the whole
screen: that redrawing is the answer to both. Prints a Markdown table: median, 90th percentile, longest, the longest
without the time in which the screen's thread was ready to run but had no CPU (the load of the machine), the key that
took longest, and the memory of viewer and collector at the end.
"""
import argparse, fcntl, os, pty, random, re, select, signal, statistics, struct, subprocess, sys, tempfile, termios
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
THREADSCOPE = os.environ.get("THREADSCOPE", ROOT + "/build/threadscope")
WORKLOADS = os.environ.get("WORKLOADS", ROOT + "/build/tests")
CASES = {
    "threads": ("10,000 threads", ["many_threads", "--threads", "10000"]),
    "goroutines": ("100,000 goroutines", ["go_many", "-count", "100000"]),
    "fewer": ("2,000 threads", ["many_threads", "--threads", "2000"]),
}
CLEAR = re.compile(rb"\x1b\[H\x1b\[2?J|\x1b\[2J")
ESCAPE = b"\x1b"
# What people do: to another view, along its rows, into a detail and back, sort, filter, stand still, go back in time.
KEYS = [b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"\t", b"j", b"j", b"k", b"G", b"g", b"\x1b[6~", b"\x1b[5~", b"\r",
        ESCAPE, b"\x1b[C", b"\x1b[D", b"+", b"-", b"r", b"s\r", b"/w\r", b"\x1b", b"p", b"[", b"[", b"]", b"p", b"?", ESCAPE,
        b"d", b"d", b"d", b">", b"<"]
PATIENCE = 120


def fields(path, number):
    return int(open(path).read().split()[number])


def rss_mib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)) / 1024


def child_named(pid, name):
    for task in open(f"/proc/{pid}/task/{pid}/children").read().split():
        if open(f"/proc/{task}/comm").read().strip() == name:
            return int(task)
    return None


def collector_of(pid):
    return child_named(child_named(pid, "ts-starter"), "ts-collector")


class Screen:
    def __init__(self, pid, folder):
        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", HOME=folder, XDG_CONFIG_HOME=folder)
        self.process = subprocess.Popen([THREADSCOPE, "top", "-p", str(pid), "--save", folder + "/record"],
                                       stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=folder,
                                        start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.pid, self.seen = self.process.pid, b""

    def read(self, until):
        """What comes by then; ends early, with the time, where the screen is drawn as a whole."""
        while (left := until - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                try:
                    self.seen = self.seen[-16:] + os.read(self.master, 65536)
                except OSError:  # it has ended
                    return None
                if CLEAR.search(self.seen):
                    now = time.monotonic()
                    self.seen = b""
                    return now
        return None

    def queued_ns(self):
        return fields(f"/proc/{self.pid}/task/{self.pid}/schedstat", 1)

    def answer(self, key):
        """Seconds, and seconds of them without a CPU."""
        queued, began = self.queued_ns(), time.monotonic()
        os.write(self.master, key + b"\x0c")
        end = self.read(began + PATIENCE)
        if not end:
            sys.exit("keys.py: no answer to %r" % key)
        return end - began, (self.queued_ns() - queued) / 1e9


def start(command, folder):
    program = WORKLOADS + "/" + command[0]
    if not os.access(program, os.X_OK):
        return None
    ready = folder + "/ready"
    flag = "-ready" if command[0].startswith("go_") else "--ready"
    target = subprocess.Popen([program, flag, ready] + command[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    end = time.monotonic() + PATIENCE
    while not os.path.exists(ready):
        if target.poll() is not None or time.monotonic() > end:
            sys.exit("keys.py: %s does not get ready" % command[0])
        time.sleep(0.01)
    return target


def await_attached(screen, record):
    """Until intervals are recorded: what came before was only a look."""
    sizes, end = set(), time.monotonic() + PATIENCE
    while len(sizes) < 4:
        screen.read(time.monotonic() + 0.1)
        if os.path.exists(record):
            sizes.add(os.path.getsize(record))
        if time.monotonic() > end or screen.process.poll() is not None:
            sys.exit("keys.py: no intervals: %r" % screen.seen[-500:])


def measure(screen, count):
    answers = []
    while len(answers) < count:
        key = random.choice(KEYS)
        screen.read(time.monotonic() + random.uniform(0.02, 0.13))
        answers.append(screen.answer(key) + (key,))
    return answers


def row(name, answers, screen):
    took = sorted(a[0] * 1000 for a in answers)
    longest = max(answers)
    print("| %s | %d | %.1f | %.1f | **%.1f** | %.1f | %s | %.0f | %.0f |" % (
        name, len(took), statistics.median(took), took[len(took) * 9 // 10], took[-1],
        max(max(0, a[0] - a[1]) for a in answers) * 1000, repr(longest[2].decode())[1:-1], rss_mib(screen.pid),
        rss_mib(collector_of(screen.pid))), flush=True)


def run(name, count):
    title, command = CASES[name]
    with tempfile.TemporaryDirectory() as folder:
        target = start(command, folder)
        if not target:
            print("| %s | not built | | | | | | | |" % title)
            return
        screen = Screen(target.pid, folder)
        try:
            await_attached(screen, folder + "/record")
            row(title, measure(screen, count), screen)
            os.write(screen.master, b"\x1bq")
            end = time.monotonic() + 10
            while screen.process.poll() is None and time.monotonic() < end:
                screen.read(time.monotonic() + 0.05)
        finally:
            for process in screen.process, target:
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("case", nargs="*", choices=[[], *CASES], default=[])
    o = parser.parse_args()
    random.seed(o.seed)
    print("| watched | keys | median ms | p90 ms | max ms | max without run-queue time, ms | slowest key | viewer MiB "
          "| collector MiB |\n|---|---|---|---|---|---|---|---|---|")
    for name in o.case or CASES:
        run(name, o.keys)


main()
