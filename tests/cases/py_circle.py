# SPDX-License-Identifier: GPL-2.0-or-later
# py_circle.py KIND: two threads have a threading.Lock or RLock each, and want the other's.
#
# Perfect: a deadlock of the two; of Locks, which keep no owner, a likely one.
import ctypes
import sys
import threading
import time

first, second = getattr(threading, sys.argv[1])(), getattr(threading, sys.argv[1])()
both = threading.Barrier(2)


def work(mine, other):
    ctypes.CDLL(None).prctl(15, b"worker", 0, 0, 0)
    with mine:
        both.wait()
        with other:
            pass


threading.Thread(target=work, args=(first, second), daemon=True).start()
threading.Thread(target=work, args=(second, first), daemon=True).start()
time.sleep(1)
print("ready", flush=True)
time.sleep(1000)
