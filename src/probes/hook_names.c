// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of the kernel interfaces, for --hook and doctor. */
#include <errno.h>
#include <string.h>

#include "probes/features.h"

static const char *const WRITE_NAMES[] = {"fentry", "tp_btf", "tracepoint"};
static const char *const STORAGE_NAMES[] = {"task", "hash"};
static const char *const URING_NAMES[] = {"tracepoints", "none"};
/* The first has the name of what it was: it read stacks, and could sleep on a page. */
static const char *const ITERATOR_NAMES[] = {"sleepable", "plain"};

static int find_name(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return -EINVAL;
}

int hook_wishes__set(struct hook_wishes *w, const char *hook, const char *choice)
{
	int *where, found;

	if (!strcmp(hook, "writes")) {
		where = &w->writes;
		found = find_name(WRITE_NAMES, WRITE_HOOKS, choice);
	} else if (!strcmp(hook, "storage")) {
		where = &w->storage;
		found = find_name(STORAGE_NAMES, STORAGE_KINDS, choice);
	} else if (!strcmp(hook, "iterator")) {
		where = &w->iterator;
		found = find_name(ITERATOR_NAMES, ITERATOR_KINDS, choice);
	} else if (!strcmp(hook, "io_uring")) {
		where = &w->uring;
		found = find_name(URING_NAMES, URING_HOOKS, choice);
	} else {
		return -EINVAL;
	}
	if (found < 0)
		return found;
	*where = found;
	return 0;
}

const char *write_hook__name(enum write_hook w)
{
	return WRITE_NAMES[w];
}

const char *storage_kind__name(enum storage_kind s)
{
	return STORAGE_NAMES[s];
}

const char *iterator_kind__name(enum iterator_kind i)
{
	return ITERATOR_NAMES[i];
}

const char *uring_hook__name(enum uring_hook u)
{
	return URING_NAMES[u];
}
