// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls timed by call and place: rows of those that ended in the interval, or are in flight. */
#include <stdlib.h>
#include <string.h>

#include "model/interval/model_private.h"
#include "util/clock.h"
#include "util/text.h"

/* The row of the same place in the sample before; both are in one order. NULL: it is new, or begins anew. */
static const struct sample_call *call_before(const struct sample *before, const struct sample_call *now,
					     size_t *cursor)
{
	int order = -1;

	while (*cursor < before->call_count && (order = sample_call__order(&before->calls[*cursor], now)) < 0)
		(*cursor)++;
	if (*cursor == before->call_count || order || before->calls[*cursor].evicted)
		return NULL;
	return &before->calls[*cursor];
}

/* What others send comes when they send it. */
static bool waits_for_input(const struct sample_call *c)
{
	if (c->place != TS_PLACE_FILE || c->key.kind == TS_FILE_REGULAR || c->key.kind == TS_FILE_DIR ||
	    c->key.kind == TS_FILE_DEVICE || c->key.kind == TS_FILE_NONE)
		return false;
	return starts_with(c->call, "read") || starts_with(c->call, "pread") || starts_with(c->call, "recv");
}

static void fill(struct timed_row *r, const struct sample_call *c, const struct sample_call *b,
		 uint64_t epoch)
{
	struct spread spread = {0};

	spread__add(&spread, &c->calls, b ? &b->calls : NULL, epoch);
	*r = (struct timed_row){.pid = c->pid,
				.call = c->call,
				.place = c->place,
				.path = *c->path ? c->path : NULL,
				.cut = c->cut,
				.peer = c->peer,
				.ended = spread__row(&spread, spread.count),
				.errors = gained_since(c->errors, b ? b->errors : 0),
				.errnos = {errno__name(c->errnos[0]), errno__name(c->errnos[1])},
				/* The part of a call that was in flight before is of the interval before. */
				.ns = gained_since(c->ns + c->in_flight_ns, b ? b->ns + b->in_flight_ns : 0),
				.bytes = gained_since(c->bytes, b ? b->bytes : 0),
				.max_ns = spread.max_ns > c->oldest_ns ? spread.max_ns : c->oldest_ns,
				.in_flight = c->in_flight,
				.oldest_ns = c->oldest_ns,
				.oldest_tid = c->oldest_tid,
				.for_input = waits_for_input(c),
				.slowest = c->slowest};
}

void model__timed_calls(struct model *m)
{
	const struct sample *s = m->now;
	struct timed_row *rows = ARENA_NEW(&m->arena, struct timed_row, s->call_count + 1);
	size_t kept = 0, cursor = 0;

	for (size_t i = 0; i < s->call_count; i++) {
		const struct sample_call *c = &s->calls[i], *b = call_before(m->before, c, &cursor);

		fill(&rows[kept], c, b, s->epoch);
		if (rows[kept].ended.count || rows[kept].in_flight)
			kept++;
	}
	if (kept)
		qsort(rows, kept, sizeof(*rows), order__by_time_in_calls);
	m->report.calls_timed = s->calls_timed;
	m->report.timed = rows;
	m->report.timed_count = kept;
}
