# SPDX-License-Identifier: GPL-2.0-or-later
# Threads of Python that stand still in calls of every kind. Each line of the truth is one frame as the interpreter
# itself has it (sys._current_frames), innermost first: TID FUNCTION FILE:LINE. Then "ready", and it waits for its input.
import functools
import os
import sys
import threading
import traceback

gate = threading.Lock()
gate.acquire()
tids = {}


class Worker:
    def method(self):
        gate.acquire()

    def __str__(self):
        gate.acquire()
        return ""

    @property
    def value(self):
        return self.method()


def in_key():
    sorted([2, 1], key=lambda _: gate.acquire())  # through C, in a lambda


def in_comprehension():
    return [
        gate.acquire()
        for _ in range(1)
    ]


def generate():
    yield gate.acquire()


def in_generator():
    for _ in generate():
        pass


def deep(n):
    return deep(n - 1) if n else gate.acquire()


@functools.lru_cache(None)
def cached():
    with gate:
        return 1


def in_name_with_ü():
    eval("gate.acquire()")


PLACES = [Worker().method, lambda: Worker().value, lambda: str(Worker()), in_key, in_comprehension, in_generator,
          lambda: deep(30), cached, in_name_with_ü, gate.acquire]


def start(place):
    tids[threading.get_ident()] = threading.get_native_id()
    place()


if len(sys.argv) > 1 and os.fork():  # as pre-forking servers do
    os.wait()
    sys.exit()
for p in PLACES:
    threading.Thread(target=start, args=(p,), daemon=True).start()


def blocked():
    names = [open(f"/proc/self/task/{tid}/syscall", encoding="ascii").read().split()[0] for tid in tids.values()]
    return len(names) == len(PLACES) and all(n == "202" for n in names)


while not blocked():
    os.sched_yield()
    threading.Event().wait(0.01)
threading.Event().wait(0.2)
for ident, frame in sys._current_frames().items():
    if ident not in tids:
        continue
    for f, line in reversed(list(traceback.walk_stack(frame))[::-1]):
        name = getattr(f.f_code, "co_qualname", f.f_code.co_name)
        print(tids[ident], name.replace(" ", ""), f"{f.f_code.co_filename}:{line}")
print(f"ready {os.getpid()}", flush=True)
sys.stdin.read()
