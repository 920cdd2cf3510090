// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/interval/heatmap.h"

#include <string.h>

static size_t row_of(uint64_t ns)
{
	size_t row = ns ? 63 - (size_t)__builtin_clzll(ns) : 0;

	if (row < HEAT_LOWEST)
		return HEAT_LOWEST;
	return row < HEAT_ROWS ? row : HEAT_ROWS - 1;
}

static void add(uint64_t *rows, const struct histogram_row *h)
{
	for (size_t i = 0; i < h->count; i++) {
		uint64_t *n = &rows[row_of(h->bars[i].from_ns)];

		if (__builtin_add_overflow(*n, h->bars[i].count, n))
			*n = UINT64_MAX;
	}
}

void heatmap__begin(struct heatmap *h, const struct interval_report *r)
{
	struct heat_column *c;

	if (h->count == HEAT_COLUMNS)
		memmove(h->columns, h->columns + 1, --h->count * sizeof(*h->columns));
	c = &h->columns[h->count++];
	memset(c, 0, sizeof(*c));
	c->time_ns = r->time_ns;
	c->interval_ns = r->interval_ns;
}

void heatmap__count(struct heatmap *h, const struct file_row *f)
{
	struct heat_column *c = &h->columns[h->count - 1];

	if (!f->detail)
		return;
	add(c->calls[HEAT_WRITES], &f->detail->writes);
	add(c->calls[HEAT_FSYNCS], &f->detail->fsyncs);
}

void heatmap__add(struct heatmap *h, const struct interval_report *r)
{
	heatmap__begin(h, r);
	for (size_t i = 0; i < r->file_count; i++)
		heatmap__count(h, &r->files[i]);
}
