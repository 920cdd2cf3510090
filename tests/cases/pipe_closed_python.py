# SPDX-License-Identifier: GPL-2.0-or-later
# Children that print until their reader, which takes one line, closes the pipe: Python turns EPIPE into an exception,
# which ends them.
#
# Perfect: no warning.
import subprocess
import sys
import time

CHILD = "while True: print('a line of output', flush=True)"

print("ready", flush=True)
while True:
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        child.stdout.readline()
        child.stdout.close()
        child.wait()
    time.sleep(0.1)
