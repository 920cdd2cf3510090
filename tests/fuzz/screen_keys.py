#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Types at the full-screen view at random: screen_keys.py [--refreshes N] [--seed N] THREADSCOPE THREAD_CHURN

Keys, mouse reports, garbage, resizes, SIGWINCH, stops (Ctrl-Z, SIGTSTP) with SIGCONT, and files that are written go to
THREADSCOPE on a terminal of its own, which shows THREAD_CHURN (tests/workloads) every 10 ms, until there were N
refreshes. Then the target ends, the screen is asked to write what it has, and to quit. It fails where

  the program ends before, or with another status than 0, or a sanitizer reports something;
  the memory of viewer or collector grows: the median of the last third of the run beside that of the one before, of
  what is allocated where the program has sanitizers, which says it (they keep freed blocks of each size, shadow, and
  the stacks of all that ever allocated: their resident memory rises by megabytes while the heap is flat); of others,
  in a long run, of what is resident;
  created threads are missing: the record, the written file and the program itself must agree to the last one, and in
  the file each interval must go on where the one before ended;
  the terminal is not as it was: its modes, its screen, its cursor, its mouse.

Prints a JSON object with the figures; why it fails goes to standard error.
"""
import argparse, fcntl, glob, json, os, pty, random, re, select, signal, statistics, struct, subprocess, sys, tempfile
import termios, time

SCALE = float(os.environ.get("TS_TIMEOUT_SCALE") or 1)
PATIENCE = 120 * SCALE
INTERVAL = "10ms"
WARM = 10000  # refreshes: from then on, resident memory has to stay what it is
GROWS = 0.05
# A program with sanitizers keeps what was freed for a while: little of it, so that growth is the program's own.
SANITIZERS = {
    "ASAN_OPTIONS": "log_path=%s/report:quarantine_size_mb=2:thread_local_quarantine_size_kb=64:malloc_context_size=4:"
                    "allocator_release_to_os_interval_ms=100:handle_segv=2:handle_sigbus=2:handle_abort=2:"
                    "handle_sigfpe=2:handle_sigill=2",
    "UBSAN_OPTIONS": "log_path=%s/report:print_stacktrace=1",
    "LSAN_OPTIONS": "log_path=%s/report:suppressions=%s/suppressions:print_suppressions=0"}
SUPPRESSIONS = "leak:libtinfo\n"  # what it knows of a terminal is kept to the end
# Neither q (the end), nor w (files: an act of its own), nor R (another collector, whose counts begin anew).
KEYS = [k.encode() for k in "123456789 jkhlgGnNsrpdfymtF?+-<>[]{}/abcxyz0\t\r\x1b\x0c\x7f"] + [
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1bOA", b"\x1bOB", b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F",
    b"\x1bOP", b"\x1b[17~", b"\x1b[Z", b"\x1b[200~paste\x1b[201~", "ä世\u0301\u202e".encode()]
NOT_AT_RANDOM = b"qQwRiS\x03\x1a\x1c"  # of garbage


def fail(why, screen=None):
    if screen:
        why += ": %r" % screen.tail[-1500:]
    print("screen_keys.py: " + why, file=sys.stderr)
    sys.exit(1)


# ---- what runs -----------------------------------------------------------------------------------

def memory(pid):
    """In KiB; None: it is not there."""
    try:
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1))
    except (OSError, AttributeError):
        return None


def heap(pid):
    """In KiB, of a program with sanitizers (heap_size.c)."""
    try:
        return int(open(f"heap.{pid}").read()) // 1024
    except (OSError, ValueError):
        return None


def collector_of(pid):
    starter = child_named(pid, "ts-starter")
    return starter and child_named(starter, "ts-collector")


def child_named(pid, name):
    try:
        children = open(f"/proc/{pid}/task/{pid}/children").read().split()
    except OSError:
        return None
    for task in children:
        try:
            if open(f"/proc/{task}/comm").read().strip() == name:
                return int(task)
        except OSError:
            pass
    return None


class Record:
    """A file that is still being written: how many values it has (src/facts/saved/form.h), the first a head."""
    def __init__(self, path):
        self.path, self.at, self.values, self.file = path, 0, 0, None

    def count(self):
        if not self.file:
            try:
                self.file = open(self.path, "rb")
            except OSError:
                return 0
            self.at = len(self.file.readline())
        self.file.seek(self.at)
        bytes_ = self.file.read()
        at = 0
        while True:
            size = shift = 0
            end = at + 1
            while end < len(bytes_):
                size |= (bytes_[end] & 0x7f) << shift
                shift += 7
                end += 1
                if bytes_[end - 1] < 0x80:
                    break
            else:
                break
            if end + size > len(bytes_):
                break
            self.values += bytes_[at] == ord("V")
            at = end + size
        self.at += at
        return max(0, self.values - 2)  # the head, the base line


class Target:
    """A program that makes threads from its release until its end, and knows how many."""
    def __init__(self, command):
        self.process = subprocess.Popen([command, "--up", "up", "--go", "go", "--stop", "stop"], stdout=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL)
        self.pid = self.process.pid
        await_(lambda: os.path.exists("up"), "the target")

    def release(self):
        open("go", "w").close()

    def end(self):
        open("stop", "w").close()
        return json.loads(self.process.communicate(timeout=PATIENCE)[0])["created"]


def await_(condition, what, screen=None):
    end = time.monotonic() + PATIENCE
    while not condition():
        if screen:
            os.kill(screen.pid, signal.SIGCONT)  # it may have stopped only after the last one
            screen.read(0.05)
            screen.check(what)
        else:
            time.sleep(0.01)
        if time.monotonic() > end:
            fail("gave up waiting for " + what, screen)


class Screen:
    def __init__(self, command):
        self.master, self.slave = pty.openpty()
        self.resize(40, 120)
        self.before = termios.tcgetattr(self.slave)
        self.bytes, self.tail, self.status = 0, b"", None
        self.modes = {}  # of the terminal: the last that was said of each
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in 0, 1, 2:
                os.dup2(self.slave, fd)
            os.closerange(3, 200)
            os.execvp(command[0], command)
        os.set_blocking(self.master, False)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """What is shown within that time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                try:
                    new = os.read(self.master, 65536)
                except OSError:
                    return
                self.bytes += len(new)
                # A mode that was cut in two parts is seen with the next part.
                for mode in re.finditer(rb"\x1b\[\?([0-9;]+)([hl])", self.tail[-20:] + new):
                    for number in mode.group(1).split(b";"):
                        self.modes[int(number)] = mode.group(2) == b"h"
                self.tail = (self.tail + new)[-20000:]

    def type(self, keys):
        try:
            os.write(self.master, keys)
        except BlockingIOError:  # it has more than enough to read
            pass

    def check(self, what):
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            fail("ended with %d after %s" % (os.waitstatus_to_exitcode(status), what), self)

    def stop(self, how):
        """It may stop, and goes on in any case."""
        how()
        self.read(random.random() * 0.05)
        os.kill(self.pid, signal.SIGCONT)

    def quit(self):
        """Its status, once it has ended."""
        end = time.monotonic() + PATIENCE
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.read(0.1)
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                fail("does not quit", self)
            os.kill(self.pid, signal.SIGCONT)
            for key in b"\x1b", b"\x1b", b"q":
                self.type(key)
                self.read(0.1)

    def enter(self, key, text):
        """Into the prompt that this key opens, wherever the screen is."""
        for part in b"\x1b", b"\x1b", b"\x1b", key, b"\x15" + text.encode(), b"\r":
            self.type(part)
            self.read(0.04)  # Escape is a key of its own only if nothing follows it


