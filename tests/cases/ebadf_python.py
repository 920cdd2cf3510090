# SPDX-License-Identifier: GPL-2.0-or-later
# A log whose descriptor has been closed by another part of the program: each write fails with EBADF, and the
# logger swallows the error, as logging's handlers do in production.
#
# Perfect: N of N writes failed, with the error's name.
import logging
import os
import sys
import time

logging.raiseExceptions = False
handler = logging.FileHandler(sys.argv[1])
logging.getLogger().addHandler(handler)
closed = os.open(sys.argv[1], os.O_RDONLY)
os.dup2(closed, handler.stream.fileno())
print("ready", flush=True)
while True:
    logging.warning("a line")
    time.sleep(0.01)
