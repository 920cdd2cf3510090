# SPDX-License-Identifier: GPL-2.0-or-later
# Python's http.server writes its access log to a pipe, whose reader, the process "cat", is stopped by SIGSTOP. Each
# request's thread then hangs in its write: once the pipe is full, 20 clients have no answer.
#
# Perfect: 20 threads hang in write to a full pipe for T, whose reader cat (PID) is stopped by a signal.
import glob
import os
import signal
import socket
import subprocess
import time

from servers import await_

with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
server = subprocess.Popen(["/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", str(port)],
                          stdout=subprocess.DEVNULL, stderr=reader.stdin)
with socket.socket() as s:
    await_(lambda: s.connect_ex(("127.0.0.1", port)) == 0)
os.kill(reader.pid, signal.SIGSTOP)
os.set_blocking(reader.stdin.fileno(), False)
try:
    while True:
        os.write(reader.stdin.fileno(), b"x")  # until it is full
except BlockingIOError:
    os.set_blocking(reader.stdin.fileno(), True)
clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
for client in clients:
    client.sendall(b"GET / HTTP/1.0\r\n\r\n")


def hanging():
    """Threads in write to descriptor 2, as the kernel has them."""
    calls = [open(f, encoding="ascii").read().split() for f in glob.glob(f"/proc/{server.pid}/task/*/syscall")]
    return sum(c[:2] == ["1", "0x2"] for c in calls)


await_(lambda: hanging() == 20)
time.sleep(1)
print(f"ready pid={server.pid} reader={reader.pid} others={hanging() - 1}", flush=True)
time.sleep(1000)
