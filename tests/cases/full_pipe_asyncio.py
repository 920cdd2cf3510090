# SPDX-License-Identifier: GPL-2.0-or-later
# An event loop feeds a slower child through a non-blocking pipe, and writes the rest of what does not fit when
# there is room. Perfect: no warning, as nothing is lost.
import asyncio
import sys


async def feed():
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import sys, time\nwhile sys.stdin.buffer.raw.read(16384): time.sleep(0.02)",
        stdin=asyncio.subprocess.PIPE)
    print("ready", flush=True)
    while True:
        child.stdin.write(b"x" * 99999 + b"\n")
        await child.stdin.drain()


asyncio.run(feed())
