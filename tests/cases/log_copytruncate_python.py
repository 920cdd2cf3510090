# SPDX-License-Identifier: GPL-2.0-or-later
# A log that is open without O_APPEND is copied and truncated by another process, as by copytruncate of logrotate:
# writing goes on at the old position, behind a hole of NULs.
#
# Perfect: the hole is named, from where to where, and what to do; nobody overwrites anybody.
import os
import sys
import time

log = open(sys.argv[1], "w", buffering=1)
if os.fork() == 0:
    while os.getppid() != 1:
        time.sleep(0.3)
        os.truncate(sys.argv[1], 0)
    os._exit(0)
print("ready", flush=True)
while True:
    log.write("a line of the log that is long enough to be one\n")
    time.sleep(0.002)
