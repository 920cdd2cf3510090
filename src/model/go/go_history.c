// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/go/go_history.h"

#include <stdlib.h>
#include <string.h>

#include "model/rows/history.h"
#include "thresholds.h"
#include "util/heap.h"
#include "util/table.h"
#include "util/text.h"

#define GROUPS_MAX 4096 /* groups kept: those with the most goroutines */
#define SHOWN      16   /* those with the most goroutines, and as many that grow most */

struct group {
	uint64_t id;
	struct history counts;
	uint64_t reading; /* the last reading with it */
	/* The time since which none of them has left, their number then, and the number in IO wait in the
	 * whole program. */
	uint64_t kept_since_ns, kept_count, kept_io;
	unsigned kept_readings; /* 0: not known */
	UT_hash_handle hh;
};

struct creator {
	uint64_t id;
	struct history counts;
	uint64_t reading, count;
	const struct frame *frame; /* of the reading in progress */
	UT_hash_handle hh;
};

struct go_history {
	struct group *groups;
	struct creator *creators;
	uint64_t reading, last_ns; /* number and time of the last one */
	uint64_t io;               /* goroutines in IO wait in it */
	struct arena arena;        /* of the rows */
	struct go_group_row *group_rows;
	struct go_creator_row *creator_rows;
	size_t group_count, creator_count;
};

struct go_history *go_history__new(void)
{
	return HEAP_NEW(struct go_history, 1);
}

/* Drops groups that the last reading lacks. */
static void drop_groups(struct go_history *h, bool all)
{
	struct group *g, *next;

	HASH_ITER(hh, h->groups, g, next)
	{
		/* cppcheck-suppress uninitvar ; it does not see through HASH_ITER */
		if (!all && g->reading == h->reading)
			continue;
		HASH_DEL(h->groups, g);
		free(g);
	}
}

static void drop_creators(struct go_history *h, bool all)
{
	struct creator *c, *next;

	HASH_ITER(hh, h->creators, c, next)
	{
		/* cppcheck-suppress uninitvar */
		if (!all && c->reading == h->reading)
			continue;
		HASH_DEL(h->creators, c);
		free(c);
	}
}

void go_history__free(struct go_history *h)
{
	if (!h)
		return;
	drop_groups(h, true);
	drop_creators(h, true);
	arena__free(&h->arena);
	free(h);
}

/* ---- one reading ---------------------------------------------------------------- */

/* It was not there before. */
static void begin_counts(const struct go_history *h, struct history *counts)
{
	if (h->last_ns)
		history__add(counts, h->last_ns, 0);
}

static struct group *group_of(struct go_history *h, uint64_t id)
{
	struct group *g;

	HASH_FIND(hh, h->groups, &id, sizeof(id), g);
	if (g)
		return g;
	g = HEAP_NEW(struct group, 1);
	g->id = id;
	begin_counts(h, &g->counts);
	HASH_ADD(hh, h->groups, id, sizeof(g->id), g);
	return g;
}

static struct creator *creator_of(struct go_history *h, const struct frame *f)
{
	uint64_t id = f->function ? f->address : 0;
	struct creator *c;

	HASH_FIND(hh, h->creators, &id, sizeof(id), c);
	if (c)
		return c;
	c = HEAP_NEW(struct creator, 1);
	c->id = id;
	begin_counts(h, &c->counts);
	HASH_ADD(hh, h->creators, id, sizeof(c->id), c);
	return c;
}

static void add_group(struct go_history *h, const struct go_group *from, uint64_t now_ns)
{
	struct group *g = group_of(h, from->id);

	if (g->reading == h->reading)
		return; /* two of one id: a hostile file */
	g->reading = h->reading;
	history__add(&g->counts, now_ns, from->count);
	if (from->compared && !from->left && g->kept_readings) {
		g->kept_readings++;
		return;
	}
	g->kept_since_ns = now_ns;
	g->kept_count = from->count;
	g->kept_io = h->io;
	g->kept_readings = 1;
}

static void add_creator(struct go_history *h, const struct go_group *from)
{
	struct creator *c = creator_of(h, &from->created_by);

	if (c->reading != h->reading)
		c->count = 0;
	c->reading = h->reading;
	c->count += from->count;
	c->frame = &from->created_by;
}

