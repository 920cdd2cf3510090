# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds, starts and ends the program of a case."""
import contextlib
import glob
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")
BUILT = os.path.abspath(os.environ.get("CASES", os.path.join(ROOT, "build/cases")))
SCALE = float(os.environ.get("TS_TIMEOUT_SCALE", "1"))
NATIVE = ["-O2", "-g", "-pthread", "-Wall", "-Wextra", "-Werror",
          "-I" + os.path.join(ROOT, "tests/workloads")]


class Missing(Exception):
    """Something that the case needs is not on this machine."""


class Broken(Exception):
    """The case itself does not work."""


def tool(variable, name):
    words = os.environ.get(variable, name).split()
    if not shutil.which(words[0]):
        raise Missing(f"{name} is not installed")
    return words


def compiler(*words):
    return lambda source, out, flags: tool(*words[:2]) + [*words[2:], "-o", out, source, *flags]


# By suffix: the compiler (its variable, its name, its options)...
C_OPTIONS = ["-std=gnu17", "-fno-optimize-sibling-calls", *NATIVE]
COMPILERS = {
    ".c": compiler("CC", "cc", *C_OPTIONS),
    "musl-gcc": compiler("", "musl-gcc", *C_OPTIONS),
    ".cpp": compiler("CXX", "c++", "-std=c++17", *NATIVE),
    ".go": lambda source, out, flags: tool("GO", "go") + ["build", *flags, "-o", out, source],
    ".rs": compiler("RUSTC", "rustc", "--edition", "2021", "-O", "-g"),
}
# ...or that runs it.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else "python3"  # the distribution's, if it is there
INTERPRETERS = {".py": PYTHON, ".sh": "sh", ".java": "java", ".js": "node", ".rb": "ruby", ".pl": "perl"}


BUILDING = threading.Lock()


def build(source, flags, with_compiler=""):
    """The command that runs it. Built again only if the source or a header is newer."""
    with BUILDING:
        return build_one(source, flags, with_compiler)


def is_newer(out, source):
    """Than all that it may be built from."""
    parts = glob.glob(os.path.join(HERE, "*.[ch]")) + glob.glob(os.path.join(ROOT, "tests/workloads/*.h")) + [source]
    return os.path.exists(out) and os.path.getmtime(out) > max(map(os.path.getmtime, parts))


