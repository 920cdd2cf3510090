# SPDX-License-Identifier: GPL-2.0-or-later
# A client of a Unix socket whose server listens and does not accept; the places of its backlog are taken.
#
# Perfect: it waits in connect(SOCKET), whose backlog is full; lazy-server (PID) listens there and does not accept.
import ctypes
import os
import socket
import sys
import time

listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(0)
child = os.fork()
if not child:
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)  # ends with its parent
    listener.close()
    clients = [socket.socket(socket.AF_UNIX) for _ in range(2)]
    for client in clients:
        client.connect(sys.argv[1])
ctypes.CDLL(None).prctl(15, b"lazy-server", 0, 0, 0)
time.sleep(1.5)
print(f"ready pid={child} server={os.getpid()}", flush=True)
time.sleep(1000)