/* ---- leaks ------------------------------------------------------------------------ */

/* States in which a leaked goroutine waits. Not IO, system calls and sleep: those end, or depend on the peer.
 */
static bool may_wait_for_ever(const char *state)
{
	static const char *const states[] = {"chan receive", "chan send", "select", "sync.", "semacquire"};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (starts_with(state, states[i]))
			return true;
	return false;
}

/* By the runtime's own stamp, which may be one collection too old. */
static uint64_t sure_age(const struct go_group *g)
{
	if (!g->wait_known || g->wait_max_ns < NS_OF_S(GOROUTINE_STAMP_OFF_S))
		return 0;
	return g->wait_max_ns - NS_OF_S(GOROUTINE_STAMP_OFF_S);
}

/*
 * A leak: the group grows, reading after reading, waits where it may wait for ever, and none of its
 * goroutines has ended or run since. It must be observed for a while, the oldest must have waited for longer
 * than requests take, and there must not be similar growth in IO wait: such goroutines belong to connections
 * and end with them.
 */
static bool go_leak(const struct go_history *h, const struct group *m, const struct go_group *g,
		    uint64_t now_ns)
{
	uint64_t seen_ns = now_ns - m->kept_since_ns, age_ns = sure_age(g);
	uint64_t growth = g->count > m->kept_count ? g->count - m->kept_count : 0;
	uint64_t io = h->io > m->kept_io ? h->io - m->kept_io : 0;

	if (age_ns < seen_ns)
		age_ns = seen_ns;
	return !g->system && may_wait_for_ever(g->state) && g->stack.count &&
	       m->kept_readings >= GOROUTINE_LEAK_READINGS && growth >= GOROUTINE_LEAK_MIN &&
	       io * 100 < growth * GOROUTINE_LEAK_IO_PERCENT && seen_ns >= NS_OF_S(GOROUTINE_LEAK_SEEN_S) &&
	       age_ns >= NS_OF_S(GOROUTINE_LEAK_AGE_S) && history__grows(&m->counts);
}

/* ---- rows --------------------------------------------------------------------------- */

struct choice {
	const struct go_group *from;
	struct group *group;
	double growth;
	bool leak, grows;
};

static int by_interest(const void *a, const void *b)
{
	const struct choice *x = a, *y = b;

	if (x->leak != y->leak)
		return x->leak ? -1 : 1;
	if (x->grows != y->grows)
		return x->grows ? -1 : 1;
	if (x->grows && x->growth != y->growth)
		return x->growth > y->growth ? -1 : 1;
	if (x->from->count != y->from->count)
		return x->from->count > y->from->count ? -1 : 1;
	return x->from->id < y->from->id ? -1 : x->from->id > y->from->id;
}

/* The parts of a group that views show, copied, because the sample does not live as long. */
static struct go_group copy_group(struct arena *a, const struct go_group *from)
{
	struct go_group g = *from;

	g.stack = call_stack__copy(a, &from->stack);
	g.state = arena__string(a, g.state);
	g.created_by = frame__copy(a, &from->created_by);
	g.wait.file = arena__string(a, g.wait.file);
	g.wait.peer = arena__string(a, g.wait.peer);
	g.peer = arena__string(a, g.peer);
	g.peer_seen = arena__string(a, g.peer_seen);
	for (size_t i = 0; i < g.pipe_end_count; i++)
		g.pipe_ends[i].name = arena__string(a, g.pipe_ends[i].name);
	g.label_count = g.set_count = g.tid_count = 0;
	g.sets = NULL;
	g.tids = NULL;
	return g;
}

static void fill_group(struct go_history *h, struct go_group_row *row, const struct choice *c,
		       uint64_t now_ns)
{
	const struct group *m = c->group;

	*row = (struct go_group_row){
		.g = copy_group(&h->arena, c->from),
		.growth_per_s = c->growth,
		.span_ns = history__span_ns(&m->counts),
		.kept = m->kept_readings > 1,
		.kept_ns = now_ns - m->kept_since_ns,
		.kept_growth = c->from->count > m->kept_count ? c->from->count - m->kept_count : 0,
		.leak = c->leak};
}

