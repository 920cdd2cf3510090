# SPDX-License-Identifier: GPL-2.0-or-later
# Eight threads print through one buffered stream to a pipe; its reader, the process "cat", is stopped by SIGSTOP.
#
# Perfect: one thread has been in write to a full pipe for T, whose reader cat (PID) is stopped by a signal; the 7
# others wait for the stream's lock.
import ctypes
import os
import signal
import subprocess
import threading
import time


def work():
    ctypes.CDLL(None).prctl(15, b"worker", 0, 0, 0)
    while True:
        reader.stdin.write(b"x" * 5000)


reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
os.kill(reader.pid, signal.SIGSTOP)
for _ in range(8):
    threading.Thread(target=work, daemon=True).start()
time.sleep(2)
print(f"ready reader={reader.pid}", flush=True)
time.sleep(1000)
