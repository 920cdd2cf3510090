# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of the distribution to compare on, each started with nothing but a folder of its own.

Each function starts one and returns the PIDs to look at, once the program is idle in its usual state.
"""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time


class Missing(Exception):
    """The program is not installed."""


def tool(*names):
    for name in names:
        found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/usr/lib/postgresql/15/bin")
        if found:
            return found
    raise Missing(f"{names[0]} is not installed")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_(what, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise TimeoutError(f"gave up waiting for {what.__doc__ or what}")
        time.sleep(0.05)


def answers(port):
    def try_it():
        """the port to answer"""
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0
    return try_it


class Stage:
    """Starts processes, and ends them, whatever happens."""

    def __init__(self, folder):
        self.folder = folder
        self.children = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)
        return self.path(name)

    def start(self, *command, user=None):
        who = pwd.getpwnam(user) if user else None
        if who:
            os.chown(self.folder, who.pw_uid, who.pw_gid)
        with open(self.path("log"), "a", encoding="utf-8") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                     start_new_session=True, user=who and who.pw_uid, group=who and who.pw_gid,
                                     extra_groups=[] if who else None)
        self.children.append(child)
        return child.pid

    def end(self):
        for child in self.children:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()


def descendants(pid):
    found = [pid]
    for at in found:
        for tid in os.listdir(f"/proc/{at}/task"):
            with open(f"/proc/{at}/task/{tid}/children", encoding="ascii") as f:
                found += [int(c) for c in f.read().split()]
    return found


def redis(stage):
    port = free_port()
    pid = stage.start(tool("redis-server"), "--port", str(port), "--save", "", "--io-threads", "4",
                      "--dir", stage.folder)
    await_(answers(port))
    return [pid]


def memcached(stage):
    port = free_port()
    pid = stage.start(tool("memcached"), "-l", "127.0.0.1", "-p", str(port), "-u", "root", "-t", "8")
    await_(answers(port))
    return [pid]


def nginx(stage):
    port = free_port()
    config = stage.write("nginx.conf", f"""
worker_processes 3; daemon off; pid {stage.path('pid')}; error_log {stage.path('error')};
events {{}}
http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {stage.folder}; aio threads; }} }}
""")
    pid = stage.start(tool("nginx"), "-p", stage.folder, "-c", config)
    await_(answers(port))
    return descendants(pid)


def postgresql(stage):
    port, data = free_port(), stage.path("data")
    init = tool("initdb")
    os.chown(stage.folder, *pwd.getpwnam("postgres")[2:4])
    subprocess.run(["runuser", "-u", "postgres", "--", init, "-D", data, "-A", "trust", "-N"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pid = stage.start(os.path.join(os.path.dirname(os.path.realpath(init)), "postgres"), "-D", data, "-p", str(port),
                      "-k", stage.folder, user="postgres")
    await_(answers(port))
    stage.start(tool("psql"), "-h", stage.folder, "-p", str(port), "-c", "select pg_sleep(600)", user="postgres")

    def has_backend():
        """a backend that sleeps"""
        return any(b"SELECT" in open(f"/proc/{p}/cmdline", "rb").read() for p in descendants(pid))
    await_(has_backend)
    return descendants(pid)


def rsyslogd(stage):
    config = stage.write("rsyslog.conf", f"""
module(load="imudp") module(load="imuxsock" SysSock.Use="off")
input(type="imudp" port="{free_port()}" address="127.0.0.1")
input(type="imuxsock" Socket="{stage.path('socket')}")
action(type="omfile" file="{stage.path('out')}" queue.type="linkedlist" queue.workerthreads="2")
""")
    pid = stage.start(tool("rsyslogd"), "-n", "-f", config, "-i", stage.path("pid"))
    await_(lambda: os.path.exists(stage.path("socket")))
    return [pid]


def mariadb(stage):
    """C++ with threads."""
    port, data = free_port(), stage.path("data")
    subprocess.run([tool("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--user=root",
                    "--auth-root-authentication-method=normal", "--skip-test-db"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pid = stage.start(tool("mariadbd"), "--no-defaults", f"--datadir={data}", "--user=root",
                      f"--socket={stage.path('socket')}", f"--port={port}", "--bind-address=127.0.0.1")
    await_(answers(port), 120)
    return [pid]


JAVA = """
public class Wait {
    static final Object lock = new Object();
    static void in(int n) throws Exception { if (n > 0) in(n - 1); else synchronized (lock) { lock.wait(); } }
    public static void main(String[] a) throws Exception {
        for (int i = 0; i < 4; i++) {
            final int n = i;
            new Thread(() -> { try { in(n); } catch (Exception e) { } }).start();
        }
        new java.io.File(a[0]).createNewFile();
        Thread.sleep(600000);
    }
}
"""


def java(stage):
    ready = stage.path("ready")
    pid = stage.start(tool("java"), "-Xint", stage.write("Wait.java", JAVA), ready)
    await_(lambda: os.path.exists(ready), 120)
    return [pid]


def python(stage):
    ready = stage.path("ready")
    script = stage.write("wait.py", f"""
import queue, threading, time
q = queue.Queue(); lock = threading.Lock(); lock.acquire()
for f in (q.get, lock.acquire, lambda: time.sleep(600), threading.Event().wait): threading.Thread(target=f).start()
open({ready!r}, "w").close()
lock.acquire()
""")
    pid = stage.start(tool("python3"), script)
    await_(lambda: os.path.exists(ready))
    return [pid]


ALL = {f.__name__: f for f in (redis, memcached, nginx, postgresql, rsyslogd, mariadb, java, python)}
