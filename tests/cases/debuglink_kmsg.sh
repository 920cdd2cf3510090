#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# debuglink_kmsg.sh TARGET: a stripped program whose .gnu_debuglink names a symbolic link to TARGET: /proc/kmsg, a
# regular file for stat, whose read waits and takes the kernel's messages away; or "fifo", a named pipe.
#
# Perfect: each command ends at once, without the function's name, and neither is opened.
set -eu
. "${0%/*}/debuglink.sh"
build_waits -O1
rm waits.debug
if [ "$1" = fifo ]; then
	mkfifo waits.debug
else
	ln -s "$1" waits.debug
fi
exec ./waits
