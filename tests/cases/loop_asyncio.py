# SPDX-License-Identifier: GPL-2.0-or-later
"""An event loop of asyncio, which by its argument
sleep  calls time.sleep in a coroutine
recv   receives from a blocking socket in a coroutine
lock   takes a threading.Lock in a coroutine, which another thread has
idle   healthy: serves connections, of which none comes
short  healthy: sleeps in coroutines for 20 ms, again and again

Perfect: the event loop of asyncio in python3 has been in clock_nanosleep for T, called in fetch at
loop_asyncio.py: nothing else of it runs meanwhile. Nothing of the healthy ones."""
import asyncio
import socket
import sys
import threading
import time

lock = threading.Lock()
ends = socket.socketpair()


def keep():
    with lock:
        time.sleep(1000)


async def fetch(how):
    if how == "sleep":
        time.sleep(1000)
    elif how == "recv":
        ends[0].recv(1)
    elif how == "lock":
        lock.acquire()
    while how == "short":
        time.sleep(0.02)
        await asyncio.sleep(0)


async def main(how):
    await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    if how == "lock":
        threading.Thread(target=keep, daemon=True).start()
        while not lock.locked():
            await asyncio.sleep(0.001)
    print("ready", flush=True)
    await fetch(how)
    await asyncio.sleep(1000)


asyncio.run(main(sys.argv[1]))
