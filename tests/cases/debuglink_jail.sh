#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# debuglink_jail.sh: a stripped program in another root, where it lies at /DIR/waits. Its .gnu_debuglink names
# waits.debug, which this root has not; but this host has one at that path, even with the right checksum.
#
# Perfect: the function has no name, because no path of the jail is followed outside.
set -eu
here=$PWD
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
${CC:-gcc} -O1 -static -Wl,--build-id=none -o waits waits.c
objcopy --only-keep-debug waits waits.debug
strip waits
objcopy --add-gnu-debuglink=waits.debug waits
mkdir -p "jail$here"
mv waits "jail$here/"
exec chroot jail "$here/waits"
