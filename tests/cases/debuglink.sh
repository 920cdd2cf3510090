# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# For cases: a program that waits in wait_here(), and whose .gnu_debuglink names waits.debug.

# build_waits FLAG...: makes ./waits, without symbols, and ./waits.debug, which has them.
build_waits() {
	cat >waits.c <<-'C'
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
	${CC:-gcc} "$@" -Wl,--build-id=none -o waits waits.c
	objcopy --only-keep-debug waits waits.debug
	strip waits
	objcopy --add-gnu-debuglink=waits.debug waits
}
