// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/fail_on.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "util/append.h"

#define BIT(kind) (1u << (kind))

/* What long-wait covered before it had names of its own. */
#define LONG_WAITS (BIT(FINDING_DEADLOCK) | BIT(FINDING_LOCK_CONVOY) | BIT(FINDING_STUCK_THREAD))

static_assert(FINDING_KINDS <= 32, "a set has a bit for each kind");

static const struct {
	const char *name;
	enum severity least;
} SEVERITY_WORDS[] = {{"any", SEVERITY_INFO}, {"warning", SEVERITY_WARNING}, {"critical", SEVERITY_CRITICAL}};

static enum severity find_severity(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(SEVERITY_WORDS) / sizeof(SEVERITY_WORDS[0]); i++)
		if (strlen(SEVERITY_WORDS[i].name) == length && !memcmp(SEVERITY_WORDS[i].name, text, length))
			return SEVERITY_WORDS[i].least;
	return SEVERITY_USUAL;
}

int fail_on__add(struct fail_on *set, const char *text)
{
	struct fail_on added = *set;
	enum finding_kind kind;

	for (;;) {
		size_t length = strcspn(text, ",");
		enum severity least = find_severity(text, length);

		if (!least && finding_kind__find(text, length, &kind))
			return -EINVAL;
		if (!least)
			added.kinds |= BIT(kind);
		else if (!added.least || least < added.least)
			added.least = least;
		if (!text[length])
			break;
		text += length + 1;
	}
	*set = added;
	return 0;
}

bool fail_on__any(const struct fail_on *set)
{
	return set->kinds || set->least;
}

static bool asked_for(const struct fail_on *set, const struct finding *f)
{
	if (set->least && f->severity >= set->least)
		return true;
	if (set->kinds & (BIT(f->kind) | (f->covers ? BIT(f->covered) : 0)))
		return true;
	return set->kinds & BIT(FINDING_LONG_WAIT) && LONG_WAITS & BIT(f->kind) &&
	       f->severity >= SEVERITY_WARNING;
}

bool fail_on__found(const struct fail_on *set, const struct finding *list, size_t count, bool logs)
{
	for (size_t i = 0; i < count; i++)
		if ((!logs || finding__of_logs(&list[i])) && asked_for(set, &list[i]))
			return true;
	return false;
}

const char *fail_on__of_several(const struct fail_on *set)
{
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++)
		if (set->kinds & BIT(kind) && FINDING_TYPES[kind].reporters & IN_SERIES)
			return finding_kind__name(kind);
	return NULL;
}

const char *fail_on__alien(const struct fail_on *set, unsigned reporters)
{
	for (enum finding_kind kind = 0; kind < FINDING_KINDS; kind++)
		if (set->kinds & BIT(kind) && !(FINDING_TYPES[kind].reporters & reporters))
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
