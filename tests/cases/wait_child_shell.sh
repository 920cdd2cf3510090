#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# wait_child_shell FILE: a script waits for flock(1), which waits for the lock of FILE. Its holder has ended; what it
# started in the background has inherited the descriptor.
#
# Perfect: it waits for its child flock, which waits for the lock of FILE, held by sleep (PID), which inherited it.
sh -c 'exec 9>"$1"; flock 9; sleep 1000 & echo $!' - "$1" >"$1.pid" 2>/dev/null
# no child of this shell: whose end would interrupt its wait
((sleep 3 && echo ready holder="$(cat "$1.pid")") &)
trap 'kill $(cat "$1.pid")' EXIT
flock "$1" true
:
