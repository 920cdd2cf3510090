/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_locks FOLDER: the child "waiter" waits for three locks on files, each in a thread of its own: flock,
 * a record lock and one of an open file description. Its parent, "lock-owner", holds them and does nothing.
 *
 * Perfect: three threads wait for a file lock, on which file, held by lock-owner (PID).
 */
#include "case.h"
#include <sys/file.h>

static const char *folder;

static int open_file(const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		die(path);
	return fd;
}

static void lock_flock(void)
{
	if (flock(open_file("flock"), LOCK_EX))
		die("flock");
}

static void lock_record(void)
{
	struct flock lock = {.l_type = F_WRLCK};

	if (fcntl(open_file("record"), F_SETLKW, &lock))
		die("F_SETLKW");
}

static void lock_description(void)
{
	struct flock lock = {.l_type = F_WRLCK};

	if (fcntl(open_file("description"), F_OFD_SETLKW, &lock))
		die("F_OFD_SETLKW");
}

static void want_all(void)
{
	start_blocked("by-flock", lock_flock);
	start_blocked("by-record", lock_record);
	start_blocked("by-descr", lock_description);
	sleep_ns(1100000000);
	tell("ready pid=%d owner=%d", (int)getpid(), (int)getppid());
	sleep_on();
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	folder = argv[1];
	set_name("lock-owner");
	lock_flock();
	lock_record();
	lock_description();
	start_child("waiter", want_all);
	sleep_on();
}
