# SPDX-License-Identifier: GPL-2.0-or-later
# A worker of a program that runs once: it waits for the lock of its PID file, which another process holds.
#
# Perfect: it waits in flock of that file, held by lock-owner (PID).
import ctypes
import fcntl
import os
import sys
import time

mine = open(sys.argv[1], "a", encoding="ascii")
fcntl.flock(mine, fcntl.LOCK_EX)
child = os.fork()
if not child:
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)  # ends with its parent
    with open(sys.argv[1], "a", encoding="ascii") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
    sys.exit()
ctypes.CDLL(None).prctl(15, b"lock-owner", 0, 0, 0)
time.sleep(1)
print(f"ready pid={child} owner={os.getpid()}", flush=True)
time.sleep(1000)
