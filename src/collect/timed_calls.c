// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls timed by call and place: the kernel side's rows, and what threads are in, as rows of a sample. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/collector_private.h"
#include "collect/files/call_place.h"
#include "facts/calls.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/histogram.h"
#include "util/table.h"

/* Above three quarters of the table, those unused for a minute make room; if they are too few, those unused
 * for two seconds: a program that looks at each of a million files once. */
#define CROWDED       (TS_CALL_ROWS * 3 / 4)
#define UNUSED_FOR    (60 * NS_PER_S)
#define UNUSED_LATELY (2 * NS_PER_S)

/* A row of the kernel side, or a call in flight. */
struct timed_call {
	struct ts_call_key key;
	struct sample_call row;
	size_t at; /* in the sample */
};

struct gather {
	struct collector *c;
	struct sample *s;
	struct timed_calls *list;
};

static struct timed_call *add(struct gather *g, const struct ts_call_key *k)
{
	struct timed_calls *l = g->list;
	struct timed_call *t = ARRAY_ADD(l->rows, l->count, l->room);
	const char *name = syscall_name((long)k->syscall);

	*t = (struct timed_call){
		.key = *k,
		.row = {.pid = (pid_t)k->tgid,
			.call = name ? name
				     : arena__format(&g->s->arena, "system call %u", (unsigned)k->syscall),
			.place = k->place < TS_PLACES ? k->place : TS_PLACE_UNKNOWN,
			.path = "",
			.cut = k->cut}};
	return t;
}

static void name_file(struct gather *g, struct timed_call *t, int fd)
{
	const struct ts_file_key *key = &t->key.file;
	struct file_names *names = g->c->names;
	struct file_facts facts = file_names__facts(names, key, &(struct file_use){.fd = -1}, false);

	/* Its first call may be later than the events that were read last. */
	if (!*facts.path) {
		collector__events(g->c, NULL, NULL);
		facts = file_names__facts(names, key, &(struct file_use){.fd = -1}, false);
	}
	/* A call on it was in flight when the probes were attached, or its event was lost. */
	if (!*facts.path)
		facts = file_names__facts(names, key, &(struct file_use){fd, t->row.last_ns}, false);
	t->row.key = *key;
	t->row.path = arena__string(&g->s->arena, facts.path);
	t->row.peer = arena__string(&g->s->arena, file_names__peer(names, key));
}

static void name_place(struct gather *g, struct timed_call *t, int fd)
{
	char text[CALL_PLACE_BYTES];

	if (t->row.place != TS_PLACE_FILE || *call_place__text(text, &t->key))
		t->row.path = arena__string(&g->s->arena, call_place__text(text, &t->key));
	else
		name_file(g, t, fd);
	/* They have one inode: the name is what distinguishes them. */
	if (t->row.place == TS_PLACE_FILE && *text) {
		t->row.key = t->key.file;
		HASH_JEN(text, strlen(text), t->row.key.generation);
	}
}

/* NULL: it changed while it was read. */
static const struct sample_call_slowest *slowest_of(struct gather *g, const struct ts_call_key *k,
						    const struct ts_call_slowest *t)
{
	struct call_stack stack = stacks__frames(g->c->stacks, k->tgid, t->stack_id);
	struct sample_call_slowest *s;
	char name[TS_COMM_LEN + 1] = "";

	if (!t->ns || t->done != t->begun)
		return NULL;
	s = ARENA_NEW(&g->s->arena, struct sample_call_slowest, 1);
	memcpy(name, t->comm, TS_COMM_LEN);
	*s = (struct sample_call_slowest){.ns = t->ns,
					  .end_ns = t->end_ns,
					  .result = t->result,
					  .tid = (pid_t)t->tid,
					  .name = arena__string(&g->s->arena, name),
					  .stack = call_stack__copy(&g->s->arena, &stack)};
	return s;
}

static void take_call(void *arg, const struct ts_call_key *k, const struct ts_call *v)
{
	struct gather *g = arg;
	struct timed_call *t = add(g, k);

	t->row.ns = v->ns;
	t->row.bytes = v->bytes;
	t->row.errors = v->errors;
	t->row.errnos[0] = v->errnos[0];
	t->row.errnos[1] = v->errnos[1];
	t->row.last_ns = v->last_ns;
	t->row.calls = v->calls;
	t->row.slowest = slowest_of(g, k, &v->slowest);
	name_place(g, t, v->fd);
}

