# SPDX-License-Identifier: GPL-2.0-or-later
"""A standby waits for the lock of the active server, another process, which waits for clients by poll.

Perfect: worth a line, and no warning: both are well.
"""
import fcntl
import os
import select
import socket
import threading
import time

with open("lock", "w", encoding="ascii") as file:
    ready, told = os.pipe()
    if not os.fork():
        own = open("lock", "w", encoding="ascii")
        fcntl.flock(own, fcntl.LOCK_EX)
        server = socket.create_server(("127.0.0.1", 0))
        clients = select.poll()
        clients.register(server, select.POLLIN)
        os.write(told, b"x")
        clients.poll()
    os.read(ready, 1)

    def tell():
        time.sleep(1.3)
        print("ready", flush=True)

    threading.Thread(target=tell, daemon=True).start()
    fcntl.flock(file, fcntl.LOCK_EX)
