"""sqlite.py WAY: threads try again and again to write into an SQLite database, for which SQLite naps.
  journal  another process has written into it and does not commit
  wal      the same with a write-ahead log
  readers  another process reads, and does not end its query
  own      another connection of the same process has
  short    writers of two processes take turns: nothing is the matter

Perfect: 3 threads wait for the lock of an SQLite database; holder (PID) has it, which has been in clock_nanosleep
for T.
"""
import os
import sqlite3
import sys
import threading
import time

WAY, PATH = sys.argv[1], os.path.join(os.getcwd(), "the.db")
TRIES = [0]


def name_thread(name):
    with open("/proc/thread-self/comm", "w", encoding="ascii") as f:
        f.write(name)


def connect():
    return sqlite3.connect(PATH, timeout=1000, isolation_level=None, check_same_thread=False)


def hold(ready):
    c = connect()
    if WAY == "readers":
        rows = c.execute("select x from t")
        next(rows)
    else:
        c.execute("begin immediate")
        c.execute("insert into t values(1)")
    os.write(ready, b"x")
    time.sleep(1000)
    return c


def write_often():
    name_thread("writer")
    c = connect()
    while True:
        c.execute("insert into t values(2)")
        TRIES[0] += 1
        time.sleep(0.02)


def start_holder():
    here, there = os.pipe()
    if WAY == "own":
        threading.Thread(target=hold, args=(there,), daemon=True).start()
        pid = os.getpid()
    else:
        pid = os.fork()
        if not pid:
            name_thread("holder")
            if WAY == "short":
                os.write(there, b"x")
                write_often()
            hold(there)
    os.read(here, 1)
    return pid


def main():
    c = connect()
    if WAY == "wal":
        c.execute("pragma journal_mode=wal")
    c.execute("create table t(x)")
    c.executemany("insert into t values(?)", [(i,) for i in range(5)])
    c.close()
    other = start_holder()
    for _ in range(3):
        threading.Thread(target=write_often, daemon=True).start()
    while WAY == "short" and TRIES[0] < 10:
        time.sleep(0.01)
    time.sleep(1.5)
    print(f"ready other={other} db={PATH}", flush=True)
    time.sleep(1000)


main()
