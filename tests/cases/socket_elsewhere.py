# SPDX-License-Identifier: GPL-2.0-or-later
"""socket_elsewhere.py: in a network namespace of its own, a thread reads from a connection that stays silent.

Perfect: the connection's other end, 127.0.0.1:7777, which no socket of the host's namespace has.
"""
import ctypes
import fcntl
import socket
import struct

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1

if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
    raise OSError(ctypes.get_errno(), "unshare")
server = socket.socket()
fcntl.ioctl(server, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
server.bind(("127.0.0.1", 7777))
server.listen(1)
client = socket.create_connection(("127.0.0.1", 7777))
print("ready", flush=True)
client.recv(1)
