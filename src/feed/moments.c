// SPDX-License-Identifier: GPL-2.0-or-later
#include "feed/moments.h"

#include <stdlib.h>
#include <string.h>

#include "model/interval/model.h"
#include "util/array.h"

#define KEPT_AT_LEAST 2 /* what is looked at, and what it is compared with */

void moments__add(struct moments *m, const struct interval_report *r, uint64_t number)
{
	struct kept_moment *k;

	ARRAY_RESERVE(m->list, m->room, m->count + 1);
	k = &m->list[m->count++];
	*k = (struct kept_moment){.moment = {.report = r, .realtime_ns = r->time_ns, .number = number},
				  .bytes = interval_report__bytes(r)};
	m->bytes += k->bytes;
}

static void drop(const struct interval_report *r, struct dropped *to)
{
	if (r)
		*ARRAY_ADD(to->list, to->count, to->room) = r;
}

void dropped__free(struct dropped *d)
{
	for (size_t i = 0; i < d->count; i++)
		interval_report__release(d->list[i]);
	free(d->list);
	*d = (struct dropped){0};
}

void moments__join(struct moments *m, struct moments *from, struct dropped *to)
{
	ARRAY_RESERVE(m->list, m->room, m->count + from->count);
	if (from->count)
		memcpy(m->list + m->count, from->list, from->count * sizeof(*m->list));
	m->bytes += from->bytes;
	if (!m->count)
		m->before = from->before;
	else
		drop(from->before, to);
	m->count += from->count;
	free(from->list);
	*from = (struct moments){0};
}

static void drop_oldest(struct moments *m, size_t count, struct dropped *to)
{
	for (size_t i = 0; i < count; i++) {
		m->bytes -= m->list[i].bytes;
		drop(m->before, to);
		m->before = m->list[i].moment.report;
	}
	m->count -= count;
	if (count && m->count)
		memmove(m->list, m->list + count, m->count * sizeof(*m->list));
}

void moments__bound(struct moments *m, size_t bytes, struct dropped *to)
{
	size_t count = 0, kept = m->bytes;

	for (; kept > bytes && m->count - count > KEPT_AT_LEAST; count++)
		kept -= m->list[count].bytes;
	drop_oldest(m, count, to);
}

void moments__forget_before(struct moments *m, struct dropped *to)
{
	drop(m->before, to);
	m->before = NULL;
}

void moments__clear(struct moments *m, struct dropped *to)
{
	drop_oldest(m, m->count, to);
	moments__forget_before(m, to);
	free(m->list);
	*m = (struct moments){0};
}

void moments__free(struct moments *m)
{
	struct dropped d = {0};

	moments__clear(m, &d);
	dropped__free(&d);
}
