// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/helper_rights.h"

#include <cap-ng.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40
#endif

/* The ring buffer and the totals of a run would last as long as a helper that is given up, and it could write
 * into them. */
void helper_rights__unmap_bpf(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start[64] = {0}, end[64] = {0};
	char *line = NULL;
	size_t room = 0, n = 0;

	while (maps && n < 64 && getline(&line, &room, maps) > 0)
		if (strstr(line, " anon_inode:") && sscanf(line, "%lx-%lx", &start[n], &end[n]) == 2)
			n++;
	free(line);
	if (maps)
		fclose(maps);
	while (n--)
		munmap((void *)start[n], end[n] - start[n]);
}

/* Memory and lists of other processes, /proc/PID/map_files, and files of others to read. */
static bool is_needed(unsigned capability)
{
	switch (capability) {
	case CAP_SYS_PTRACE:
	case CAP_DAC_READ_SEARCH:
	case CAP_CHECKPOINT_RESTORE:
		return true;
	case CAP_DAC_OVERRIDE:
		return !capng_have_capability(CAPNG_PERMITTED, CAP_DAC_READ_SEARCH);
	}
	return false;
}

/* Semaphores and queues of other users. */
static bool is_for_namespaces(unsigned capability)
{
	return capability == CAP_SYS_ADMIN || capability == CAP_IPC_OWNER;
}

static void drop_all_but(bool (*is_kept)(unsigned capability))
{
	for (unsigned i = 0; i <= CAP_LAST_CAP; i++)
		capng_update(CAPNG_DROP,
			     is_kept(i) ? CAPNG_INHERITABLE
					: CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE,
			     i);
	capng_apply(CAPNG_SELECT_CAPS);
}

/* Nothing that is executed gains any. */
static void close_the_way_back(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	for (unsigned i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
}

void helper_rights__give_up(void)
{
	helper_rights__unmap_bpf();
	close_the_way_back();
	/* Without CAP_SYS_PTRACE (root in a container) it may read what has no more capabilities than itself.
	 */
	if (!capng_get_caps_process() && capng_have_capability(CAPNG_PERMITTED, CAP_SYS_PTRACE))
		drop_all_but(is_needed);
}

void helper_rights__keep_for_namespaces(void)
{
	close_the_way_back();
	if (capng_get_caps_process())
		_exit(1);
	drop_all_but(is_for_namespaces);
}
