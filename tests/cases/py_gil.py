# SPDX-License-Identifier: GPL-2.0-or-later
"""Thread "regex" runs a catastrophic regular expression, which keeps Python's GIL in C code; six workers and the
main thread want it.

Perfect: the threads wait for Python's GIL; regex is running. Not: idle.
"""
import ctypes
import re
import threading
import time


def name(text):
    ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)


def regex():
    name("regex")
    time.sleep(0.5)
    print("ready", flush=True)
    re.match(r"(a+)+$", "a" * 60 + "b")


def work():
    name("worker")
    while True:
        time.sleep(0.01)


for _ in range(6):
    threading.Thread(target=work, daemon=True).start()
threading.Thread(target=regex, daemon=True).start()
time.sleep(1000)
