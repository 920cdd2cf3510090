# SPDX-License-Identifier: GPL-2.0-or-later
# socket_peer pair|tcp: it sends to a process that has the other end open and does not read.
#
# Perfect: it is in send to a full socket; lazy-peer (PID) has the other end and is in sleep.
import ctypes
import os
import socket
import sys
import threading
import time


def lazy(end, unused):
    libc = ctypes.CDLL(None)
    libc.prctl(1, 9, 0, 0, 0)  # ends with its parent
    libc.prctl(15, b"lazy-peer", 0, 0, 0)
    unused.close()
    connection = end.accept() if sys.argv[1] == "tcp" else None
    time.sleep(1000)
    del connection


if sys.argv[1] == "tcp":
    theirs = socket.create_server(("127.0.0.1", 0))
    mine = socket.socket()
else:
    theirs, mine = socket.socketpair()
child = os.fork()
if not child:
    lazy(theirs, mine)
if sys.argv[1] == "tcp":
    mine.connect(theirs.getsockname())
theirs.close()


def ready():
    time.sleep(3)
    print(f"ready peer={child}", flush=True)


threading.Thread(target=ready).start()
mine.sendall(b"x" * 100000000)
