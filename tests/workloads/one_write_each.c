/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --threads threads (300) that each write once, into a pipe of their own that
 * is full; these are read empty one after another, one a millisecond. So calls
 * end at all times, and no other one on the same file follows.
 */
#include "workload.h"

#define BLOCK 4096

static void *write_once(void *arg)
{
	static char block[BLOCK];

	if (write(*(int *)arg, block, BLOCK) != BLOCK)
		die("write");
	return NULL;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "threads");
	size_t count = (size_t)option_number(argc, argv, "threads", 300);
	pthread_t *threads = calloc(count + 1, sizeof(*threads));
	int(*ends)[2] = calloc(count + 1, sizeof(*ends));
	char block[BLOCK] = "";

	for (size_t i = 0; i < count; i++) {
		if (pipe(ends[i]) || fcntl(ends[i][1], F_SETPIPE_SZ, BLOCK) != BLOCK ||
		    write(ends[i][1], block, BLOCK) != BLOCK)
			die("pipe");
	}
	wait_for_go(&w);
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, write_once, &ends[i][1]))
			die("pthread_create");
	for (size_t i = 0; i < count; i++) {
		sleep_ns(1000000);
		if (read(ends[i][0], block, BLOCK) != BLOCK)
			die("read");
	}
	for (size_t i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	announcef(&w, "{\"pid\":%d,\"count\":%zu,\"bytes\":%zu}", (int)getpid(), count, count * BLOCK);
	wait_for_file(w.stop);
	return 0;
}
