# SPDX-License-Identifier: GPL-2.0-or-later
# Python's logging with a QueueListener whose handler is slow; the process is killed by SIGTERM with most lines in
# its own memory.
#
# Perfect: killed by SIGTERM; what reached write is in the page cache, lines not yet written are lost.
import logging
import logging.handlers
import os
import queue
import signal
import sys
import time


class Slow(logging.FileHandler):
    def emit(self, record):
        super().emit(record)
        time.sleep(0.01)


lines = queue.Queue()
log = logging.getLogger()
log.addHandler(logging.handlers.QueueHandler(lines))
logging.handlers.QueueListener(lines, Slow(sys.argv[1])).start()
print("ready", flush=True)
for _ in range(1000):
    log.warning("a line of the log")
    time.sleep(0.002)
os.kill(os.getpid(), signal.SIGTERM)
