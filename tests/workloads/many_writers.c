/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --threads threads, which begin together, write blocks of --size bytes to the beginning of --path, --writes
 * each, through one descriptor. Prints how long their writes took in all.
 */
#include "workload.h"

struct writer {
	int fd;
	long writes;
	size_t size;
	const char *block;
	uint64_t ns;
};

static pthread_barrier_t all_there;

FRAME void write_blocks(struct writer *w)
{
	for (long i = 0; i < w->writes; i++) {
		uint64_t began = now_ns();

		if (pwrite(w->fd, w->block, w->size, 0) != (ssize_t)w->size)
			die("write");
		w->ns += now_ns() - began;
	}
	KEEP_FRAME();
}

static void *run(void *arg)
{
	pthread_barrier_wait(&all_there);
	write_blocks(arg);
	return NULL;
}

#define MOST_THREADS 64

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "path threads writes size");
	long threads = option_number(argc, argv, "threads", 8),
	     writes = option_number(argc, argv, "writes", 10);
	size_t size = (size_t)option_number(argc, argv, "size", 16 << 20);
	char *block = calloc(1, size);
	struct writer writer[MOST_THREADS];
	pthread_t thread[MOST_THREADS];
	uint64_t ns = 0;
	int fd = open(option(argc, argv, "path", "many.log"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || !block)
		die("open");
	if (threads > MOST_THREADS)
		threads = MOST_THREADS;
	if (pthread_barrier_init(&all_there, NULL, (unsigned)threads))
		die("pthread_barrier_init");
	wait_for_go(&w);
	for (long i = 0; i < threads; i++) {
		writer[i] = (struct writer){.fd = fd, .writes = writes, .size = size, .block = block};
		if (pthread_create(&thread[i], NULL, run, &writer[i]))
			die("pthread_create");
	}
	for (long i = 0; i < threads; i++) {
		pthread_join(thread[i], NULL);
		ns += writer[i].ns;
	}
	announcef(&w, "{\"pid\":%d,\"fd\":%d,\"writes\":%ld,\"ns\":%llu}", (int)getpid(), fd,
		  threads * writes, (unsigned long long)ns);
	wait_for_file(w.stop);
	return 0;
}
