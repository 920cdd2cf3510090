/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hung_fs DIR: on a file server that has stopped to answer (slowfs), "opener" is in open, "stater" in stat,
 * "reader" in read, "mapper" in a page fault of a mapping, and "syncer" in fsync with cache_lock held. Four
 * workers wait for cache_lock.
 *
 * Perfect: 4 threads wait for cache_lock, held by syncer, which has been in fsync(DIR/synced) for T; the
 * others wait for the same server, slowfs.
 */
#include "case.h"
#include <sys/mman.h>
#include <sys/stat.h>

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static int synced, read_from;
static const char *mapping;

static void sync_file(void)
{
	pthread_mutex_lock(&cache_lock);
	fsync(synced);
	pthread_mutex_unlock(&cache_lock);
}

static void open_file(void)
{
	close(open("opened", O_RDONLY | O_CLOEXEC));
}

static void stat_file(void)
{
	struct stat st;

	stat("stated", &st);
}

static void read_file(void)
{
	static char page[4096];

	if (pread(read_from, page, sizeof(page), 8192) < 0)
		die("read");
}

static void touch_mapping(void)
{
	*(volatile const char *)(mapping + 65536);
}

static void work(void)
{
	pthread_mutex_lock(&cache_lock);
	pthread_mutex_unlock(&cache_lock);
}

static int make_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, 1 << 20))
		die(name);
	return fd;
}

int main(int argc, char **argv)
{
	pid_t syncer;

	if (argc != 2 || chdir(argv[1]))
		return 2;
	make_file("opened");
	make_file("stated");
	synced = make_file("synced");
	read_from = make_file("read");
	mapping = mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, read_from, 0);
	if (mapping == MAP_FAILED || write(synced, "x", 1) != 1)
		die("synced");
	if (open("silence", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0) /* from now on nothing is answered */
		die("silence");
	syncer = start_named("syncer", sync_file);
	wait_until_still(syncer);
	wait_until_still(start_named("opener", open_file));
	wait_until_still(start_named("stater", stat_file));
	wait_until_still(start_named("reader", read_file));
	wait_until_still(start_named("mapper", touch_mapping));
	for (int i = 0; i < 4; i++)
		start_blocked("worker", work);
	sleep_ns(1100000000);
	tell("ready syncer=%d", (int)syncer);
	sleep_on();
}
