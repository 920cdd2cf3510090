# SPDX-License-Identifier: GPL-2.0-or-later
# It writes all input of a filter before it reads the first line of what comes out: both pipes fill, and each waits for
# the other.
#
# Perfect: a deadlock: it is in write to a full pipe, read by cat (PID), which is in write to a full pipe, read by it.
import os
import subprocess
import sys
import time

child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
if not os.fork():
    child.stdin.close()
    child.stdout.close()
    time.sleep(2)
    print(f"ready child={child.pid}", flush=True)
    sys.exit()
child.stdin.write(b"x" * 10000000)
