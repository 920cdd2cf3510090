/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wait_child FILE: it waits for its child, which waits for the lock of FILE, which a third process holds.
 *
 * Perfect: it waits for its child stuck-child (PID), which has been waiting for the lock of FILE, held by
 * holder (PID).
 */
#include "case.h"
#include <sys/file.h>

static const char *path;

static void lock_it(void)
{
	if (flock(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), LOCK_EX))
		die(path);
	sleep_on();
}

static pid_t holder, child;

/* Its parent waits by then. */
static void tell_later(void)
{
	sleep_ns(1500000000);
	tell("ready pid=%d child=%d holder=%d", (int)getppid(), (int)child, (int)holder);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	path = argv[1];
	holder = start_child("holder", lock_it);
	sleep_ns(300000000);
	child = start_child("stuck-child", lock_it);
	start_child("teller", tell_later);
	waitpid(child, NULL, 0);
	return 0;
}
