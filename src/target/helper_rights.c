// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/helper_rights.h"

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
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

#define BIT(capability) (1ull << (capability))

/* The ring buffer and the totals of a run would last as long as a helper that is given up, and it could write
 * into them. */
static void unmap_bpf(void)
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

/* Of what it has: memory and lists of other processes, /proc/PID/map_files, and files of others to read. */
static uint64_t needed(uint64_t has)
{
	uint64_t wanted = BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_CHECKPOINT_RESTORE);

	/* Root in a container: it may read what has no more capabilities than itself. */
	if (!(has & BIT(CAP_SYS_PTRACE)))
		return has;
	if (!(has & BIT(CAP_DAC_READ_SEARCH)))
		wanted |= BIT(CAP_DAC_OVERRIDE);
	return has & wanted;
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	uint64_t has;

	if (syscall(SYS_capget, &header, data))
		return;
	has = needed(data[0].permitted | (uint64_t)data[1].permitted << 32);
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		data[i].permitted = (uint32_t)(has >> (32 * i));
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	syscall(SYS_capset, &header, data);
}

void helper_rights__give_up(void)
{
	unmap_bpf();
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	drop_capabilities();
}
