# SPDX-License-Identifier: GPL-2.0-or-later
"""perfmap_fifo.py TARGET: code in memory without a file, as a just-in-time compiler makes it, and for its names a
/tmp/perf-PID.map that is a link to TARGET, or with "fifo" a named pipe.

Perfect: each command ends at once, without names for that code, and nothing is opened.
"""
import atexit
import ctypes
import mmap
import os
import sys

PAUSE = bytes((0xB8, 34, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xF7))  # again: mov $34, %eax; syscall; jmp again

path = f"/tmp/perf-{os.getpid()}.map"
if os.path.lexists(path):
    os.unlink(path)
if sys.argv[1] == "fifo":
    os.mkfifo(path)
else:
    os.symlink(sys.argv[1], path)
atexit.register(os.unlink, path)
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(PAUSE)
print("ready", flush=True)
ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
