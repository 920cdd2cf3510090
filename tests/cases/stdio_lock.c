/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "writer" writes lines with fputs() to a stream on a pipe that nobody reads, which is full: it holds the
 * FILE's lock. 5 workers want to write to the stream, too.
 *
 * Perfect: 5 threads wait, up to T, for a stdio lock held by writer, which has been in write(pipe) for T.
 */
#include "case.h"
#include <string.h>

static FILE *out;

static void *writer(void *arg)
{
	char line[4096];

	prctl(PR_SET_NAME, "writer");
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (;;)
		fputs(line, out);
	return arg;
}

static void *worker(void *arg)
{
	prctl(PR_SET_NAME, "worker");
	fputs("a line\n", out);
	return arg;
}

int main(void)
{
	pthread_t t;
	int ends[2];

	if (pipe(ends))
		return 1;
	out = fdopen(ends[1], "w");
	pthread_create(&t, NULL, writer, NULL);
	usleep(300000);
	for (int i = 0; i < 5; i++)
		pthread_create(&t, NULL, worker, NULL);
	sleep(2);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
