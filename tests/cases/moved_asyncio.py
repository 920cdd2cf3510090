# SPDX-License-Identifier: GPL-2.0-or-later
# One task of asyncio writes lines in two parts, each by any thread of a pool, because os.write may block.
#
# Perfect: nothing is torn, because one task writes; whether the threads of a pool serve one writer cannot be known.
import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor


async def main():
    fd = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(4)
    await asyncio.gather(*(loop.run_in_executor(pool, os.getpid) for _ in range(8)))
    print("ready", flush=True)
    while True:
        await loop.run_in_executor(pool, os.write, fd, b"step ... ")
        await asyncio.sleep(0.003)
        await loop.run_in_executor(pool, os.write, fd, b"done\n")
        await asyncio.sleep(0.003)


asyncio.run(main())
