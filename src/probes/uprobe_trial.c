// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/features.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The probe's place. It is never called. */
__attribute__((noinline, used)) static int never_reached(void)
{
	return 0;
}

/* Offset of an own address in the file that is mapped there; 0: not found. */
static uint64_t own_offset(uint64_t address)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	uint64_t start, end, offset, found = 0;
	char line[512];

	while (maps && !found && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64, &start, &end, &offset) == 3 &&
		    address >= start && address < end)
			found = address - start + offset;
	if (maps)
		fclose(maps);
	return found;
}

int features__try_uprobe(void)
{
	static const char path[] = "/proc/self/exe";
	struct perf_event_attr attr = {.size = sizeof(attr), .disabled = 1};
	FILE *file = fopen("/sys/bus/event_source/devices/uprobe/type", "re");
	unsigned type = 0;
	int fd;

	if (!file)
		return -EOPNOTSUPP;
	if (fscanf(file, "%u", &type) != 1)
		type = 0;
	fclose(file);
	if (!type)
		return -EOPNOTSUPP;
	attr.type = type;
	attr.uprobe_path = (uint64_t)(uintptr_t)path;
	attr.probe_offset = own_offset((uint64_t)(uintptr_t)never_reached);
	fd = (int)syscall(SYS_perf_event_open, &attr, getpid(), -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}
