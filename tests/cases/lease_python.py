# SPDX-License-Identifier: GPL-2.0-or-later
"""lease_python.py FILE: the child "lessee" has a lease of the file that this process opens for writing.

Perfect: who has the lease of which file, and what that process does.
"""
import fcntl
import os
import signal
import sys
import threading
import time


def keep_lease(path, done):
    with open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write("lessee")
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    fd = os.open(path, os.O_RDONLY)
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    os.write(done, b"x")
    while True:
        time.sleep(1000)


def say_ready(lessee):
    time.sleep(1.5)
    print(f"ready lessee={lessee}", flush=True)


path = sys.argv[1]
os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
ready, done = os.pipe()
child = os.fork()
if not child:
    keep_lease(path, done)
os.read(ready, 1)
threading.Thread(target=say_ready, args=(child,), daemon=True).start()
os.open(path, os.O_WRONLY)
while True:
    time.sleep(1000)