static void make_groups(struct go_history *h, const struct go_reading *r, uint64_t now_ns)
{
	struct choice *list = HEAP_NEW(struct choice, GROUPS_MAX);
	size_t count = 0;

	for (size_t i = 0; i < r->group_count && count < GROUPS_MAX; i++) {
		const struct go_group *from = &r->groups[i];
		struct group *m;

		if (from->system)
			continue;
		HASH_FIND(hh, h->groups, &from->id, sizeof(from->id), m);
		if (m)
			list[count++] = (struct choice){.from = from,
							.group = m,
							.growth = history__rate(&m->counts),
							.leak = go_leak(h, m, from, now_ns),
							.grows = history__rises(&m->counts)};
	}
	if (count)
		qsort(list, count, sizeof(*list), by_interest);
	if (count > 2 * SHOWN)
		count = 2 * SHOWN;
	h->group_rows = ARENA_NEW(&h->arena, struct go_group_row, count + 1);
	h->group_count = count;
	for (size_t i = 0; i < count; i++)
		fill_group(h, &h->group_rows[i], &list[i], now_ns);
	free(list);
}

static int by_growth(const void *a, const void *b)
{
	const struct go_creator_row *x = a, *y = b;
	int order;

	if (x->growth_per_s != y->growth_per_s)
		return x->growth_per_s > y->growth_per_s ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	order = strcmp(x->created_by.function ? x->created_by.function : "",
		       y->created_by.function ? y->created_by.function : "");
	return order ? order : x->created_by.line - y->created_by.line;
}

static struct go_creator_row show_creator(struct go_history *h, struct creator *c, uint64_t now_ns)
{
	history__add(&c->counts, now_ns, c->count);
	return (struct go_creator_row){.created_by = frame__copy(&h->arena, c->frame),
				       .count = c->count,
				       .growth_per_s = history__rate(&c->counts),
				       .span_ns = history__span_ns(&c->counts)};
}

static void make_creators(struct go_history *h, uint64_t now_ns)
{
	struct creator *c, *next;
	size_t count = 0;

	h->creator_rows = ARENA_NEW(&h->arena, struct go_creator_row, HASH_COUNT(h->creators) + 1);
	HASH_ITER(hh, h->creators, c, next)
	{
		/* cppcheck-suppress [uninitvar, ctuuninitvar] */
		h->creator_rows[count] = show_creator(h, c, now_ns);
		count++;
	}
	if (count)
		qsort(h->creator_rows, count, sizeof(*h->creator_rows), by_growth);
	h->creator_count = count < 2 * SHOWN ? count : 2 * SHOWN;
}

void go_history__add(struct go_history *h, const struct go_reading *r, uint64_t now_ns)
{
	size_t taken = 0;

	h->reading++;
	h->io = 0;
	for (size_t i = 0; i < r->group_count; i++)
		if (!strcmp(r->groups[i].state, "IO wait"))
			h->io += r->groups[i].count;
	for (size_t i = 0; i < r->group_count && taken < GROUPS_MAX; i++) {
		if (r->groups[i].system)
			continue;
		add_group(h, &r->groups[i], now_ns);
		add_creator(h, &r->groups[i]);
		taken++;
	}
	drop_groups(h, false);
	drop_creators(h, false);
	arena__free(&h->arena);
	make_groups(h, r, now_ns);
	make_creators(h, now_ns);
	h->last_ns = now_ns;
}

void go_history__show(const struct go_history *h, struct arena *a, struct go_process *row)
{
	struct go_group_row *groups = arena__copy(a, h->group_rows, h->group_count * sizeof(*groups));
	struct go_creator_row *creators =
		arena__copy(a, h->creator_rows, h->creator_count * sizeof(*creators));

	for (size_t i = 0; i < h->group_count; i++)
		groups[i].g = copy_group(a, &h->group_rows[i].g);
	for (size_t i = 0; i < h->creator_count; i++)
		creators[i].created_by = frame__copy(a, &h->creator_rows[i].created_by);
	row->groups = groups;
	row->group_count = h->group_count;
	row->creators = creators;
	row->creator_count = h->creator_count;
}
