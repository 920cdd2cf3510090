# SPDX-License-Identifier: GPL-2.0-or-later
"""A program of asyncio whose only coroutine reads lines of standard input, a pipe, as servers of editors do.

Perfect: worth a line, and no warning.
"""
import asyncio
import os
import sys
import threading
import time


def tell():
    time.sleep(2)
    print("ready", flush=True)


async def main():
    for line in sys.stdin:
        print(line)


read_end, write_end = os.pipe()
os.dup2(read_end, 0)
threading.Thread(target=tell, daemon=True).start()
asyncio.run(main())
