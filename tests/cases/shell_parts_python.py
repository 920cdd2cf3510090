# SPDX-License-Identifier: GPL-2.0-or-later
# Python writes the first part of each line, and a child that it starts the rest.
#
# Perfect: nothing is torn.
import os
import subprocess
import sys

log = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
print("ready", flush=True)
while True:
    os.write(log, b"working ... ")
    subprocess.run(["echo", "done"], stdout=log, check=True)
