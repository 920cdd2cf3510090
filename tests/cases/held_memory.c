/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * held_memory DIR: a process whose maps nobody can read. A child, "observer", reads its memory through
 * /proc/PID/mem, at a page of a file whose server has stopped to answer (slowfs), and holds the lock of that
 * memory meanwhile, for reading. "mapper" wants it for writing, in mmap; since then all who read maps or
 * cmdline wait, too. "innocent" sleeps.
 *
 * Perfect: every command ends within seconds, that of another process, or of every process, without a loss.
 */
#include "case.h"
#include <sys/mman.h>

static char *page;

static void observe(void)
{
	char path[64], byte;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)getppid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	(void)!pread(fd, &byte, 1, (off_t)(uintptr_t)page);
}

static void map(void)
{
	mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void sleep_long(void)
{
	sleep_on();
}

int main(int argc, char **argv)
{
	int fd;

	if (argc != 2 || chdir(argv[1]))
		return 2;
	start_named("innocent", sleep_long);
	/* Their stacks are mapped before the lock is held. */
	fd = open("mapped", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 1 << 20))
		die("mapped");
	page = mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED || open("silence", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0)
		die("silence");
	wait_until_still(start_child("observer", observe));
	sleep_ns(100000000);
	tell("ready");
	map();
	sleep_on();
}
