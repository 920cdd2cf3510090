# SPDX-License-Identifier: GPL-2.0-or-later
# Twenty threads log through Python's logging to standard error, a pipe to the process "sleep", which reads nothing.
#
# Perfect: one thread has been in write to a full pipe for T, read by sleep (PID), and the 19 others wait for the
# handler's lock.
import ctypes
import logging
import os
import subprocess
import threading
import time


def work():
    ctypes.CDLL(None).prctl(15, b"worker", 0, 0, 0)
    while True:
        logging.warning("x" * 500)


reader = subprocess.Popen(["sleep", "1000"], stdin=subprocess.PIPE)
os.dup2(reader.stdin.fileno(), 2)
logging.basicConfig()
for _ in range(20):
    threading.Thread(target=work, daemon=True).start()
time.sleep(2)
print(f"ready reader={reader.pid}", flush=True)
time.sleep(1000)
