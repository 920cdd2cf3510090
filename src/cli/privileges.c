// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/privileges.h"

#include <cap-ng.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>

#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40
#endif

static const unsigned COLLECTING[] = {
	CAP_BPF,             /* maps, where unprivileged_bpf_disabled is set (before Linux 6.0); snapshots */
	CAP_PERFMON,         /* the same; stacks of running threads */
	CAP_SYS_PTRACE,      /* memory, descriptors and lists of other processes */
	CAP_DAC_READ_SEARCH, /* their files */
	CAP_CHECKPOINT_RESTORE, /* /proc/PID/map_files */
	CAP_SYSLOG,             /* names of kernel functions */
};

/* What files in folders of others need, and what counting the time of BPF programs does. */
static const unsigned MONITOR[] = {CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_SYS_ADMIN};
#define WRITING 3

/* What else is given to those that are started, and what the files of a screen need. */
static const unsigned STARTING[] = {
	CAP_SYS_ADMIN,                /* namespaces, the time of BPF programs */
	CAP_IPC_OWNER,                /* semaphores and queues of other users */
	CAP_SYS_RESOURCE,             /* limits */
	CAP_DAC_OVERRIDE, CAP_FOWNER, /* a screen: files in folders of others */
	CAP_KILL,                     /* a screen: COMMAND, which may belong to another user */
};
#define WITHOUT_SCREEN 3

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool is_in(const unsigned *list, size_t count, unsigned capability)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == capability)
			return true;
	return false;
}

/* The bounding set first: to drop it takes CAP_SETPCAP, without which it is of no use any more either,
 * because nothing that is executed gains privileges. */
static void keep(const unsigned *list, size_t count, bool all)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	for (unsigned i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (capng_get_caps_process())
		return;
	for (unsigned i = 0; i <= CAP_LAST_CAP; i++)
		capng_update(CAPNG_DROP,
			     all || is_in(list, count, i)
				     ? CAPNG_INHERITABLE
				     : CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE,
			     i);
	capng_apply(CAPNG_SELECT_CAPS);
}

static bool may(unsigned capability)
{
	return !capng_get_caps_process() && capng_have_capability(CAPNG_PERMITTED, capability);
}

/* Above 2, which Debian's kernels begin with, perf events (tracepoints, ticks of running threads) take
 * CAP_SYS_ADMIN there; other kernels know no more than 2. */
static bool perf_is_restricted(void)
{
	FILE *f = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int level = 0;
	bool read = f && fscanf(f, "%d", &level) == 1;

	if (f)
		fclose(f);
	return !read || level > 2;
}

void privileges__drop(void)
{
	keep(NULL, 0, false);
}

void privileges__keep_for_collecting(bool command, bool uprobes)
{
	unsigned list[COUNT(COLLECTING) + 3];
	size_t count = 0;

	for (; count < COUNT(COLLECTING); count++)
		list[count] = COLLECTING[count];
	if (command)
		list[count++] = CAP_KILL;
	if (uprobes || perf_is_restricted())
		list[count++] = CAP_SYS_ADMIN;
	if (!may(CAP_DAC_READ_SEARCH))
		list[count++] = CAP_DAC_OVERRIDE;
	/* Without CAP_SYS_PTRACE (root in a container) it may read what has no more capabilities than itself.
	 */
	keep(list, count, !may(CAP_SYS_PTRACE));
}

void privileges__keep_for_starting(bool screen)
{
	unsigned list[COUNT(COLLECTING) + COUNT(STARTING) + 1];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(COLLECTING); i++)
		list[count++] = COLLECTING[i];
	for (size_t i = 0; i < (screen ? COUNT(STARTING) : WITHOUT_SCREEN); i++)
		list[count++] = STARTING[i];
	if (!may(CAP_DAC_READ_SEARCH)) /* as for collecting */
		list[count++] = CAP_DAC_OVERRIDE;
	keep(list, count, !may(CAP_SYS_PTRACE));
}

void privileges__keep_for_monitor(bool counts, bool writes)
{
	const unsigned *from = writes ? MONITOR : MONITOR + WRITING;

	keep(from, (writes ? WRITING : 0) + counts, false);
}
