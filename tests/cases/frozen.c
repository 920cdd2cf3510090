/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frozen DIRECTORY WAY: the file system of the log is frozen, as by fsfreeze or a snapshot of a volume.
 *   write   a thread writes its log with log_mutex held, others wait for the mutex
 *   open    a thread creates a file there
 *   fallocate
 *
 * Perfect: log-writer has been in write of its log for T, because the file system is frozen.
 */
#define _GNU_SOURCE
#include "case.h"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <poll.h>
#include <sched.h>

static char place[PATH_MAX], way[16];
static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_fd;

static int make_disk(const char *dir)
{
	char command[4 * PATH_MAX];
	int fd;

	snprintf(place, sizeof(place), "%s/disk", dir);
	snprintf(command, sizeof(command),
		 "mkdir -p '%s' && truncate -s 24M '%s/blocks' && mkfs.ext4 -q -F '%s/blocks' && "
		 "mount -o loop '%s/blocks' '%s'",
		 place, dir, dir, dir, place);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || system(command))
		exit(77);
	fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		die(place);
	return fd;
}

/* Whoever waits for a frozen file system cannot be killed: it is thawed when the case ends. */
static void thaw_at_end(int disk)
{
	pid_t target = getpid();
	struct pollfd end = {.fd = pidfd_open(target, 0), .events = POLLIN};
	char path[32];

	if (end.fd < 0)
		die("pidfd_open");
	if (fork())
		return;
	setsid();
	if (fork())
		_exit(0);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)target);
	for (;;) { /* one that is killed is readable only once its last thread has ended */
		char line[512] = "", *state;
		FILE *f = fopen(path, "r");

		if (!f || !fgets(line, sizeof(line), f) || poll(&end, 1, 0))
			break;
		fclose(f);
		state = strrchr(line, ')');
		if (!state || state[2] == 'Z' || state[2] == 'X')
			break;
		sleep_ns(20000000);
	}
	ioctl(disk, FITHAW, 0);
	_exit(0);
}

static void write_log(void)
{
	static const char line[] = "a line of the log, with an end\n";

	for (;;) {
		pthread_mutex_lock(&log_mutex);
		if (write(log_fd, line, sizeof(line) - 1) < 0)
			die("the.log");
		pthread_mutex_unlock(&log_mutex);
		sleep_ns(1000000);
	}
}

static void create_new(void)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/new", place);
	open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static void allocate(void)
{
	fallocate(log_fd, 0, 0, 4096);
}

int main(int argc, char **argv)
{
	int disk;

	if (argc != 3)
		return 2;
	snprintf(way, sizeof(way), "%s", argv[2]);
	disk = make_disk(argv[1]);
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/the.log", place);
	log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log_fd < 0)
		die(path);
	if (ioctl(disk, FIFREEZE, 0))
		die("FIFREEZE");
	thaw_at_end(disk);
	if (!strcmp(way, "write")) {
		wait_until_still(start_named("log-writer", write_log));
		for (int i = 0; i < 3; i++)
			wait_until_still(start_named("worker", write_log));
	} else {
		wait_until_still(start_named("creator", strcmp(way, "open") ? allocate : create_new));
	}
	sleep_ns(1100000000);
	tell("ready log=%s", path);
	sleep_on();
}
