# SPDX-License-Identifier: GPL-2.0-or-later
"""A thread waits for the end of a command that has filled the pipe of its output. No thread reads it.

Perfect: worth a line: it waits for its child, which has been in write(pipe), which this process has open, but no thread
reads it.
"""
import subprocess
import threading
import time


def tell():
    time.sleep(2)
    print("ready", flush=True)


for work in (tell, lambda: time.sleep(1000)):
    threading.Thread(target=work, daemon=True).start()
with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as command:
    command.wait()
