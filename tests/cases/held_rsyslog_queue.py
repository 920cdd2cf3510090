# SPDX-License-Identifier: GPL-2.0-or-later
# held_rsyslog_queue.py FILE: rsyslogd writes to FILE, on a disk in user space whose syncs take a minute; its main queue
# has room for 100 messages, and more come.
#
# Perfect: the queue's worker has been in fdatasync(FILE) for T, for a file server; the input thread waits for room in a
# queue of rsyslog.
import os
import socket
import subprocess
import sys
import threading
import time

from servers import await_

CONFIG = f"""
module(load="imuxsock" SysSock.Use="off")
main_queue(queue.size="100" queue.timeoutEnqueue="1000000" queue.dequeueBatchSize="10" queue.workerThreads="1")
input(type="imuxsock" Socket="{os.path.abspath('log-socket')}")
action(type="omfile" file="{sys.argv[1]}" sync="on")
"""
with open("rsyslog.conf", "w", encoding="ascii") as f:
    f.write(CONFIG)
server = subprocess.Popen(["rsyslogd", "-n", "-f", os.path.abspath("rsyslog.conf"), "-i", os.path.abspath("rsyslog.pid")])
await_(lambda: os.path.exists("log-socket"))


def send():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.connect("log-socket")
        while True:
            s.send(b"<14>field: a line of the log\n")


threading.Thread(target=send, daemon=True).start()


def is_full():
    """A thread in fsync or fdatasync, as the kernel has it, and the input thread in a futex."""
    calls = {}
    for task in os.listdir(f"/proc/{server.pid}/task"):
        with open(f"/proc/{server.pid}/task/{task}/syscall", encoding="ascii") as call, \
                open(f"/proc/{server.pid}/task/{task}/comm", encoding="ascii") as comm:
            calls[comm.read().strip()] = call.read().split()[0]
    return calls.get("rs:main Q:Reg") in ("74", "75") and calls.get("in:imuxsock") == "202"


await_(is_full)
time.sleep(1.2)
print(f"ready pid={server.pid}", flush=True)
time.sleep(1000)
