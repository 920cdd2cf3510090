// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/found.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "screen/identity.h"
#include "util/array.h"
#include "util/heap.h"

/* Of a sentence without its numbers, which change while it lasts. */
static uint64_t sentence_identity(const char *text, uint64_t seed)
{
	for (; *text; text++)
		if (!isdigit((unsigned char)*text) && *text != '.' && *text != ',')
			seed = identity__add(seed, (unsigned char)*text);
	return seed;
}

uint64_t finding__identity(const struct finding *f)
{
	uint64_t kind = identity__add(IDENTITY_SEED, f->kind), id = identity__add(kind, (uint64_t)f->pid);

	/* Its owner changes while a convoy lasts. */
	if (f->kind == FINDING_LOCK_CONVOY && f->lock)
		return identity__add(id, f->lock);
	/* Of a file that many processes write, any of them may be the one that is named. */
	if (f->path)
		return identity__text(kind, f->path);
	if (f->tid_count)
		return identity__add(id, (uint64_t)f->tids[f->tid_count - 1]);
	return sentence_identity(f->summary, id);
}

static void free_one(struct found *f)
{
	free(f->summary);
	free(f->path);
	free(f->tids);
}

static struct found *find(const struct found_list *l, uint64_t id)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->list[i].id == id)
			return &l->list[i];
	return NULL;
}

const struct found *found__get(const struct found_list *l, uint64_t id)
{
	return find(l, id);
}

static void put(struct found_list *l, const struct finding *f, uint64_t id, uint64_t time_ns)
{
	struct found *to = find(l, id), old = {.first_ns = time_ns};

	if (to) {
		old = *to;
		free_one(to);
	} else {
		to = ARRAY_ADD(l->list, l->count, l->room);
		old.number = l->arrived++;
	}
	*to = (struct found){.id = id,
			     .kind = f->kind,
			     .severity = f->severity,
			     .pid = f->pid,
			     .summary = heap__string(f->summary),
			     .path = heap__string(f->path),
			     .tids = heap__copy(f->tids, f->tid_count * sizeof(*f->tids)),
			     .tid_count = f->tid_count,
			     .first_ns = old.first_ns,
			     .last_ns = time_ns,
			     .number = old.number,
			     .lock = f->lock,
			     .follows = old.follows,
			     .cause = old.cause};
}

/* Those that nothing in the list is the cause of. */
static int worst_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->follows != y->follows)
		return x->follows ? 1 : -1;
	if (x->severity != y->severity)
		return (x->severity < y->severity) - (x->severity > y->severity);
	return (x->number > y->number) - (x->number < y->number);
}

static void drop_old(struct found_list *l, uint64_t time_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (l->list[i].ended && time_ns - l->list[i].last_ns > FOUND_STAYS_NS)
			free_one(&l->list[i]);
		else
			l->list[kept++] = l->list[i];
	}
	l->count = kept;
}

static bool is_cause(const struct found *f)
{
	return f && !f->follows;
}

/* Behind each what follows from it, as long as it is there. */
static void sort(struct found_list *l)
{
	struct found *all;
	size_t causes = 0, at = 0;

	if (!l->count)
		return;
	for (size_t i = 0; i < l->count; i++)
		l->list[i].follows = l->list[i].follows && is_cause(find(l, l->list[i].cause));
	qsort(l->list, l->count, sizeof(*l->list), worst_first);
	while (causes < l->count && !l->list[causes].follows)
		causes++;
	if (causes == l->count)
		return;
	all = HEAP_NEW(struct found, l->count);
	for (size_t i = 0; i < causes; i++) {
		all[at++] = l->list[i];
		for (size_t k = causes; k < l->count; k++)
			if (l->list[k].cause == l->list[i].id)
				all[at++] = l->list[k];
	}
	memcpy(l->list, all, at * sizeof(*all));
	l->count = at;
	free(all);
}

void found__add(struct found_list *l, const struct interval_report *r)
{
	const struct finding *cause = NULL;
	uint64_t cause_id = 0;

	for (size_t i = 0; i < l->count; i++)
		l->list[i].ended = true;
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct finding *f = &r->findings[i];
		uint64_t id = finding__identity(f);
		struct found *added;

		/* Two of the same kind on the same things: both are shown. */
		while (find(l, id) && !find(l, id)->ended)
			id++;
		put(l, f, id, r->time_ns);
		added = find(l, id);
		added->ended = false;
		added->follows = finding__follows(f, cause);
		added->cause = cause_id;
		if (!added->follows) {
			cause = f;
			cause_id = id;
		}
	}
	drop_old(l, r->time_ns);
	sort(l);
}

void found__add_last(struct found_list *l, const struct interval_report *r)
{
	for (size_t i = 0; i < r->finding_count; i++)
		put(l, &r->findings[i], finding__identity(&r->findings[i]), r->time_ns);
	sort(l);
}

void found__free(struct found_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free_one(&l->list[i]);
	free(l->list);
	*l = (struct found_list){0};
}

void found__of(struct found_list *l, const struct interval_report *r)
{
	found__free(l);
	found__add(l, r);
}
