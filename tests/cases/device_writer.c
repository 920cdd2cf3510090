/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device_writer DIRECTORY WAY: a program syncs each line of its log, on ext4 on a slow disk, whose
 * blocks are a file of DIRECTORY. Another one, backup, writes to the same disk as fast as it can:
 *   cache    into the page cache, and syncs now and then
 *   direct   past the page cache
 *   none     it does not: the disk is slow by itself
 *   itself   the log's own program does, in another thread
 *
 * Perfect: log-writer has been in fsync of its log for T; backup has written most to this device, at so many
 * bytes per second.
 */
#define _GNU_SOURCE
#include "case.h"
#include <sys/mount.h>
#include <sys/stat.h>

#define PIECE (256u << 10)
#define PART  (6u << 20)

static char place[PATH_MAX], way[16];

static void make_disk(const char *dir)
{
	char command[4 * PATH_MAX];

	snprintf(place, sizeof(place), "%s.disk", dir);
	snprintf(command, sizeof(command),
		 "mkdir -p '%s' && truncate -s 24M '%s/blocks' && mkfs.ext4 -q -F '%s/blocks' && mount -o "
		 "loop "
		 "'%s/blocks' '%s'",
		 place, dir, dir, dir, place);
	if (system(command))
		exit(77);
}

static int open_in(const char *name, int flags)
{
	char path[PATH_MAX + 16];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", place, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

static void back_up(void)
{
	int fd = open_in("backup", strcmp(way, "direct") ? 0 : O_DIRECT);
	unsigned long long written = PART;
	char *piece = NULL;

	if (posix_memalign((void **)&piece, 4096, PIECE))
		die("posix_memalign");
	for (unsigned at = 0;; at = (at + PIECE) % PART) {
		memset(piece, (int)at, PIECE);
		if (pwrite(fd, piece, PIECE, at) != PIECE)
			die("backup");
		written += PIECE;
		if (at)
			continue;
		tell("written=%llu", written); /* or somewhat more, when that is read */
		if (strcmp(way, "direct"))
			fdatasync(fd);
	}
}

static void write_log(void)
{
	static const char line[] = "a line of the log, with an end\n";
	int fd = open_in("the.log", O_APPEND);

	for (;;) {
		if (write(fd, line, sizeof(line) - 1) < 0)
			die("the.log");
		fsync(fd);
	}
}

int main(int argc, char **argv)
{
	pid_t other = 0;

	if (argc != 3)
		return 2;
	snprintf(way, sizeof(way), "%s", argv[2]);
	make_disk(argv[1]);
	start_named("log-writer", write_log);
	if (!strcmp(way, "itself"))
		start_named("copier", back_up);
	else if (strcmp(way, "none"))
		other = start_child("backup", back_up);
	sleep_ns(500000000);
	tell("ready other=%d log=%s/the.log", (int)other, place);
	sleep_on();
}
