# SPDX-License-Identifier: GPL-2.0-or-later
# Two processes write one log without O_APPEND, each at a position of its own: each writes over the other's lines.
#
# Perfect: one process has overwritten the other's data; critical.
import os
import sys
import time

child = os.fork()
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT, 0o600)
if child:
    print(f"ready other={child}", flush=True)
while True:
    os.write(fd, b"a line of the log of one of two\n")
    time.sleep(0.002)
