// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/fail_on.h"

#include <errno.h>
#include <string.h>

#include "cli/options.h"

/* Who has findings of a kind. */
enum { SNAPSHOT = 1, SEVERAL = 2 /* snapshots */, TOP = 4 };
static const struct {
	const char *name;
	unsigned of;
} KINDS[] = {
	{"deadlock", SNAPSHOT},
	{"lock-convoy", SNAPSHOT},
	{"stuck-thread", SNAPSHOT},
	{"log-queue-full", SNAPSHOT | TOP},
	{"log-stall", SNAPSHOT | TOP},
	{"goroutine-growth", SEVERAL | TOP},
	{"goroutine-leak", SEVERAL | TOP},
	{"thread-growth", TOP},
	{"dropped-writes", TOP},
	{"failed-sync", TOP},
	{"torn-lines", TOP},
	{"overwrites", TOP},
	{"sync-per-write", TOP},
	{"unsynced-at-exit", TOP},
};
#define KIND_COUNT (sizeof(KINDS) / sizeof(KINDS[0]))

/* The bit of a kind, 0: no such kind. */
static unsigned bit_of(const char *name, size_t length)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (strlen(KINDS[i].name) == length && !memcmp(KINDS[i].name, name, length))
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

int fail_on__status(unsigned set, const struct finding *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (set & bit_of(list[i].kind, strlen(list[i].kind)))
			return STATUS_FOUND;
	return STATUS_DONE;
}

const char *fail_on__of_several(unsigned set)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (set & 1u << i && KINDS[i].of & SEVERAL)
			return KINDS[i].name;
	return NULL;
}

const char *fail_on__alien(unsigned set, bool top)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (set & 1u << i && !(KINDS[i].of & (top ? TOP : SNAPSHOT | SEVERAL)))
			return KINDS[i].name;
	return NULL;
}
