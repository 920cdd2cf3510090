# SPDX-License-Identifier: GPL-2.0-or-later
# Python's logging with a RotatingFileHandler that syncs each record, so that a crash loses none.
#
# Perfect: one log, all by one thread; no word of several processes.
import logging
import logging.handlers
import os
import sys
import time


class Synced(logging.handlers.RotatingFileHandler):
    def emit(self, record):
        super().emit(record)
        os.fsync(self.stream.fileno())


log = logging.getLogger()
log.addHandler(Synced(sys.argv[1], maxBytes=2000, backupCount=5))
print("ready", flush=True)
while True:
    log.warning("a line of the log, which is rotated after fifty or so of them")
    time.sleep(0.003)
