/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes in ways whose figures are known, and prints them. --mode:
 *   plain     --writes writes of --size bytes appended to --path, an fsync after every --fsync-every
 *   overwrite the same without O_APPEND
 *   full      --path is opened as it is (/dev/full): every write fails
 *   limit     RLIMIT_FSIZE is 10.5 writes: 10 whole ones, a short one, then errors
 *   nonblock  a pipe that nobody reads, O_NONBLOCK: whole, short and failing writes
 *   badfd     writes to a descriptor that is not open
 *   reuse     --writes writes to --path, then twice as many to --path2 on the same descriptor
 *   calls     each kind of write and sync call a known number of times
 */
#include "workload.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct figures {
	unsigned long writes, bytes, errors, short_writes, fsyncs;
};

static void count(struct figures *f, ssize_t n, size_t asked)
{
	f->writes++;
	if (n < 0)
		f->errors++;
	else
		f->bytes += (unsigned long)n;
	if (n >= 0 && (size_t)n < asked)
		f->short_writes++;
}

static void count_sync(struct figures *f, int err)
{
	if (err)
		die("sync");
	f->fsyncs++;
}

static int open_for_write(const char *path, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

	if (fd < 0)
		die(path);
	return fd;
}

static struct figures write_many(int fd, const char *block, size_t size, long n, long fsync_every)
{
	struct figures f = {0};

	for (long i = 1; i <= n; i++) {
		count(&f, write(fd, block, size), size);
		if (fsync_every && i % fsync_every == 0)
			count_sync(&f, fsync(fd));
	}
	return f;
}

static int full_pipe(void)
{
	int ends[2];

	if (pipe2(ends, O_NONBLOCK))
		die("pipe2");
	return ends[1];
}

static void limit_file_size(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_FSIZE, &limit))
		die("getrlimit");
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	if (setrlimit(RLIMIT_FSIZE, &limit))
		die("setrlimit");
}

static void make_calls(const struct workload *w, int fd, const char *path)
{
	char block[100] = {0};
	struct iovec parts[2] = {{block, 60}, {block, 40}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	struct figures file = {0}, sock = {0}, mapping = {0};
	char *map;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		die("socketpair");
	for (int i = 0; i < 7; i++)
		count(&file, write(fd, block, 100), 100);
	for (int i = 0; i < 6; i++)
		count(&file, writev(fd, parts, 2), 100);
	for (int i = 0; i < 5; i++)
		count(&file, pwrite(fd, block, 100, 8192), 100);
	for (int i = 0; i < 4; i++)
		count(&file, pwritev(fd, parts, 2, 8192), 100);
	for (int i = 0; i < 3; i++)
		count(&file, pwritev2(fd, parts, 2, 8192, 0), 100);
	for (int i = 0; i < 2; i++) {
		count(&sock, sendto(pair[0], block, 100, 0, NULL, 0), 100);
		recv(pair[1], block, 100, 0);
	}
	count(&sock, sendmsg(pair[0], &message, 0), 100);
	recv(pair[1], block, 100, 0);
	count(&sock, write(pair[0], block, 100), 100);
	recv(pair[1], block, 100, 0);

	for (int i = 0; i < 4; i++)
		count_sync(&file, fdatasync(fd));
	for (int i = 0; i < 3; i++)
		count_sync(&file, sync_file_range(fd, 0, 100, SYNC_FILE_RANGE_WRITE));
	for (int i = 0; i < 2; i++)
		count_sync(&file, fsync(fd));
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	for (int i = 0; i < 5; i++)
		count_sync(&mapping, msync(map, 4096, MS_SYNC));
	announcef(w,
		  "{\"pid\":%d,\"path\":\"%s\",\"fd\":%d,\"writes\":%lu,\"bytes\":%lu,\"fsyncs\":%lu,"
		  "\"msyncs\":%lu,"
		  "\"socket_fd\":%d,\"socket_writes\":%lu,\"socket_bytes\":%lu}",
		  (int)getpid(), path, fd, file.writes, file.bytes, file.fsyncs, mapping.fsyncs, pair[0],
		  sock.writes, sock.bytes);
}

static void reuse_descriptor(const struct workload *w, const char *block, size_t size, long n,
			     const char *path, const char *path2)
{
	int fd = open_for_write(path, O_APPEND), fd2;
	struct figures f = write_many(fd, block, size, n, 0), f2;

	close(fd);
	fd2 = open_for_write(path2, O_APPEND);
	f2 = write_many(fd2, block, size, 2 * n, 0);
	announcef(w,
		  "{\"pid\":%d,\"fd\":%d,\"path\":\"%s\",\"writes\":%lu,\"bytes\":%lu,"
		  "\"fd2\":%d,\"path2\":\"%s\",\"writes2\":%lu,\"bytes2\":%lu}",
		  (int)getpid(), fd, path, f.writes, f.bytes, fd2, path2, f2.writes, f2.bytes);
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "mode path path2 writes size fsync-every");
	const char *mode = option(argc, argv, "mode", "plain");
	const char *path = option(argc, argv, "path", "/dev/null");
	const char *path2 = option(argc, argv, "path2", "/dev/null");
	long n = option_number(argc, argv, "writes", 100);
	size_t size = (size_t)option_number(argc, argv, "size", 120);
	long fsync_every = option_number(argc, argv, "fsync-every", 0);
	char *block = malloc(size + 1);
	struct figures f;
	int fd = -1;

	memset(block, 'x', size);
	if (size)
		block[size - 1] = '\n';
	wait_for_go(&w);
	if (!strcmp(mode, "reuse")) {
		reuse_descriptor(&w, block, size, n, path, path2);
		wait_for_file(w.stop);
		return 0;
	}
	if (!strcmp(mode, "calls")) {
		make_calls(&w, open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), path);
		wait_for_file(w.stop);
		return 0;
	}

	if (!strcmp(mode, "plain"))
		fd = open_for_write(path, O_APPEND);
	else if (!strcmp(mode, "overwrite") || !strcmp(mode, "full") || !strcmp(mode, "limit"))
		fd = open_for_write(path, 0);
	else if (!strcmp(mode, "nonblock"))
		fd = full_pipe();
	else if (!strcmp(mode, "badfd"))
		fd = 999;
	else
		die(mode);
	if (!strcmp(mode, "limit"))
		limit_file_size(10 * size + size / 2);
	f = write_many(fd, block, size, n, fsync_every);
	if (!strcmp(mode, "limit")) /* announce() writes, too */
		limit_file_size(RLIM_INFINITY);
	announcef(&w,
		  "{\"pid\":%d,\"fd\":%d,\"path\":\"%s\",\"writes\":%lu,\"bytes\":%lu,\"errors\":%lu,\"short_"
		  "writes\":%lu,"
		  "\"fsyncs\":%lu}",
		  (int)getpid(), fd, path, f.writes, f.bytes, f.errors, f.short_writes, f.fsyncs);
	wait_for_file(w.stop);
	return 0;
}
