# SPDX-License-Identifier: GPL-2.0-or-later
# Four threads nap 100 us again and again, and time each nap themselves; main tells the longest so far.
#
# Perfect: no thread is shown asleep for longer than its longest nap, and nothing is wrong.
import ctypes
import threading
import time

longest = 0


def nap():
    global longest
    ctypes.CDLL(None).prctl(15, b"napper", 0, 0, 0)
    while True:
        began = time.monotonic_ns()
        time.sleep(0.0001)
        longest = max(longest, time.monotonic_ns() - began)


for _ in range(4):
    threading.Thread(target=nap, daemon=True).start()
print("ready", flush=True)
while True:
    print(f"longest_ns={longest}", flush=True)
    time.sleep(0.05)
