# SPDX-License-Identifier: GPL-2.0-or-later
# "reader" wants 1 MiB at once (MSG_WAITALL) from a process that sends 100 bytes each 20 ms: it runs in recv each time,
# and waits on. Main says how long it has really been there.
#
# Perfect: reader has been in recv for T, T as main says it, and not since it last ran.
import ctypes
import os
import socket
import threading
import time

ours, theirs = socket.socketpair()
if not os.fork():
    ours.close()
    while True:
        theirs.send(bytes(100))
        time.sleep(0.02)
theirs.close()


def read():
    ctypes.CDLL(None).prctl(15, b"reader", 0, 0, 0)
    ours.recv(1 << 20, socket.MSG_WAITALL)


began = time.monotonic_ns()
threading.Thread(target=read, daemon=True).start()
time.sleep(0.2)
print("ready", flush=True)
while True:
    print(f"asked_ns={time.monotonic_ns() - began + 100000000}", flush=True)
    time.sleep(0.05)