# ---- what is typed -------------------------------------------------------------------------------

def mouse():
    return b"\x1b[<%d;%d;%d%c" % (random.choice((0, 1, 2, 32, 64, 65, 255)), random.randrange(0, 300),
                                 random.randrange(0, 100), random.choice(b"Mm"))


def act(screen):
    """One of them, and its name."""
    what = random.random()
    if what < 0.70:
        screen.type(random.choice(KEYS))
        return "keys"
    if what < 0.80:
        screen.type(mouse())
        return "mouse"
    if what < 0.86:
        screen.type(bytes(b for b in random.randbytes(random.randrange(1, 40)) if b not in NOT_AT_RANDOM))
        return "garbage"
    if what < 0.95:
        screen.resize(*random.choice([(24, 80), (40, 120), (50, 200), (8, 40), (1, 1), (0, 0), (3, 500), (300, 20),
                                      (random.randrange(0, 100), random.randrange(0, 300))]))
        return "resize"
    if what < 0.96:
        os.kill(screen.pid, signal.SIGWINCH)
        return "SIGWINCH"
    if what < 0.97:
        screen.enter(b"w", random.choice(("one.facts", "two.facts", "no/such/folder", "/dev/full")))
        return "a file"
    screen.stop(random.choice((lambda: screen.type(b"\x1a"), lambda: os.kill(screen.pid, signal.SIGTSTP))))
    return "stop"


class Memory:
    """Of a process over the refreshes. grows: what the last third may have more than the one before, at most."""
    def __init__(self, of, grows):
        self.of, self.grows, self.samples = of, grows, []

    def add(self, refresh, pid):
        if pid and (kib := self.of(pid)):
            self.samples.append((refresh, kib))

    def third(self, refreshes, number):
        return [kib for at, kib in self.samples if number - 1 <= 3 * at / refreshes < number]

    def figures(self, refreshes):
        median = [statistics.median(self.third(refreshes, n) or [0]) for n in (1, 2, 3)]
        return {"median_kib": median, "most_kib": max((kib for _, kib in self.samples), default=0)}

    def problem(self, refreshes):
        _, second, last = self.figures(refreshes)["median_kib"]
        if not second or not last:
            return "was not seen"
        if last > second * (1 + self.grows):
            return "grows from %d to %d KiB" % (second, last)
        return None


