# SPDX-License-Identifier: GPL-2.0-or-later
# socket_peer pair|tcp|elsewhere: it sends to a process that has the other end open and does not read; elsewhere: by
# TCP in a network namespace of their own, as in a container.
#
# Perfect: it is in send to a full socket; lazy-peer (PID) has the other end and is in sleep.
import ctypes
import fcntl
import os
import socket
import struct
import sys
import threading
import time


CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
tcp = sys.argv[1] != "pair"


def lazy(end, unused):
    libc = ctypes.CDLL(None)
    libc.prctl(1, 9, 0, 0, 0)  # ends with its parent
    libc.prctl(15, b"lazy-peer", 0, 0, 0)
    unused.close()
    connection = end.accept() if tcp else None
    time.sleep(1000)
    del connection


if sys.argv[1] == "elsewhere":
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
if tcp:
    theirs = socket.create_server(("127.0.0.1", 0))
    mine = socket.socket()
else:
    theirs, mine = socket.socketpair()
child = os.fork()
if not child:
    lazy(theirs, mine)
if tcp:
    mine.connect(theirs.getsockname())
theirs.close()


def switches():
    with open(f"/proc/self/task/{os.getpid()}/status", encoding="ascii") as status:
        return [line for line in status if "ctxt_switches" in line]


def ready():
    before = None
    while before != switches():  # it still sends now and then
        before = switches()
        time.sleep(1.5)
    print(f"ready peer={child}", flush=True)


threading.Thread(target=ready).start()
mine.sendall(b"x" * 100000000)
