#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints `[number] = "name",` for each system call of this architecture.
set -eu
{
	echo '#include <asm/unistd.h>' | ${CC:-cc} -E -dM - |
		sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\2 \1/p'
	# Newer than the headers of Debian 12; the same numbers on every architecture (scripts/syscall.tbl).
	printf '%s\n' '449 futex_waitv' '451 cachestat' '452 fchmodat2' '454 futex_wake' '455 futex_wait' '456 futex_requeue'
} | sort -n -u -k1,1 | sed 's/^\([0-9]*\) \(.*\)$/\t[\1] = "\2",/'
