# SPDX-License-Identifier: GPL-2.0-or-later
# What tests/samples/python has recordings of: threads that hold locks, and wait for them.
import threading
import time

outer = threading.RLock()
event = threading.Event()


class Account:
    def __init__(self):
        self.lock = threading.Lock()

    def hold(self):
        with self.lock:
            event.wait()

    def wait(self):
        with self.lock:
            pass


def recursive(depth):
    return recursive(depth - 1) if depth else event.wait()


def hold():
    with outer:
        recursive(5)


def wait():
    try:
        with outer:
            pass
    finally:
        event.set()


account = Account()
for function in (account.hold, account.wait, hold, wait):
    threading.Thread(target=function, daemon=True).start()
    time.sleep(0.1)
print("ready", flush=True)
event.wait()
