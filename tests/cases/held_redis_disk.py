# SPDX-License-Identifier: GPL-2.0-or-later
# held_redis_disk.py FILE: redis-server's append-only file is FILE, on a disk in user space whose syncs take a minute,
# and synced for each command; a client sets a key.
#
# Perfect: redis-server has been in fdatasync(FILE) for T, for a file server.
import os
import socket
import subprocess
import sys
import time

from servers import await_

os.mkdir("appendonlydir")
os.symlink(sys.argv[1], "appendonlydir/appendonly.aof.1.incr.aof")
server = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", os.path.abspath("socket"), "--dir",
                           os.path.abspath("."), "--appendonly", "yes", "--appendfsync", "always", "--save", ""], stdout=sys.stderr)
await_(lambda: os.path.exists("socket"))
client = socket.socket(socket.AF_UNIX)
client.connect(os.path.abspath("socket"))
client.sendall(b"SET key value\r\n")


def syncs():
    """The main thread in fsync or fdatasync, as the kernel has it."""
    with open(f"/proc/{server.pid}/syscall", encoding="ascii") as call:
        return call.read().split()[0] in ("74", "75")


await_(syncs)
time.sleep(1.2)
print(f"ready pid={server.pid}", flush=True)
time.sleep(1000)
