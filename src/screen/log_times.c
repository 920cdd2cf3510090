// SPDX-License-Identifier: GPL-2.0-or-later
/* How long the calls on a file took: bars by duration, and a map over time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/interval/heatmap.h"
#include "screen/log_detail.h"
#include "util/duration.h"
#include "util/heap.h"
#include "views/text/text_parts.h"

#define POWERS    64 /* row i: from 2^i ns up to twice that */
#define LEAST_BAR 4u
#define MOST_BAR  40u
#define BESIDES   44u /* columns of a line without its two bars */

struct times {
	uint64_t now[POWERS], total[POWERS];
};

static void count(uint64_t powers[POWERS], const struct histogram_row *h)
{
	for (size_t i = 0; i < h->count; i++) {
		uint64_t ns = h->bars[i].from_ns;

		powers[ns ? 63 - __builtin_clzll(ns) : 0] += h->bars[i].count;
	}
}

static struct times times_of(const struct scene *s, const struct file_row *f, enum heat_kind kind)
{
	struct times t = {0};

	for (size_t i = 0; i < s->r->file_count; i++) {
		const struct file_detail *d = s->r->files[i].detail;

		if (!d || !log__same(&s->r->files[i], f))
			continue;
		count(t.now, kind == HEAT_WRITES ? &d->writes : &d->fsyncs);
		count(t.total, kind == HEAT_WRITES ? &d->total_write_times : &d->total_fsync_times);
	}
	return t;
}

static uint64_t largest(const uint64_t powers[POWERS])
{
	uint64_t most = 0;

	for (size_t i = 0; i < POWERS; i++)
		most = powers[i] > most ? powers[i] : most;
	return most;
}

/* A bar of width columns, padded; at least one mark for what was counted. */
static void put_bar(FILE *out, uint64_t n, uint64_t most, unsigned width)
{
	unsigned length = most ? (unsigned)((double)n / (double)most * width + 0.5) : 0;

	if (n && !length)
		length = 1;
	for (unsigned i = 0; i < length; i++)
		fputs("\xe2\x96\x88", out);
	fprintf(out, "%*s", (int)(width - length), "");
}

static void put_count(FILE *out, uint64_t n)
{
	if (n)
		fprintf(out, " %-10" PRIu64, n);
	else
		fprintf(out, " %-10s", "");
}

static void bars(const struct scene *s, const char *what, const struct times *t, struct page *p)
{
	unsigned width = s->columns > BESIDES ? (s->columns - BESIDES) / 2 : 0;
	uint64_t most_now = largest(t->now), most = largest(t->total);
	size_t first = 0, last = POWERS;
	char label[DURATION_TEXT];

	width = width < LEAST_BAR ? LEAST_BAR : width > MOST_BAR ? MOST_BAR : width;
	if (!most && !most_now)
		return;
	while (!t->now[first] && !t->total[first])
		first++;
	while (!t->now[last - 1] && !t->total[last - 1])
		last--;
	duration_format(label, sizeof(label), s->r->watched_ns);
	page__heading(p, "%s BY DURATION: %s, and since attach (%s)", what,
		      most_now ? "in this interval" : "none in this interval", label);
	for (size_t i = first; i < last; i++) {
		char *text = NULL;
		size_t length = 0;
		FILE *out = heap__stream(&text, &length);

		fprintf(out, "  from %9s  ", duration_format(label, sizeof(label), i ? 1ull << i : 0));
		put_bar(out, t->now[i], most_now, width);
		put_count(out, t->now[i]);
		put_bar(out, t->total[i], most, width);
		put_count(out, t->total[i]);
		fclose(out);
		page__lines(p, STYLE_PLAIN, text);
		free(text);
	}
}

/* ---- over time ------------------------------------------------------------------------------------ */

/* A column of the file's calls in one of the kept intervals. */
static void add_moment(struct heatmap *h, const struct interval_report *r, const struct file_row *f)
{
	uint64_t id = file__identity(f);

	heatmap__begin(h, r);
	for (size_t i = 0; i < r->file_count; i++)
		if (r->files[i].inode == f->inode && file__identity(&r->files[i]) == id)
			heatmap__count(h, &r->files[i]);
}

static void over_time(const struct scene *s, const struct file_row *f, struct page *p)
{
	struct heatmap *h = HEAP_NEW(struct heatmap, 1);
	const struct view_options o = {.columns = s->columns, .utf8 = !s->ascii};
	size_t last = s->moment + 1, width = s->columns < HEAT_COLUMNS ? s->columns : HEAT_COLUMNS;
	size_t from = last > width ? last - width : 0;

	for (size_t i = from; i < last && i < scene__moment_count(s); i++)
		add_moment(h, scene__moment(s, i)->report, f);
	for (int kind = 0; kind < HEAT_KINDS; kind++) {
		char *text = NULL;
		size_t length = 0;
		FILE *out = heap__stream(&text, &length);

		if (text_heat(&o, out, h, (enum heat_kind)kind)) {
			fclose(out);
			page__heading(p, "%s OVER TIME", kind == HEAT_WRITES ? "WRITES" : "SYNCS");
			page__lines(p, STYLE_PLAIN, text);
		} else {
			fclose(out);
		}
		free(text);
	}
	free(h);
}

void log_times__write(const struct scene *s, const struct file_row *f, struct page *p)
{
	const struct times writes = times_of(s, f, HEAT_WRITES), syncs = times_of(s, f, HEAT_FSYNCS);

	bars(s, "WRITES", &writes, p);
	bars(s, "SYNCS", &syncs, p);
	if (s->feed)
		over_time(s, f, p);
}