def type_at(screen, record, refreshes, seed):
    """Until there were so many. What the two take meanwhile."""
    memories = {"viewer": Memory(memory, GROWS), "collector": Memory(memory, GROWS), "viewer heap": Memory(heap, 0.25),
                "collector heap": Memory(heap, 0.1)}
    acts, last, seen = 0, ["start"], (0, time.monotonic())
    while (now := record.count()) < refreshes:
        last = last[-20:] + [act(screen)]
        acts += 1
        screen.read(random.random() * 0.02)
        screen.check(", ".join(last) + ", seed %d" % seed)
        collector = collector_of(screen.pid)
        for name, m in memories.items():
            m.add(now, screen.pid if name.startswith("viewer") else collector)
        if now > seen[0]:
            seen = (now, time.monotonic())
        elif time.monotonic() > seen[1] + PATIENCE:
            fail("no refresh any more after %d; seed %d" % (now, seed), screen)
        if acts % 100 == 0:  # whatever was typed at that prompt meanwhile
            screen.enter(b"i", INTERVAL)
    return acts, memories


# ---- what must be so -----------------------------------------------------------------------------

def intervals(threadscope, path):
    run = subprocess.run([threadscope, "replay", "--json", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    if run.returncode not in (0, 10) or not lines:
        fail("cannot replay %s: status %d, %r" % (path, run.returncode, run.stderr[-500:]))
    return lines


def check_counts(path, list_, pid, created):
    """The whole: what the program says. Each interval: the difference of the totals."""
    before = None
    for line in list_:
        now = next((p for p in line["processes"] if p["pid"] == pid), None)
        if not now:
            continue
        if before and now["created_total"] != before["created_total"] + now["created"]:
            fail("%s: %d threads created, %d more, make %d" % (path, before["created_total"], now["created"],
                                                              now["created_total"]))
        before = now
    if not before or before["created_total"] != created:
        fail("%s: the program created %d threads; %s" % (path, created, before and before["created_total"]))


def reports(folder):
    """Without what a fork says of heap_size.c's thread, which it does not have."""
    lines = [line for path in sorted(glob.glob(folder + "/report.*")) for line in open(path, errors="replace")]
    return "".join(line for line in lines if "was not suspended. False leaks" not in line).strip()


def write_last(screen):
    """Asked for again where it was typed at a screen that had just been stopped: the terminal may take it apart then."""
    screen.tail, end, again = b"", time.monotonic() + PATIENCE, 0
    while b"last.facts, for" not in screen.tail:
        if time.monotonic() > end:
            fail("gave up waiting for the file", screen)
        if time.monotonic() > again:
            screen.enter(b"w", "last.facts")
            again = time.monotonic() + 5
        os.kill(screen.pid, signal.SIGCONT)
        screen.read(0.05)
        screen.check("w")


def run(o, threadscope, churn):
    target = Target(churn)
    screen = Screen([threadscope, "top", "-p", str(target.pid), "-i", INTERVAL, "--save", "record.facts"])
    record = Record("record.facts")
    await_(lambda: b"FINDINGS" in screen.tail and record.count() > 1, "the first interval", screen)
    target.release()
    began = time.monotonic()
    acts, memories = type_at(screen, record, o.refreshes, o.seed)
    took = time.monotonic() - began
    screen.resize(40, 120)
    created = target.end()
    collector = collector_of(screen.pid)
    await_(lambda: collector_of(screen.pid) is None, "the collector's end", screen)
    write_last(screen)
    status = screen.quit()
    found = reports(".")
    sanitized = bool(memories["viewer heap"].samples)
    figures = {"seed": o.seed, "refreshes": record.count(), "seconds": round(took, 1), "acts": acts,
               "bytes": screen.bytes, "created": created, "status": status,
               "memory": {name: m.figures(o.refreshes) for name, m in memories.items()}}
    print(json.dumps(figures))
    if found:
        fail("a sanitizer reports:\n" + found[:20000])
    if status:
        fail("ended with status %d" % status, screen)
    for name, m in memories.items():
        of_heap = "heap" in name
        if of_heap != sanitized or (not of_heap and o.refreshes < WARM):
            continue
        if why := m.problem(o.refreshes):
            fail("the memory of the %s %s; seed %d" % (name, why, o.seed))
    for path in "record.facts", "last.facts":
        check_counts(path, intervals(threadscope, path), target.pid, created)
    if termios.tcgetattr(screen.slave) != screen.before:
        fail("the terminal's modes are not as they were", screen)
    if screen.modes.get(1049) is not False or screen.modes.get(25) is not True or screen.modes.get(1000):
        fail("the terminal's screen, cursor or mouse is not as it was: %s" % screen.modes, screen)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--refreshes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("threadscope")
    parser.add_argument("thread_churn")
    o = parser.parse_args()
    random.seed(o.seed)
    threadscope, churn = os.path.abspath(o.threadscope), os.path.abspath(o.thread_churn)
    with tempfile.TemporaryDirectory() as folder:  # keys may save files and settings
        os.chdir(folder)
        open("suppressions", "w").write(SUPPRESSIONS)
        os.environ.update({name: value.replace("%s", folder) for name, value in SANITIZERS.items()},
                          TS_HEAP=folder, HOME=folder, XDG_CONFIG_HOME=folder, TERM="xterm-256color", LC_ALL="C.UTF-8")
        run(o, threadscope, churn)


main()
