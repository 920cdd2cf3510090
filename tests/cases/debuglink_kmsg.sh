#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debuglink_kmsg.sh TARGET: a stripped program whose .gnu_debuglink names a symbolic link to TARGET: /proc/kmsg, a
# regular file for stat, whose read waits and takes the kernel's messages away; or "fifo", a named pipe.
#
# Perfect: each command ends at once, without the function's name, and neither is opened.
set -eu
cat >waits.c <<'C'
#include <stdio.h>
#include <unistd.h>
__attribute__((noinline)) static void wait_here(void)
{
	for (;;)
		pause();
}
int main(void)
{
	printf("ready\n");
	fflush(stdout);
	wait_here();
}
C
${CC:-gcc} -O1 -Wl,--build-id=none -o waits waits.c
objcopy --only-keep-debug waits waits.debug
strip waits
objcopy --add-gnu-debuglink=waits.debug waits
rm waits.debug
if [ "$1" = fifo ]; then
	mkfifo waits.debug
else
	ln -s "$1" waits.debug
fi
exec ./waits
