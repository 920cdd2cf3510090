#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A live view on a terminal of its own, started as a shell with job control starts it: terminal.py COMMAND ARGUMENT...

The terminal gets smaller, Ctrl-Z stops the view, fg brings it back, and Ctrl-C ends it. Prints a JSON object: the
largest screens seen at each size, what became of each key, and the interval that the first screen after fg is of.
"""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

CLEAR = b"\x1b[H\x1b[J"
PATIENCE = 120 * float(os.environ.get("TS_TIMEOUT_SCALE") or 1)


def shell(command):
    """In the child: the command in a process group of its own in front, what becomes of it told on standard error."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if not job:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            os.write(3, b"ended %d\n" % os.waitstatus_to_exitcode(status))
            os._exit(0)
        os.tcsetpgrp(0, os.getpgrp())
        os.write(3, b"stopped %d\n" % os.WSTOPSIG(status))
        os.read(4, 1)  # fg
        os.tcsetpgrp(0, job)
        os.killpg(job, signal.SIGCONT)


class Terminal:
    def __init__(self, command, rows, columns):
        self.told, told = os.pipe()
        go, self.go = os.pipe()
        master, slave = pty.openpty()
        self.master, self.seen = master, b""
        self.resize(rows, columns)
        if not os.fork():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            os.dup2(told, 100), os.dup2(go, 101)
            for fd in 0, 1, 2:
                os.dup2(slave, fd)
            os.dup2(100, 3), os.dup2(101, 4)
            os.closerange(5, 200)
            for fd in 3, 4:
                os.set_inheritable(fd, False)
            shell(command)
        os.close(slave), os.close(told), os.close(go)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, condition):
        """Reads what is shown until the condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "gave up; the last screen: %r" % self.seen[-3000:]
            if select.select([self.master], [], [], 0.02)[0]:
                try:
                    self.seen += os.read(self.master, 65536)
                except OSError:  # nobody has it open any more
                    time.sleep(0.02)

    def screens(self, count):
        """Only whole ones that begin from now on."""
        self.seen = b""
        self.until(lambda: self.seen.count(CLEAR) > count)
        return [re.sub(rb"\x1b\[[0-9;]*m", b"", s).decode().replace("\r\n", "\n") for s in self.seen.split(CLEAR)[1:-1]]

    def drain(self):
        """What was shown up to now and is still on its way; on a busy machine the kernel's worker may be late."""
        quiet = time.monotonic()
        while time.monotonic() < quiet + 0.5:
            self.seen = b""
            if select.select([self.master], [], [], 0.02)[0]:
                os.read(self.master, 65536)
                quiet = time.monotonic()

    def answer(self):
        """What the shell tells of its job."""
        self.until(lambda: select.select([self.told], [], [], 0)[0])
        return os.read(self.told, 100).decode().strip()


def size(screens):
    return [max(s.count("\n") for s in screens), max(len(line) for s in screens for line in s.split("\n"))]


def main():
    facts = {}
    terminal = Terminal(sys.argv[1:], 24, 120)
    terminal.screens(1)
    facts["large"] = size(terminal.screens(3))
    terminal.resize(10, 50)
    terminal.screens(1)  # the one under way may still be for the old size
    facts["small"] = size(terminal.screens(3))
    terminal.resize(24, 120)
    terminal.screens(1)
    facts["again"] = size(terminal.screens(3))
    os.write(terminal.master, b"\x1a")
    facts["ctrl_z"] = terminal.answer()
    terminal.drain()
    stopped = time.monotonic()
    terminal.until(lambda: time.monotonic() > stopped + 2)
    facts["shown_while_stopped"] = len(terminal.seen)
    os.write(terminal.go, b"!")
    facts["after_fg"] = terminal.screens(1)[0]
    terminal.screens(3)
    os.write(terminal.master, b"\x03")
    facts["ctrl_c"] = terminal.answer()
    print(json.dumps(facts))


main()
