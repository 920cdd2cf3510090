# SPDX-License-Identifier: GPL-2.0-or-later
# memory_limit_gil.py CGROUP: a thread of Python, "loader", fills a bytearray with the GIL held, until the memory limit
# of its cgroup stops it; four workers want the GIL. CGROUP is the folder of a new memory cgroup, to which the process
# moves, and which it limits to 24 MiB: of version 1 without the killer, of version 2 by memory.high.
#
# Perfect: the workers wait for Python's GIL; loader has been in a page fault for T, as its cgroup CGROUP uses all the
# memory that it may.
import ctypes
import os
import sys
import threading
import time

LIMIT = str(24 << 20)


def put(name, text):
    try:
        with open(os.path.join(sys.argv[1], name), "r+", encoding="ascii") as f:
            f.write(text)
    except FileNotFoundError:
        return False
    return True


def limit():
    put("cgroup.procs", "0")
    if not put("memory.high", LIMIT):
        put("memory.limit_in_bytes", LIMIT)
        put("memory.oom_control", "1")


def name(text):
    ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)


def work():
    name("worker")
    while True:
        time.sleep(0.01)


def load():
    name("loader")
    time.sleep(0.5)
    bytearray(b"x") * (256 << 20)


child = os.fork()
if child:  # outside of the cgroup, where it can still print
    time.sleep(2.5)
    print(f"ready pid={child}", flush=True)
    time.sleep(1000)
limit()
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
threading.Thread(target=load, daemon=True).start()
time.sleep(1000)
