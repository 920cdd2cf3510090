# SPDX-License-Identifier: GPL-2.0-or-later
"""Healthy threads of Python, by the argument: "pools" of concurrent.futures and multiprocessing without work;
"joins": the main thread and two others that wait for the end of a thread.

Perfect: no finding; the pools' threads are idle.
"""
import concurrent.futures
import multiprocessing.pool
import sys
import threading
import time


def tell():
    time.sleep(1.5)
    print("ready", flush=True)


threading.Thread(target=tell, daemon=True).start()
if sys.argv[1] == "pools":
    executor = concurrent.futures.ThreadPoolExecutor(4)
    list(executor.map(time.sleep, [0.1] * 8))
    pool = multiprocessing.pool.ThreadPool(3)
    pool.map(abs, range(9))
    time.sleep(1000)
else:
    worker = threading.Thread(target=time.sleep, args=(1000,))
    worker.start()
    for _ in range(2):
        threading.Thread(target=worker.join, daemon=True).start()
    worker.join()
