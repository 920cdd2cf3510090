/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * circle_processes FILE: it holds the lock of FILE and waits for its child, which wants that lock.
 *
 * Perfect: a deadlock: it waits for its child (PID), which waits for the lock of FILE, which it holds.
 */
#include "case.h"
#include <sys/file.h>

static const char *path;

static void lock_it(void)
{
	if (flock(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), LOCK_EX))
		die(path);
}

static pid_t child;

/* Its parent waits by then. */
static void tell_later(void)
{
	sleep_ns(1500000000);
	tell("ready pid=%d child=%d", (int)getppid(), (int)child);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	path = argv[1];
	lock_it();
	child = start_child("child", lock_it);
	start_child("teller", tell_later);
	waitpid(child, NULL, 0);
	return 0;
}
