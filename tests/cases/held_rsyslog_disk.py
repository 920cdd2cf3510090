# SPDX-License-Identifier: GPL-2.0-or-later
# held_rsyslog_disk.py FILE: rsyslogd writes to FILE, on a disk in user space whose syncs take 5 s, and syncs each
# batch.
#
# Perfect: the queue's worker has been in fsync(FILE) for T, for a file server.
import os
import socket
import subprocess
import sys
import time

from servers import await_

CONFIG = f"""
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{os.path.abspath('log-socket')}")
action(type="omfile" file="{sys.argv[1]}" sync="on")
"""
with open("rsyslog.conf", "w", encoding="ascii") as f:
    f.write(CONFIG)
server = subprocess.Popen(["rsyslogd", "-n", "-f", os.path.abspath("rsyslog.conf"), "-i", os.path.abspath("rsyslog.pid")])
await_(lambda: os.path.exists("log-socket"))
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
    s.connect("log-socket")
    for i in range(100):
        s.send(b"<14>field: a line of the log\n")
print(f"started pid={server.pid}", flush=True)


def syncs():
    """A thread in fsync or fdatasync, as the kernel has it."""
    for task in os.listdir(f"/proc/{server.pid}/task"):
        with open(f"/proc/{server.pid}/task/{task}/syscall", encoding="ascii") as call:
            if call.read().split()[0] in ("74", "75"):
                return True
    return False


await_(syncs)
time.sleep(1.2)
print("ready", flush=True)
time.sleep(1000)
