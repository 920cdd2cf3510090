// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/findings.h"

#include <stdlib.h>
#include <string.h>

#include "model/findings/interval_finders.h"
#include "words/describe.h"

void findings__add(struct findings *f, const struct finding *one)
{
	if (f->count == f->room) {
		size_t room = f->room ? f->room * 2 : 8;
		struct finding *bigger = ARENA_NEW(f->arena, struct finding, room);

		if (f->count)
			memcpy(bigger, f->list, f->count * sizeof(*bigger));
		f->list = bigger;
		f->room = room;
	}
	f->list[f->count] = *one;
	if (one->severity == SEVERITY_USUAL)
		f->list[f->count].severity = FINDING_TYPES[one->kind].severity;
	f->count++;
}

const char *findings__queue_text(struct arena *a, const struct naming *n, const struct lock_row *l,
				 size_t count, const struct wait *longest)
{
	char lock[DESCRIBE_WAIT], chain[DESCRIBE_CHAIN], time[DESCRIBE_AGE], holder[DESCRIBE_HOLDER];
	char signal[DESCRIBE_WAIT];
	const char *up_to = *describe_least(longest) ? "the longest for" : "up to";
	const char *text = arena__format(a, "%zu threads wait, %s %s, for %s", count, up_to,
					 describe_age(time, sizeof(time), longest),
					 describe_lock_long(lock, sizeof(lock), l));

	if (!*describe_holder(holder, sizeof(holder), n, l) && *describe_links(chain, sizeof(chain), longest))
		return arena__format(a, "%s%s", text, chain);
	if (!*holder)
		return arena__format(a, "%s" HOLDER_NOT_KNOWN "%s%s", text,
				     describe_no_owner(holder, sizeof(holder), l),
				     describe_signal(signal, sizeof(signal), n, l));
	return arena__format(a, "%s, %s%s", text, holder,
			     describe_chain(chain, sizeof(chain), n, naming__holder(l, NULL)));
}

void findings__elsewhere(struct findings *f, const struct interval_facts *facts)
{
	(void)f;
	(void)facts;
}

/* How many wait. */
static size_t size_of(const struct finding *f)
{
	return f->tid_count > f->goroutines ? f->tid_count : f->goroutines;
}

/* Of kinds: a call that hangs is nearer to the cause than a thread that waits behind it by a queue's name. */
static int rank_of(enum finding_kind kind)
{
	return kind == FINDING_LOG_STALL ? FINDING_LOCK_CONVOY : kind;
}

void findings__follow(struct findings *f, size_t cause, size_t follower)
{
	struct finding *from = &f->list[cause], *one = &f->list[follower];

	if (!from->cluster)
		from->cluster = ++f->clusters;
	one->cluster = from->cluster;
	one->follows = true;
	one->cause = from->kind;
	if (one->severity > from->severity)
		from->severity = one->severity;
}

/* Of a process, a deadlock comes first, as nothing else goes on before it ends; then what most wait in. */
static int by_severity(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->follows != y->follows)
		return x->follows ? 1 : -1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if ((x->kind == FINDING_DEADLOCK) != (y->kind == FINDING_DEADLOCK))
		return x->kind == FINDING_DEADLOCK ? -1 : 1;
	if (size_of(x) != size_of(y))
		return size_of(x) > size_of(y) ? -1 : 1;
	if (rank_of(x->kind) != rank_of(y->kind))
		return rank_of(x->kind) < rank_of(y->kind) ? -1 : 1;
	return strcmp(x->summary, y->summary);
}

/* Of a sorted list: what follows comes last, and goes behind its cause. */
static void gather(struct findings *f)
{
	struct finding *all = ARENA_NEW(f->arena, struct finding, f->count + 1);
	size_t causes = 0, at = 0;

	while (causes < f->count && !f->list[causes].follows)
		causes++;
	for (size_t i = 0; i < causes; i++) {
		all[at++] = f->list[i];
		for (size_t k = causes; k < f->count && f->list[i].cluster; k++)
			if (f->list[k].cluster == f->list[i].cluster)
				all[at++] = f->list[k];
	}
	memcpy(f->list, all, at * sizeof(*all));
}

void findings__sort(struct findings *f)
{
	if (f->count)
		qsort(f->list, f->count, sizeof(*f->list), by_severity);
	if (f->clusters)
		gather(f);
}
