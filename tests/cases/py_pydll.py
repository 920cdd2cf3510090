# SPDX-License-Identifier: GPL-2.0-or-later
# Thread "holder" calls a function of C without giving up Python's GIL (ctypes.PyDLL), and it sleeps; three workers want
# the GIL.
#
# Perfect: 3 threads wait for Python's GIL, held by holder (TID), which has been in nanosleep for T.
import ctypes
import subprocess
import threading
import time


def name(text):
    ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)


def work():
    name("worker")
    while True:
        time.sleep(0.01)


def hold():
    name("holder")
    time.sleep(0.5)
    # nothing of Python runs from here on: another process says when it lasts
    subprocess.Popen(["sh", "-c", "sleep 1.5; echo ready"])
    ctypes.PyDLL(None).sleep(1000)


for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
threading.Thread(target=hold, daemon=True).start()
time.sleep(1000)
