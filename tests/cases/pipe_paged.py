# SPDX-License-Identifier: GPL-2.0-or-later
"""A program writes to a pager, which has shown a page and waits for a key.

Perfect: worth a line, and no warning: the person has not read on.
"""
import os
import pty
import time

child, terminal = pty.fork()
if not child:
    read_end, write_end = os.pipe()
    if not os.fork():
        os.close(write_end)
        keys = os.open("/dev/tty", os.O_RDONLY)
        os.read(read_end, 4096)
        os.read(keys, 1)
        os._exit(0)
    os.close(read_end)
    while True:
        os.write(write_end, b"line\n" * 1000)
time.sleep(2.5)
print(f"ready pid={child}", flush=True)
time.sleep(1000)