def build_one(source, flags, with_compiler):
    path = os.path.join(HERE, source)
    stem, suffix = os.path.splitext(source)
    if suffix in INTERPRETERS:
        return tool("", INTERPRETERS[suffix]) + flags + [path]
    out = os.path.join(BUILT, stem + with_compiler + "".join(flags).replace("/", "_"))
    if is_newer(out, path):
        return [out]
    os.makedirs(BUILT, exist_ok=True)
    with open(path, encoding="utf-8") as f:
        cgo = 'import "C"' in f.read()
    env = dict(os.environ, GO111MODULE="off", GOFLAGS="", CGO_ENABLED=str(int(cgo)))
    done = subprocess.run(COMPILERS[with_compiler or suffix](path, out, flags), env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise Broken(f"{source} cannot be built:\n{done.stdout}")
    return [out]


def check_needs(c):
    """command:NAME, header:NAME, python:MODULE, cgroup:CONTROLLER, slowfs, slowfs:OPTION=VALUE"""
    for need in c.needs:
        what, _, name = need.partition(":")
        if what == "command" and not shutil.which(name):
            raise Missing(f"{name} is not installed")
        if what == "header" and not os.path.exists("/usr/include/" + name):
            raise Missing(f"{name} is not installed")
        if what == "python" and subprocess.run(["python3", "-c", "import " + name], stderr=subprocess.DEVNULL,
                                               check=False).returncode:
            raise Missing(f"Python has no {name}")
        if what == "slowfs" and not os.path.exists("/dev/fuse"):
            raise Missing("the kernel has no FUSE")
        if what == "cgroup" and not hierarchy(name):
            raise Missing(f"there is no cgroup hierarchy with the controller {name} here")


def hierarchy(controller):
    """Where a cgroup with this controller can be made: version 1, or 2 that has it below its root."""
    with open("/proc/mounts", encoding="utf-8") as f:
        mounts = [line.split() for line in f]
    for _, place, kind, options, *_ in mounts:
        if kind == "cgroup" and controller in options.split(","):
            return place
        if kind == "cgroup2":
            with open(place + "/cgroup.subtree_control", encoding="ascii") as f:
                if controller in f.read().split():
                    return place
    return None


def session_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            fields = f.read().rpartition(")")[2].split()
            return fields[0] != "Z" and int(fields[3])
    except OSError:
        return None


def end_session(session):
    """First all that the case started, in the end also the file server that some may still wait for."""
    for patience in (3 * SCALE, 10 * SCALE):
        end = time.monotonic() + patience
        sent = set()
        while (alive := [int(p) for p in os.listdir("/proc") if p.isdigit() and session_of(p) == session]):
            for pid in set(alive) - sent:
                if patience > 5 or not is_server(pid):
                    sent.add(pid)
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            if time.monotonic() > end:
                break
            time.sleep(0.02)


def remove_cgroup(path):
    """With those below it. Those that have ended leave it a moment later."""
    end = time.monotonic() + 10 * SCALE
    while os.path.isdir(path):
        try:
            for place, _, _ in os.walk(path, topdown=False):
                os.rmdir(place)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def thaw(path):
    """What is frozen there, by version 1, cannot be killed."""
    with contextlib.suppress(OSError), open(path + "/freezer.state", "r+", encoding="ascii") as f:
        f.write("THAWED")


def is_server(pid):
    try:
        return os.path.samefile(f"/proc/{pid}/exe", os.path.join(BUILT, "slowfs"))
    except OSError:
        return False


class Stage:
    """A case that is ready: `facts` is what it says of itself, in lines of NAME=VALUE words."""

    def __init__(self, c):
        self.case, self.process, self.ready, self.is_ready = c, None, threading.Event(), False
        self.began, self.cgroup = time.monotonic(), None
        self.folder = tempfile.mkdtemp(prefix=f"case-{c.name}.")
        self.facts = {"dir": self.folder, "slow": os.path.join(self.folder, "slow")}

    def __enter__(self):
        try:
            self.command = self.prepare()
            if not self.case.starts:
                self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def make_cgroup(self, controller):
        self.cgroup = os.path.join(hierarchy(controller), os.path.basename(self.folder))
        os.mkdir(self.cgroup)
        self.facts["cgroup"] = self.cgroup

    def prepare(self):
        prog = build(self.case.source, self.case.flags, self.case.compiler)
        for need in self.case.needs:
            if need.startswith("cgroup:"):
                self.make_cgroup(need.partition(":")[2])
        words = [w.format(**self.facts) for w in self.case.run]
        options = [n.partition(":")[2] for n in self.case.needs if n.startswith("slowfs")]
        if not options:
            return prog + words
        os.mkdir(self.facts["slow"])
        return build("slowfs.c", []) + [self.facts["slow"], *filter(None, options), "--"] + prog + words

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self.log, cwd=self.folder, start_new_session=True, text=True,
                                        errors="replace")
        self.facts["pid"] = self.process.pid
        threading.Thread(target=self.listen, daemon=True).start()
        self.ready.wait(60 * SCALE)
        if not self.is_ready:
            self.log.seek(0)
            raise Broken(f"{self.case.name} is not ready: {self.log.read()[-500:]}")

    def listen(self):
        """What it says after that it is ready is about the state that it is in now."""
        for line in self.process.stdout:
            for word in line.split():
                name, is_fact, value = word.partition("=")
                if is_fact:
                    self.facts[name] = int(value) if value.lstrip("-").isdigit() else value
            if line.startswith("ready"):
                self.is_ready = True
                self.ready.set()
        self.ready.set()  # it has ended

    def seconds(self):
        return time.monotonic() - self.began

    def __exit__(self, *_):
        if self.cgroup:
            thaw(self.cgroup)
        if self.process:
            end_session(self.process.pid)
            self.process.wait()
            self.log.close()
        if self.cgroup:
            remove_cgroup(self.cgroup)
        end = time.monotonic() + 5 * SCALE  # what ends by itself may still write there
        while os.path.exists(self.folder) and time.monotonic() < end:
            shutil.rmtree(self.folder, ignore_errors=True)
