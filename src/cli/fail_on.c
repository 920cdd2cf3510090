// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/fail_on.h"

#include <errno.h>
#include <string.h>

#include "cli/options.h"

static const char *const KINDS[] = {"deadlock", "lock-convoy", "stuck-thread", "log-queue-full"};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

/* The bit of a kind, 0: no such kind. */
static unsigned bit_of(const char *name, size_t length)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (strlen(KINDS[i]) == length && !memcmp(KINDS[i], name, length))
			return 1u << i;
	return 0;
}

int fail_on__add(unsigned *set, const char *text)
{
	unsigned added = 0;

	for (;;) {
		size_t length = strcspn(text, ",");
		unsigned bit = bit_of(text, length);

		if (!bit)
			return -EINVAL;
		added |= bit;
		if (!text[length])
			break;
		text += length + 1;
	}
	*set |= added;
	return 0;
}

int fail_on__status(unsigned set, const struct snapshot_report *r)
{
	for (size_t i = 0; i < r->finding_count; i++)
		if (set & bit_of(r->findings[i].kind, strlen(r->findings[i].kind)))
			return STATUS_FOUND;
	return STATUS_DONE;
}
