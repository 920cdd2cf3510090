// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/go/go_growth.h"

#include <stdlib.h>

#include "model/go/go_history.h"
#include "model/rows/history.h"
#include "model/rows/minute.h"
#include "thresholds.h"
#include "util/heap.h"
#include "util/pid_table.h"

struct watched {
	struct history counts, timers;
	bool counted, exact; /* the last time */
	uint64_t first_made, first_live;
	uint64_t created_total, ended_total; /* of the last time */
	struct minute minute;                /* of these */
	struct go_history *readings;         /* NULL: not read yet */
	uint64_t read_ns, read_cpu_ns;
};

struct go_growth {
	struct pid_table *table; /* of struct watched */
};

static void end_watch(void *piece)
{
	go_history__free(((struct watched *)piece)->readings);
}

struct go_growth *go_growth__new(void)
{
	struct go_growth *g = HEAP_NEW(struct go_growth, 1);

	g->table = pid_table__new(sizeof(struct watched), end_watch);
	return g;
}

void go_growth__free(struct go_growth *g)
{
	if (!g)
		return;
	pid_table__free(g->table);
	free(g);
}

void go_growth__forget(struct go_growth *g, pid_t pid)
{
	pid_table__forget(g->table, pid);
}

/* Totals never decrease: the counters are not read at one instant, and a later reading corrects them. */
static uint64_t rise(uint64_t *total, uint64_t now)
{
	uint64_t by = now > *total ? now - *total : 0;

	*total += by;
	return by;
}

static void take_changes(struct watched *w, const struct sample_go *s, struct go_process *row)
{
	uint64_t live = s->count + s->system, made = s->made - w->first_made;

	/* Another program in the same process: its numbers restart. */
	if (!w->counted || s->made < w->first_made) {
		go_history__free(w->readings);
		*w = (struct watched){0};
		w->first_made = s->made;
		w->first_live = live;
	} else {
		row->changes_known = true;
		row->exact = s->exact && w->exact;
		row->created = rise(&w->created_total, made);
		row->ended =
			rise(&w->ended_total, made + w->first_live > live ? made + w->first_live - live : 0);
	}
	w->counted = true;
	w->exact = s->exact;
	row->created_total = w->created_total;
	row->ended_total = w->ended_total;
}

static void last_minute(struct watched *w, uint64_t now_ns, struct go_process *row)
{
	struct minute_point gained = minute__add(&w->minute, now_ns, w->created_total, w->ended_total);

	row->minute_ns = gained.time_ns;
	row->minute_created = gained.created;
	row->minute_ended = gained.ended;
}

static void take_reading(struct watched *w, const struct sample_go *s, uint64_t now_ns)
{
	if (!s->report || s->report->problem)
		return;
	if (!w->readings)
		w->readings = go_history__new();
	go_history__add(w->readings, s->report, now_ns);
	w->read_ns = now_ns;
	w->read_cpu_ns = s->read_cpu_ns;
}

/* Significant growth: not that of a program that starts or fluctuates. */
static bool grows(const struct history *h)
{
	return history__span_ns(h) >= NS_OF_S(GOROUTINE_GROWTH_S) && history__rises(h) &&
	       h->points[h->count - 1].value >= h->points[0].value + GOROUTINE_GROWTH_MIN;
}

/* A goroutine of a connection has some, too: those are as healthy as it. */
static bool timers_grow(const struct history *timers, const struct history *goroutines)
{
	return history__span_ns(timers) >= NS_OF_S(TIMER_GROWTH_S) && history__rises(timers) &&
	       timers->points[timers->count - 1].value >= timers->points[0].value + TIMER_GROWTH_MIN &&
	       history__rate(timers) > TIMER_GROWTH_RATIO * history__rate(goroutines);
}

static void take_timers(struct watched *w, const struct sample_go *s, uint64_t now_ns, struct go_process *row)
{
	if (!s->timers_known)
		return;
	history__add(&w->timers, now_ns, s->timers);
	row->timers_known = true;
	row->timers = s->timers;
	row->timers_per_s = history__rate(&w->timers);
	row->first_timers = w->timers.points[0].value;
	row->timers_grow = timers_grow(&w->timers, &w->counts);
}

const struct go_process *go_growth__add(struct go_growth *g, struct arena *a, const struct sample_go *s,
					uint64_t now_ns)
{
	struct go_process *row = ARENA_NEW(a, struct go_process, 1);
	struct watched *w;

	row->version = s->version;
	row->problem = s->problem;
	if (s->problem)
		return row;
	row->count = s->count;
	row->system = s->system;
	row->procs = s->procs;
	row->threads = s->threads;
	row->threads_max = s->threads_max;
	w = pid_table__at(g->table, s->pid);
	take_changes(w, s, row);
	last_minute(w, now_ns, row);
	history__add(&w->counts, now_ns, s->count);
	row->growth_per_s = history__rate(&w->counts);
	row->watched_ns = history__span_ns(&w->counts);
	row->first_count = w->counts.points[0].value;
	row->grows = grows(&w->counts);
	take_timers(w, s, now_ns, row);
	take_reading(w, s, now_ns);
	if (w->readings) {
		row->read = true;
		row->read_age_ns = now_ns - w->read_ns;
		row->read_cpu_ns = w->read_cpu_ns;
		go_history__show(w->readings, a, row);
	}
	return row;
}
