# SPDX-License-Identifier: GPL-2.0-or-later
# python_frames_gdb.py OUTPUT: what "thread apply all py-bt" prints, as python_frames.py prints its own frames.
import re
import sys

tid = None
for line in open(sys.argv[1], encoding="utf-8", errors="replace"):
    thread = re.match(r"Thread \d+ \(.*LWP (\d+)\)", line)
    frame = re.match(r'  File "(.*)", line (\d+), in (.*)', line)
    if thread:
        tid = thread[1]
    elif frame and tid:
        print(tid, frame[3].replace(" ", ""), f"{frame[1]}:{frame[2]}")
