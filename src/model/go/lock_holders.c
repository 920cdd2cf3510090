// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/go/lock_holders.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/go/queue_readers.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe_go.h"

#define SENTENCE  1024
#define CHAIN_MAX 4 /* locks that are named one behind the other */

static struct go_lock_row *lock_at(struct go_lock_row *list, const struct go_reading *from, uint64_t address)
{
	for (size_t i = 0; address && i < from->lock_count; i++)
		if (from->locks[i].address == address)
			return &list[i];
	return NULL;
}

struct go_lock_row *lock_holders__join(struct arena *a, const struct go_reading *from,
				       const struct naming *threads)
{
	struct go_lock_row *list = ARENA_NEW(a, struct go_lock_row, from->lock_count + 1);

	for (size_t i = 0; i < from->lock_count; i++) {
		list[i].l = &from->locks[i];
		for (size_t k = 0; k < list[i].l->holder_count; k++) {
			list[i].holders[k].h = &list[i].l->holders[k];
			list[i].holders[k].next = lock_at(list, from, list[i].l->holders[k].waits_for);
			go_reader__join(&list[i].holders[k].who, &list[i].l->holders[k].who, threads);
		}
	}
	return list;
}

/* Two that have the same lock for themselves contradict each other: it was handed on while they were read, or
 * one of them has it unlocked by another function. */
const struct go_holder_row *go_lock__holder(const struct go_lock_row *l)
{
	const struct go_holder_row *only = NULL;

	for (size_t i = 0; i < l->l->holder_count; i++) {
		if (l->holders[i].h->read && l->l->kind == GO_LOCK_RWMUTEX)
			continue;
		if (only || l->l->holders_more)
			return NULL;
		only = &l->holders[i];
	}
	/* Of those that read, the one that waits for longest, or the first. */
	for (size_t i = 0; i < l->l->holder_count && !only; i++)
		only = &l->holders[i];
	return only;
}

/* ---- in words ----------------------------------------------------------------------- */

char *describe_go_lock(char *dst, size_t size, const struct go_lock *l)
{
	const char *kind =
		l->kind == GO_LOCK_FILE ? "lock of a file or connection" : go_lock__kind_name(l->kind);

	if (l->name)
		snprintf(dst, size, "%s (%s)", l->name, kind);
	else
		snprintf(dst, size, "%s at 0x%" PRIx64, kind, l->address);
	return dst;
}

/* One holder: where it has locked it, and unless it waits for the next lock, what it does. */
static void describe_one(char *dst, size_t size, const struct go_lock_row *l, const struct go_holder_row *one,
			 bool last)
{
	char doing[SENTENCE - 256] = "", line[DESCRIBE_NAME] = "", readers[48] = "";

	if (one->h->locked_at.function)
		describe_go_line(line, sizeof(line), &one->h->locked_at);
	if (one->h->read && l->l->active_readers > 1)
		snprintf(readers, sizeof(readers), "one of %" PRIu64 " readers, ", l->l->active_readers);
	if (last)
		describe_go_doing(doing, sizeof(doing), &one->who);
	snprintf(dst, size, "likely %s is goroutine %" PRIu64 " in %s (%slocked%s%s, not yet unlocked), %s",
		 one->h->read ? "reader" : "holder", one->h->who.goid,
		 one->h->who.function ? one->h->who.function : "?", readers, *line ? " at " : "", line,
		 doing);
}

static char *describe_holders(char *dst, size_t size, const struct go_lock_row *l)
{
	const struct go_holder_row *one = go_lock__holder(l);
	char lock[DESCRIBE_NAME + 64];
	size_t used = 0;

	for (int i = 0; one && i < CHAIN_MAX && used < size; i++) {
		const struct go_lock_row *next = i + 1 < CHAIN_MAX ? one->next : NULL;

		describe_one(dst + used, size - used, l, one, !next);
		used += strlen(dst + used);
		if (!next)
			return dst;
		snprintf(dst + used, size - used, "which waits for %s; its ",
			 describe_go_lock(lock, sizeof(lock), next->l));
		used += strlen(dst + used);
		l = next;
		one = go_lock__holder(l);
	}
	snprintf(dst + used, size - used, "holder %s(%s)", used ? "is unknown " : "unknown ",
		 l->l->holder_count ? "it changes while goroutines are read"
				    : "no goroutine is known to be in a function that has locked it");
	return dst;
}

static char *describe_time(char *dst, size_t size, const struct go_lock *l)
{
	char time[DURATION_TEXT];

	*dst = '\0';
	if (l->wait_sure_ns)
		snprintf(dst, size, ", at least %s,", duration_format(time, sizeof(time), l->wait_sure_ns));
	else if (l->wait_known && l->wait_max_ns)
		snprintf(dst, size, ", about %s,", duration_format(time, sizeof(time), l->wait_max_ns));
	return dst;
}

static char *describe_group(char *dst, size_t size, const struct go_lock *l)
{
	char lock[DESCRIBE_NAME + 64], time[DURATION_TEXT + 32], count[DURATION_TEXT], calls[DURATION_TEXT];

	snprintf(dst, size, "%s %s%s for %s%s%s", count_format(count, sizeof(count), l->waiters),
		 l->waiters == 1 ? "goroutine waits" : "goroutines wait",
		 describe_time(time, sizeof(time), l), describe_go_lock(lock, sizeof(lock), l),
		 l->function ? " in " : "", l->function ? l->function : "");
	if (l->state_known)
		snprintf(dst + strlen(dst), size - strlen(dst), "; it waits for %s more %s of Done",
			 count_format(calls, sizeof(calls), l->counter), l->counter == 1 ? "call" : "calls");
	return dst;
}

char *describe_go_convoy(char *dst, size_t size, const struct go_lock_row *l)
{
	char lock[DESCRIBE_NAME + 64], holder[SENTENCE], time[DURATION_TEXT + 32], count[DURATION_TEXT],
		part[64] = "";

	if (l->l->kind == GO_LOCK_WAIT_GROUP)
		return describe_group(dst, size, l->l);
	if (l->l->kind == GO_LOCK_RWMUTEX)
		snprintf(part, sizeof(part), " to %s",
			 l->l->readers == l->l->waiters ? "read"
			 : l->l->readers                ? "read or write"
							: "write");
	snprintf(dst, size, "%s %s%s for %s%s%s%s; %s", count_format(count, sizeof(count), l->l->waiters),
		 l->l->waiters == 1 ? "goroutine waits" : "goroutines wait",
		 describe_time(time, sizeof(time), l->l), describe_go_lock(lock, sizeof(lock), l->l), part,
		 l->l->function ? " in " : "", l->l->function ? l->l->function : "",
		 describe_holders(holder, sizeof(holder), l));
	return dst;
}
