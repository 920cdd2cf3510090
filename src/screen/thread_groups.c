// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/thread_groups.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/identity.h"
#include "util/table.h"
#include "words/describe.h"

/* "worker-12" and "worker-13" are of one kind. */
static uint64_t name_kind(uint64_t id, const char *name)
{
	size_t length = name ? strlen(name) : 0;

	while (length && (isdigit((unsigned char)name[length - 1]) || strchr("-_#:/. ", name[length - 1])))
		length--;
	for (size_t i = 0; i < length; i++)
		id = identity__add(id, (unsigned char)name[i]);
	return id;
}

/* The functions, not the lines in them: threads at two places of one loop do the same. */
static uint64_t stack_kind(uint64_t id, const struct call_stack *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct frame *f = &s->frames[i];

		id = f->function ? identity__text(id, f->function) : identity__add(id, f->address);
	}
	return id;
}

uint64_t thread_group__identity(const struct interval_report *r, const struct thread_row *t)
{
	uint64_t id = name_kind(identity__add(IDENTITY_SEED + 5, (uint64_t)t->pid), t->name);

	if (!t->blocked)
		return identity__add(identity__add(id, (uint64_t)t->halt.reason), (uint64_t)t->state);
	id = identity__add(identity__add(id, (uint64_t)t->wait.kind), (uint64_t)t->wait.class);
	/* What idle threads wait at is of no interest. */
	if (wait_class__at_rest(t->wait.class))
		return id;
	if (t->wait.lock != NO_INDEX)
		id = identity__add(id, r->locks[t->wait.lock].address);
	id = identity__add(id, (uint64_t)t->wait.blocked_by);
	return stack_kind(identity__text(id, t->wait.file), &t->stack);
}

struct member {
	uint64_t id;
	size_t group;
	UT_hash_handle hh;
};

static void put(struct thread_groups *g, struct member **table, size_t *group_of,
		const struct interval_report *r, size_t index)
{
	uint64_t id = thread_group__identity(r, &r->threads[index]);
	struct member *m;

	HASH_FIND(hh, *table, &id, sizeof(id), m);
	if (!m) {
		m = HEAP_NEW(struct member, 1);
		*m = (struct member){.id = id, .group = g->count};
		HASH_ADD(hh, *table, id, sizeof(id), m);
		g->list[g->count++] = (struct thread_group){.id = id};
	}
	group_of[index] = m->group;
	g->list[m->group].count++;
}

static size_t add_blocked(const struct interval_report *r, bool idle, size_t *order, size_t count)
{
	for (size_t i = 0; i < r->ranked_threads; i++)
		if (wait_class__at_rest(r->threads[r->thread_rank[i]].wait.class) == idle)
			order[count++] = r->thread_rank[i];
	return count;
}

/* Blocked threads as the report ranks them; those that run come before the idle ones, which may be many. */
static size_t order_all(const struct interval_report *r, size_t *order)
{
	size_t count = add_blocked(r, false, order, 0);

	for (size_t i = 0; i < r->thread_count; i++)
		if (!r->threads[i].blocked && !r->threads[i].left_out)
			order[count++] = i;
	return add_blocked(r, true, order, count);
}

struct thread_groups thread_groups__make(const struct interval_report *r)
{
	struct thread_groups g = {.list = HEAP_NEW(struct thread_group, r->thread_count + 1),
				  .members = HEAP_NEW(size_t, r->thread_count + 1)};
	size_t *group_of = HEAP_NEW(size_t, r->thread_count + 1),
	       *order = HEAP_NEW(size_t, 2 * r->thread_count + 1);
	size_t count = order_all(r, order), used = 0;
	struct member *table = NULL, *m, *next;

	for (size_t i = 0; i < count; i++)
		put(&g, &table, group_of, r, order[i]);
	for (size_t i = 0; i < g.count; i++) {
		g.list[i].members = g.members + used;
		used += g.list[i].count;
		g.list[i].count = 0;
	}
	for (size_t i = 0; i < count; i++) {
		struct thread_group *to = &g.list[group_of[order[i]]];

		to->members[to->count++] = order[i];
	}
	HASH_ITER(hh, table, m, next)
	{
		HASH_DEL(table, m);
		free(m);
	}
	free(group_of);
	free(order);
	return g;
}

#define NAMED 64 /* threads whose names are looked at */

char *thread_group__name(char *dst, size_t size, const struct interval_report *r,
			 const struct thread_group *g)
{
	const struct naming n = naming__of_interval(r);
	size_t count = g->count < NAMED ? g->count : NAMED;
	char names[DESCRIBE_NAME];
	pid_t tids[NAMED];

	for (size_t i = 0; i < count; i++)
		tids[i] = r->threads[g->members[i]].tid;
	snprintf(dst, size, "%zu \xc3\x97 %s", g->count,
		 describe_names(names, sizeof(names), &n, tids, count, 1));
	return dst;
}

void thread_groups__free(struct thread_groups *g)
{
	free(g->list);
	free(g->members);
	*g = (struct thread_groups){0};
}
