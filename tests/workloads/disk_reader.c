/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a file of --mib below --dir --times times from storage, each second time in a thread that ends then,
 * and writes another one as often, with a sync. Says what it asked to read, and what the kernel counted as
 * read.
 */
#include "workload.h"

#define PIECE (1u << 20)

static const char *dir;
static long mib;
static char *memory; /* aligned for O_DIRECT */

static unsigned long long read_so_far(void)
{
	unsigned long long bytes = 0;
	char line[128];
	FILE *f = fopen("/proc/self/io", "re");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "read_bytes: %llu", &bytes);
	if (f)
		fclose(f);
	return bytes;
}

static int open_file(const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EINVAL && (flags & O_DIRECT)) /* tmpfs */
		fd = open(path, (flags & ~O_DIRECT) | O_CLOEXEC, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

static void write_file(const char *name)
{
	int fd = open_file(name, O_WRONLY | O_CREAT | O_TRUNC);

	for (long i = 0; i < mib; i++)
		if (write(fd, memory, PIECE) != PIECE)
			die("write");
	if (fsync(fd))
		die("fsync");
	close(fd);
}

static void *read_file(void *arg)
{
	int fd = open_file("read.me", O_RDONLY | O_DIRECT);

	for (long i = 0; i < mib; i++)
		if (read(fd, memory, PIECE) != PIECE)
			die("read");
	close(fd);
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "dir mib times");
	long times = option_number(argc, argv, "times", 8);
	unsigned long long before, after;

	dir = option(argc, argv, "dir", ".");
	mib = option_number(argc, argv, "mib", 16);
	if (posix_memalign((void **)&memory, PIECE, PIECE))
		die("memory");
	memset(memory, 'x', PIECE);
	write_file("read.me");
	wait_for_go(&w);
	before = read_so_far();
	for (long i = 0; i < times; i++) {
		if (i % 2)
			pthread_join(start_thread(read_file, NULL, 65536), NULL);
		else
			read_file(NULL);
		write_file("written");
	}
	after = read_so_far();
	announcef(&w, "{\"pid\":%d,\"read\":%llu,\"asked\":%llu}", (int)getpid(), after - before,
		  (unsigned long long)times * (unsigned long long)mib * PIECE);
	stay(&w);
	return 0;
}
