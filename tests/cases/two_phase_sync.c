/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * two_phase_sync FILE: "syncer" has 1 MiB of a mapped file in the page cache and calls fsync, which first
 * waits for each part of the data, then for the disk: its thread runs in between. Main says how long the
 * longest call has really lasted so far.
 *
 * Perfect: syncer has been in fsync(FILE) for T, T as main says it, and not since it last ran.
 */
#include "case.h"
#include <sys/mman.h>

#define BYTES (1u << 20)

static const char *path;
static _Atomic uint64_t began, longest;

static void sync_again(void)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	char *map;

	if (fd < 0 || ftruncate(fd, BYTES))
		die(path);
	map = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	for (char c = 1;; c++) {
		memset(map, c, BYTES);
		began = now_ns();
		if (fsync(fd))
			die("fsync");
		began = 0;
	}
}

int main(int argc, char **argv)
{
	path = argc > 1 ? argv[1] : "two_phase_sync.file";
	start_blocked("syncer", sync_again);
	tell("ready");
	for (;;) {
		uint64_t since = began, now = now_ns();

		if (since && now - since > longest)
			longest = now - since;
		tell("longest_ns=%llu", (unsigned long long)longest + 100000000);
		sleep_ns(50000000);
	}
}
