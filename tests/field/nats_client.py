# SPDX-License-Identifier: GPL-2.0-or-later
"""nats_client.py PORT: subscribes, publishes 2,000 messages to all clients, reads what comes, and ends."""
import socket
import sys
import threading
import time


def read_all(stream):
    while stream.recv(65536):
        pass


with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s:
    s.sendall(b'CONNECT {"verbose":false}\r\nSUB field 1\r\n')
    threading.Thread(target=read_all, args=(s,), daemon=True).start()
    for _ in range(200):
        s.sendall(10 * (b"PUB field 100\r\n" + 100 * b"x" + b"\r\n"))
        time.sleep(0.01)
