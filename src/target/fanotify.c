// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines are made by fanotify_fdinfo() of the kernel's fs/notify/fdinfo.c. */
#include "target/fanotify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/process_private.h"
#include "util/heap.h"

#define MARKS_BYTES (256u << 10)
/* FAN_OPEN_PERM, FAN_ACCESS_PERM, FAN_OPEN_EXEC_PERM, FAN_PRE_ACCESS */
#define PERMISSIONS 0x170000
#define CHILDREN    0x08000000 /* FAN_EVENT_ON_CHILD: the mark is of the folder */

/* The kernel's own form of a device: 20 bits of the minor number. */
static bool same_device(unsigned long long device, const struct cached_place *place)
{
	return device >> 20 == place->dev_major && (device & 0xfffff) == place->dev_minor;
}

/* "fanotify ino:4f969 sdev:800013 mflags:0 mask:10000 ignored_mask:0 ...", "fanotify mnt_id:12 mflags:0 ...",
 * "fanotify sdev:800013 mflags:0 ...": of an inode, a mount, a file system. */
static enum fanotify_asked asked_by_mark(const char *line, const struct cached_place *place)
{
	const char *mask = strstr(line, " mask:");
	unsigned long long bits = mask ? strtoull(mask + 6, NULL, 16) : 0, number, device;

	if (!(bits & PERMISSIONS))
		return FANOTIFY_NOT;
	if (!place)
		return FANOTIFY_OTHERS;
	if (sscanf(line, "fanotify ino:%llx sdev:%llx", &number, &device) == 2) {
		if (number == place->inode && same_device(device, place))
			return FANOTIFY_THIS;
		return (bits & CHILDREN) && same_device(device, place) ? FANOTIFY_MAYBE : FANOTIFY_OTHERS;
	}
	if (sscanf(line, "fanotify mnt_id:%llx", &number) == 1)
		return number == place->mount ? FANOTIFY_THIS : FANOTIFY_OTHERS;
	if (sscanf(line, "fanotify sdev:%llx", &device) == 1)
		return same_device(device, place) ? FANOTIFY_THIS : FANOTIFY_OTHERS;
	return FANOTIFY_OTHERS;
}

enum fanotify_asked fanotify__asked_in(char *text, const struct cached_place *place)
{
	enum fanotify_asked best = FANOTIFY_NOT;
	char *save = NULL;

	for (char *at = strtok_r(text, "\n", &save); at; at = strtok_r(NULL, "\n", &save)) {
		enum fanotify_asked asked = asked_by_mark(at, place);

		if (asked > best)
			best = asked;
	}
	return best;
}

enum fanotify_asked fanotify__asked(struct open_end e, const struct cached_place *place)
{
	char path[64], *text = heap__alloc(MARKS_BYTES);
	enum fanotify_asked asked = FANOTIFY_NOT;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)e.pid, e.fd);
	if (read_short(-1, path, text, MARKS_BYTES) > 0)
		asked = fanotify__asked_in(text, place);
	free(text);
	return asked;
}
