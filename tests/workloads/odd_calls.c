/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes and syncs as no logger should make them, in the folder --path, and what each file must count for.
 */
#include "workload.h"
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define HUGE_BYTES (64 << 20)
#define PARTS      1024

static const char *folder;

static int open_in(const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("write");
}

static void fails(ssize_t n, int with)
{
	if (n >= 0 || errno != with)
		die("a call that should fail");
}

/* Nothing, from nowhere, in no or in empty parts: 4 of 6 calls succeed without a byte, 2 fail. */
static void empty_and_bad(void)
{
	int fd = open_in("bad.log", O_APPEND);
	struct iovec none[2] = {{NULL, 0}, {"", 0}}, bad = {(void *)-1, 100};

	for (int i = 0; i < 2; i++)
		if (write(fd, "x", 0) || writev(fd, none, i * 2))
			die("an empty write");
	fails(write(fd, (void *)-1, 100), EFAULT);
	fails(writev(fd, &bad, 1), EFAULT);
}

static void huge(void)
{
	int fd = open_in("huge.log", O_APPEND);
	char *block = mmap(NULL, HUGE_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (block == MAP_FAILED || write(fd, block, HUGE_BYTES) != HUGE_BYTES)
		die("a huge write");
}

/* More parts than are looked at: no short write is to be seen in it. */
static void many_parts(void)
{
	static struct iovec parts[PARTS];
	int fd = open_in("parts.log", O_APPEND);

	for (int i = 0; i < PARTS; i++)
		parts[i] = (struct iovec){"part\n", 5};
	if (writev(fd, parts, PARTS) != 5L * PARTS)
		die("a write in many parts");
}

/* One open file by three descriptors, one of them number 900. */
static void duplicates(void)
{
	int fd = open_in("dup.log", O_APPEND), other = dup(fd), far = dup2(fd, 900);

	for (int i = 0; i < 3; i++) {
		put(fd, "one\n");
		put(other, "two\n");
		put(far, "six\n");
	}
}

/* A descriptor that is another file at each write. */
static void reused(void)
{
	int a = open_in("a.log", O_APPEND), b = open_in("b.log", O_APPEND), fd = dup(a);

	for (int i = 0; i < 100; i++) {
		if (dup2(i % 2 ? b : a, fd) != fd)
			die("dup2");
		put(fd, i % 2 ? "to b\n" : "a\n");
	}
}

static void synced_first(void)
{
	int fd = open_in("synced.log", O_APPEND);

	if (fsync(fd))
		die("fsync");
	put(fd, "now\n");
}

static void synced_always(void)
{
	put(open_in("sync.log", O_APPEND | O_SYNC), "safe\n");
	put(open_in("dsync.log", O_APPEND | O_DSYNC), "safe\n");
}

/* Two ways to the disk in one file: 4 bytes are not there. */
static void synced_sometimes(void)
{
	struct iovec line = {"safe\n", 5};

	put(open_in("some.log", O_APPEND), "not\n");
	put(open_in("some.log", O_APPEND | O_DSYNC), "safe\n");
	if (pwritev2(open_in("rwf.log", O_APPEND), &line, 1, -1, RWF_DSYNC) != 5)
		die("pwritev2");
}

/* What is not open for it. */
static void refused(void)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY), path;

	fails(write(fd, "x", 1), EBADF);
	path = open(folder, O_PATH);
	fails(write(path, "x", 1), EBADF);
	fails(fsync(path), EBADF);
	fails(write(-1, "x", 1), EBADF);
	fails(write(INT_MAX, "x", 1), EBADF);
	fails(fsync(-1), EBADF);
}

/* A child that has the open file from its parent. */
static pid_t shared(void)
{
	int fd = open_in("shared.log", O_APPEND);
	pid_t child = fork();

	if (child < 0)
		die("fork");
	for (int i = 0; i < (child ? 10 : 20); i++)
		put(fd, child ? "parent\n" : "child\n");
	if (!child)
		_exit(0);
	waitpid(child, NULL, 0);
	return child;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "path");
	pid_t child;

	folder = option(argc, argv, "path", ".");
	wait_for_go(&w);
	empty_and_bad();
	huge();
	many_parts();
	duplicates();
	reused();
	synced_first();
	synced_always();
	synced_sometimes();
	refused();
	child = shared();
	announcef(&w, "{\"pid\":%d,\"path\":\"%s\",\"child\":%d,\"huge\":%d}", (int)getpid(), folder,
		  (int)child, HUGE_BYTES);
	stay(&w);
	return 0;
}
