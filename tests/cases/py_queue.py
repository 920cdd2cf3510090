# SPDX-License-Identifier: GPL-2.0-or-later
# Five threads put into a queue.Queue, whose lock (threading.Lock, by way of its Conditions) thread "holder" has in a
# "with" statement, in a read of a pipe that nobody writes to. Two more wait for the next item of another queue.
#
# Perfect: 5 threads wait for the queue's lock, likely held by holder (TID), which has been in read for T. The two are
# not held up.
import ctypes
import os
import queue
import threading
import time

jobs, others = queue.Queue(), queue.Queue()
reading, writing = os.pipe()


def name(text):
    ctypes.CDLL(None).prctl(15, text.encode(), 0, 0, 0)


def hold():
    name("holder")
    with jobs.mutex:
        os.read(reading, 1)


def put():
    name("putter")
    jobs.put(1)


def get():
    name("getter")
    others.get()


def start(work, count):
    for _ in range(count):
        threading.Thread(target=work, daemon=True).start()


start(get, 2)
start(hold, 1)
while not jobs.mutex.locked():
    time.sleep(0.01)
start(put, 5)
time.sleep(2)
print("ready", flush=True)
time.sleep(1000)
