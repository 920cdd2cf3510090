// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_leaked.h"

#include <errno.h>
#include <stdlib.h>

#include "go/runtime/leaks.h"
#include "util/heap.h"
#include "util/u64_table.h"

struct added {
	uint64_t goid, seq;
	size_t group;
};

struct go_leaked {
	struct u64_table list; /* of struct added, by the address of g */
	struct go_group *groups;
	const size_t *places;
};

struct go_leaked *go_leaked__new(void)
{
	return HEAP_NEW(struct go_leaked, 1);
}

void go_leaked__free(struct go_leaked *l)
{
	if (l)
		u64_table__free(&l->list);
	free(l);
}

void go_leaked__add(struct go_leaked *l, const struct goroutine *go, size_t group)
{
	struct added *a;
	bool made;

	a = u64_table__get(&l->list, sizeof(*a), go->address, &made);
	*a = (struct added){go->goid, go->tracking_seq, group};
}

/* The lowest numbers are named, whatever their order here. */
static void keep_goid(struct go_group *g, uint64_t goid)
{
	size_t i = g->leaked_goid_count;

	if (i == GROUP_GOIDS && goid > g->leaked_goids[i - 1])
		return;
	if (i < GROUP_GOIDS)
		g->leaked_goid_count++;
	else
		i--;
	for (; i && g->leaked_goids[i - 1] > goid; i--)
		g->leaked_goids[i] = g->leaked_goids[i - 1];
	g->leaked_goids[i] = goid;
}

static void count(const struct goroutine_leaked *who, void *arg)
{
	struct go_leaked *l = arg;
	const struct added *a = u64_table__find(&l->list, sizeof(*a), who->address);
	struct go_group *g;

	if (!a || a->goid != who->goid || a->seq != who->tracking_seq)
		return;
	g = &l->groups[l->places[a->group]];
	g->leaked++;
	keep_goid(g, who->goid);
}

static const char *problem(int err)
{
	if (err == -EFBIG)
		return "its heap is spread over more addresses than can be searched";
	return "its heap was not found, or its structures differ from that version's";
}

void go_leaked__find(struct go_leaked *l, struct goroutines *r, struct arena *a, struct go_reading *report,
		     const size_t *places)
{
	struct goroutine_leaks found;
	int err;

	l->groups = report->groups;
	l->places = places;
	report->leaks.looked = true;
	err = goroutines__leaks(r, count, l, &found);
	if (err) {
		report->leaks.problem = arena__string(a, problem(err));
		return;
	}
	report->leaks.waiting = found.waiting;
	report->leaks.readings = found.readings;
	report->leaks.whole = found.whole;
	report->leaks.moving = found.moving;
	report->leaks.running = found.running;
	report->leaks.heap_bytes = found.heap_bytes;
	report->leaks.read_bytes = found.read_bytes;
	report->leaks.took_ns = found.took_ns;
	for (size_t i = 0; i < report->group_count; i++)
		report->leaks.leaked += report->groups[i].leaked;
}
