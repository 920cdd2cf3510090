/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mutex in shared memory, whose owner, another process, is in a frozen cgroup of version 1. Argument: the
 * cgroup.
 *
 * Perfect: asks has waited T for mutex ADDR, held by owner, which has been frozen for T by its cgroup.
 */
#include "case.h"
#include "cgroup.h"
#include <sys/mman.h>

static pthread_mutex_t *lock;
static const char *cgroup;

static void own(void)
{
	pthread_mutex_lock(lock);
	if (cgroup_put(cgroup, "cgroup.procs", "0"))
		die(cgroup);
	sleep_on();
}

static void ask(void)
{
	pthread_mutex_lock(lock);
}

int main(int argc, char **argv)
{
	pthread_mutexattr_t shared;
	unsigned long switches;
	pid_t owner;

	cgroup = argc == 2 ? argv[1] : ".";
	lock = mmap(NULL, sizeof(*lock), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&shared);
	pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(lock, &shared);
	owner = start_child("owner", own);
	wait_until_still(owner);
	if (cgroup_put(cgroup, "freezer.state", "FROZEN"))
		die("freezer.state");
	while (thread_state(owner, &switches) != 'D')
		sleep_ns(1000000);
	start_blocked("asks", ask);
	sleep_ns(1200000000);
	tell("ready owner=%d", (int)owner);
	sleep_on();
}
