// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/fail_on.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "cli/options.h"
#include "util/append.h"

static_assert(FINDING_KINDS <= 32, "a set has a bit for each kind");

int fail_on__add(unsigned *set, const char *text)
{
	enum finding_kind kind;
	unsigned added = 0;

	for (;;) {
		size_t length = strcspn(text, ",");

		if (finding_kind__find(text, length, &kind))
			return -EINVAL;
		added |= 1u << kind;
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
		if (set & 1u << list[i].kind)
			return STATUS_FOUND;
	return STATUS_DONE;
}

const char *fail_on__of_several(unsigned set)
{
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++)
		if (set & 1u << kind && FINDING_TYPES[kind].reporters & IN_SERIES)
			return finding_kind__name(kind);
	return NULL;
}

const char *fail_on__alien(unsigned set, unsigned reporters)
{
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++)
		if (set & 1u << kind && !(FINDING_TYPES[kind].reporters & reporters))
			return finding_kind__name(kind);
	return NULL;
}

char *fail_on__kinds(char *dst, size_t size, unsigned reporters)
{
	size_t used = 0;

	*dst = '\0';
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++)
		if (FINDING_TYPES[kind].reporters & reporters)
			append(dst, size, &used, "%s%s", used ? ", " : "", finding_kind__name(kind));
	return dst;
}