/* A thread that ended in a call leaves no row: but its end may have been missed. */
static void take_call_now(void *arg, const struct ts_call_now *v)
{
	struct gather *g = arg;
	struct timed_call *t;

	if (!v->key.tgid || !sample__account(g->s, (pid_t)v->key.tgid, (pid_t)v->tid))
		return;
	t = add(g, &v->key);
	t->row.in_flight = 1;
	t->row.oldest_ns = t->row.in_flight_ns = gained_since(g->s->now_ns, v->start_ns);
	t->row.oldest_tid = (pid_t)v->tid;
	name_place(g, t, v->fd);
}

static int by_row(const void *a, const void *b)
{
	return sample_call__order(&((const struct timed_call *)a)->row, &((const struct timed_call *)b)->row);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void merge(struct sample_call *to, const struct sample_call *from)
{
	histogram__merge(to->calls.buckets, from->calls.buckets);
	to->calls.max_ns = larger(to->calls.max_ns, from->calls.max_ns);
	for (int i = 0; i < 2; i++)
		to->calls.interval_max[i] = larger(to->calls.interval_max[i], from->calls.interval_max[i]);
	if (from->last_ns > to->last_ns && from->errnos[0])
		memcpy(to->errnos, from->errnos, sizeof(to->errnos));
	to->ns += from->ns;
	to->bytes += from->bytes;
	to->errors += from->errors;
	to->last_ns = larger(to->last_ns, from->last_ns);
	to->in_flight += from->in_flight;
	to->in_flight_ns += from->in_flight_ns;
	if (from->in_flight && (!to->oldest_tid || from->oldest_ns > to->oldest_ns)) {
		to->oldest_ns = from->oldest_ns;
		to->oldest_tid = from->oldest_tid;
	}
	if (from->slowest && (!to->slowest || from->slowest->ns > to->slowest->ns))
		to->slowest = from->slowest;
}

/* Rows and calls in flight of one place, and places with the same name, are one row of the sample. */
static void join(struct timed_calls *l, struct sample *s)
{
	s->calls = HEAP_NEW(struct sample_call, l->count + 1);
	for (size_t i = 0; i < l->count; i++) {
		struct timed_call *t = &l->rows[i];

		if (i && !by_row(t - 1, t))
			merge(&s->calls[s->call_count - 1], &t->row);
		else
			s->calls[s->call_count++] = t->row;
		t->at = s->call_count - 1;
	}
}

int collect__timed_calls(struct collector *c, struct sample *s)
{
	struct gather g = {.c = c, .s = s, .list = &c->calls};
	const struct totals_sink sink = {.call = take_call, .call_now = take_call_now, .arg = &g};
	int err;

	if (!c->options.time_calls)
		return 0;
	s->calls_timed = true;
	c->calls.count = 0;
	err = probes__totals(c->probes, &sink);
	if (err)
		return err;
	s->lost_calls = probes__lost_calls(c->probes);
	if (c->calls.count)
		qsort(c->calls.rows, c->calls.count, sizeof(*c->calls.rows), by_row);
	join(&c->calls, s);
	return 0;
}

/* ---- room ---------------------------------------------------------------------------------------------- */

static int by_file(const void *key, const void *element)
{
	return memcmp(key, &((const struct sample_file *)element)->key, sizeof(struct ts_file_key));
}

static void forget(struct collector *c, struct sample *s, const struct timed_call *t)
{
	s->calls[t->at].evicted = true;
	probes__forget_call(c->probes, &t->key);
	if (t->row.place == TS_PLACE_FILE &&
	    !(s->file_count && bsearch(&t->key.file, s->files, s->file_count, sizeof(*s->files), by_file)))
		file_names__forget(c->names, &t->key.file);
}

void collect__forget_calls(struct collector *c, struct sample *s, pid_t pid)
{
	for (size_t i = 0; i < c->calls.count; i++)
		if (c->calls.rows[i].row.pid == pid)
			forget(c, s, &c->calls.rows[i]);
}

/* Returns the number of rows that stay. */
static size_t drop_unused(struct collector *c, struct sample *s, uint64_t unused_for)
{
	size_t stay = 0;

	for (size_t i = 0; i < c->calls.count; i++) {
		const struct timed_call *t = &c->calls.rows[i];
		const struct sample_call *row = &s->calls[t->at];

		if (row->place == TS_PLACE_REST)
			continue;
		/* evicted: another row of the same name */
		if (row->evicted || (!row->in_flight && s->now_ns > row->last_ns + unused_for))
			forget(c, s, t);
		else
			stay++;
	}
	return stay;
}

void collect__evict_calls(struct collector *c, struct sample *s)
{
	if (c->calls.count > CROWDED && drop_unused(c, s, UNUSED_FOR) > CROWDED)
		drop_unused(c, s, UNUSED_LATELY);
}

void timed_calls__free(struct timed_calls *l)
{
	free(l->rows);
}
