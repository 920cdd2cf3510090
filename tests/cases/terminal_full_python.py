# SPDX-License-Identifier: GPL-2.0-or-later
"""Three threads of this process write to a terminal under a lock. "emulator", which has the master, is asleep.

Perfect: two threads wait for the lock, held by the one that writes to the terminal; who has its master, and what that
process does.
"""
import os
import pty
import threading
import time

lock = threading.Lock()


def write_log(slave):
    while True:
        with lock:
            os.write(slave, b"a line of the log\n" * 100)


master, slave = pty.openpty()
emulator = os.fork()
if not emulator:
    os.close(slave)
    with open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write("emulator")
    while True:
        time.sleep(1000)
os.close(master)
for _ in range(3):
    threading.Thread(target=write_log, args=(slave,), daemon=True).start()
time.sleep(1.6)
print(f"ready terminal={emulator}", flush=True)
while True:
    time.sleep(1000)
