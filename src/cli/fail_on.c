// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/fail_on.h"

#include <errno.h>
#include <string.h>

#include "cli/options.h"

#define LOG_KIND (OF_TOP | OF_LOGS)

static const struct {
	const char *name;
	unsigned of; /* enum fail_on_of */
} KINDS[] = {
	{"deadlock", OF_SNAPSHOT},
	{"lock-convoy", OF_SNAPSHOT},
	{"stuck-thread", OF_SNAPSHOT},
	{"log-queue-full", OF_SNAPSHOT | OF_TOP},
	{"log-stall", OF_SNAPSHOT | LOG_KIND},
	{"goroutine-growth", OF_SEVERAL | OF_TOP},
	{"goroutine-leak", OF_SEVERAL | OF_TOP},
	{"thread-growth", OF_TOP},
	{"dropped-writes", LOG_KIND},
	{"failed-sync", LOG_KIND},
	{"torn-lines", LOG_KIND},
	{"overwrites", LOG_KIND},
	{"deleted-log", LOG_KIND},
	{"sync-per-write", LOG_KIND},
	{"unsynced-at-exit", LOG_KIND},
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
		if (set & 1u << i && KINDS[i].of & OF_SEVERAL)
			return KINDS[i].name;
	return NULL;
}

const char *fail_on__alien(unsigned set, unsigned of)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (set & 1u << i && !(KINDS[i].of & of))
			return KINDS[i].name;
	return NULL;
}
