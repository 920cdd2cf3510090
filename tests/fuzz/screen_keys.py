#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Types at the full-screen view at random: screen_keys.py [--seconds N] [--seed N] -- PROGRAM [ARGUMENT...]

Keys, mouse reports, garbage, resizes, SIGWINCH, and stops (Ctrl-Z, SIGTSTP) with SIGCONT go to PROGRAM on a terminal
of its own for N seconds; it must run all the while, and is then asked to quit. Run it in a folder of its own, with HOME
and XDG_CONFIG_HOME there: keys may save files. Prints a JSON object: whether the terminal's modes are as they were, the
most memory (RSS, KiB) of viewer and collector in the first and in the last third, and the bytes shown.
"""
import argparse, fcntl, json, os, pty, random, re, select, signal, struct, sys, termios, time

PATIENCE = 120 * float(os.environ.get("TS_TIMEOUT_SCALE") or 1)
KEYS = [k.encode() for k in "123456789 jkhlgGnNsrpdfymtRF?+-<>[]{}/abcxyz0\t\r\x1b\x0c\x7f"] + [
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1bOA", b"\x1bOB", b"\x1b[5~", b"\x1b[6~", b"\x1b[H", b"\x1b[F",
    b"\x1bOP", b"\x1b[17~", b"\x1b[Z", b"\x1b[200~paste\x1b[201~", "ä世\u0301\u202e".encode()]


def memory(pid):
    """In KiB; None: it is not there."""
    try:
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1))
    except (OSError, AttributeError):
        return None


def child_named(pid, name):
    for task in open(f"/proc/{pid}/task/{pid}/children").read().split():
        try:
            if open(f"/proc/{task}/comm").read().strip() == name:
                return int(task)
        except OSError:
            pass
    return None


class Screen:
    def __init__(self, command):
        self.master, self.slave = pty.openpty()
        self.resize(40, 120)
        self.before = termios.tcgetattr(self.slave)
        self.bytes, self.tail = 0, b""
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
                self.tail = (self.tail + new)[-20000:]

    def type(self, keys):
        try:
            os.write(self.master, keys)
        except BlockingIOError:  # it has more than enough to read
            pass

    def state(self):
        return open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()[0]

    def check(self, what):
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            sys.exit("ended with %d after %s: %r" % (os.waitstatus_to_exitcode(status), what, self.tail[-3000:]))

    def stop(self, how):
        """It may stop, and goes on in any case."""
        how()
        self.read(random.random() * 0.05)
        os.kill(self.pid, signal.SIGCONT)

    def quit(self):
        end = time.monotonic() + PATIENCE
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                sys.exit("does not quit: %r" % self.tail[-3000:])
            os.kill(self.pid, signal.SIGCONT)
            for key in b"\x1b", b"\x1b", b"q":
                self.type(key)
                self.read(0.1)


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
    if what < 0.86:  # no quitting, stopping or interrupting key, and no file of its own
        screen.type(bytes(b for b in random.randbytes(random.randrange(1, 40)) if b not in b"qQw\x03\x1a\x1c"))
        return "garbage"
    if what < 0.95:
        screen.resize(*random.choice([(24, 80), (40, 120), (50, 200), (8, 40), (1, 1), (0, 0), (3, 500), (300, 20),
                                      (random.randrange(0, 100), random.randrange(0, 300))]))
        return "resize"
    if what < 0.97:
        os.kill(screen.pid, signal.SIGWINCH)
        return "SIGWINCH"
    screen.stop(random.choice((lambda: screen.type(b"\x1a"), lambda: os.kill(screen.pid, signal.SIGTSTP))))
    return "stop"


def figures(samples):
    third = max(1, len(samples) // 3)
    return {"first": max(samples[:third]), "last": max(samples[-third:])} if samples else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("command", nargs=argparse.REMAINDER)
    o = parser.parse_args()
    random.seed(o.seed)
    screen = Screen(o.command[o.command[0] == "--":])
    end = time.monotonic() + PATIENCE
    while b"FINDINGS" not in screen.tail:
        screen.read(0.05)
        screen.check("nothing")
        if time.monotonic() > end:
            sys.exit("no screen: %r" % screen.tail)
    viewer, collector, acts, last = [], [], 0, ["start"]
    end = time.monotonic() + o.seconds
    while time.monotonic() < end:
        last = last[-20:] + [act(screen)]
        acts += 1
        screen.read(random.random() * 0.02)
        screen.check(", ".join(last) + ", seed %d" % o.seed)
        viewer += [m for m in [memory(screen.pid)] if m]
        pid = child_named(screen.pid, "ts-collector")
        collector += [m for m in [pid and memory(pid)] if m]
    screen.resize(40, 120)
    status = screen.quit()
    print(json.dumps({"seed": o.seed, "status": status, "acts": acts, "bytes": screen.bytes,
                      "restored": termios.tcgetattr(screen.slave) == screen.before,
                      "left": b"\x1b[?1049l" in screen.tail, "viewer": figures(viewer),
                      "collector": figures(collector), "end": screen.tail[-600:].decode(errors="replace")}))


main()
