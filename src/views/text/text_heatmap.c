// SPDX-License-Identifier: GPL-2.0-or-later
/* Latency over time: columns are intervals, rows are durations; a cell is denser the more calls it has. */
#include <inttypes.h>

#include "views/text/text_parts.h"
#include "views/text/text_units.h"

#define MOST_ROWS     16 /* per map; beyond that, several powers of two share a row */
#define LABEL_COLUMNS 9
#define CLOCK_COLUMNS 8

static const char *const UTF8_CELLS[] = {" ", "\u2591", "\u2592", "\u2593", "\u2588"};
static const char *const ASCII_CELLS[] = {" ", ".", ":", "+", "*", "#", "@"};

struct picture {
	const struct heatmap *h;
	enum heat_kind kind;
	const char *const *cells;
	unsigned levels;      /* above the empty one */
	size_t from_column;   /* the first column shown */
	size_t lowest, above; /* rows with calls: lowest <= row < above */
	size_t step;          /* rows of the map per row of the picture */
	uint64_t largest;     /* of the cells; 0: no call */
};

static uint64_t cell(const struct picture *p, size_t column, size_t row)
{
	uint64_t n = 0;

	for (size_t i = row; i < row + p->step && i < HEAT_ROWS; i++)
		if (__builtin_add_overflow(n, p->h->columns[column].calls[p->kind][i], &n))
			n = UINT64_MAX;
	return n;
}

static void measure(struct picture *p)
{
	p->lowest = HEAT_ROWS;
	p->step = 1;
	for (size_t c = p->from_column; c < p->h->count; c++) {
		for (size_t row = 0; row < HEAT_ROWS; row++) {
			if (!cell(p, c, row))
				continue;
			p->lowest = row < p->lowest ? row : p->lowest;
			p->above = row + 1 > p->above ? row + 1 : p->above;
		}
	}
	while ((p->above - p->lowest) / p->step > MOST_ROWS && p->above > p->lowest)
		p->step++;
	for (size_t c = p->from_column; c < p->h->count; c++) {
		for (size_t row = p->lowest; row < p->above; row += p->step) {
			uint64_t n = cell(p, c, row);

			p->largest = n > p->largest ? n : p->largest;
		}
	}
}

static unsigned bits(uint64_t n)
{
	return n ? 64 - (unsigned)__builtin_clzll(n) : 0;
}

/* By the logarithm: one slow call among a million fast ones is visible. */
static unsigned level(const struct picture *p, uint64_t n)
{
	if (!n)
		return 0;
	if (p->largest == n)
		return p->levels;
	return 1 + (p->levels - 1) * (bits(n) - 1) / bits(p->largest);
}

static void print_row(FILE *out, const struct picture *p, size_t row)
{
	char label[DURATION_TEXT];
	size_t owed = 0;

	duration_format(label, sizeof(label), row > HEAT_LOWEST ? 1ull << row : 0);
	fprintf(out, "%*s |", LABEL_COLUMNS, label);
	for (size_t c = p->from_column; c < p->h->count; c++) {
		unsigned l = level(p, cell(p, c, row));

		if (!l) {
			owed++;
			continue;
		}
		fprintf(out, "%*s%s", (int)owed, "", p->cells[l]);
		owed = 0;
	}
	fputc('\n', out);
}

/* End times of the first and the last column. */
static void print_times(FILE *out, const struct picture *p)
{
	size_t columns = p->h->count - p->from_column;
	char first[DURATION_TEXT], last[DURATION_TEXT];

	time_format_clock(first, sizeof(first), p->h->columns[p->from_column].time_ns);
	time_format_clock(last, sizeof(last), p->h->columns[p->h->count - 1].time_ns);
	fprintf(out, "%*s ^%.*s", LABEL_COLUMNS, "", CLOCK_COLUMNS, first);
	if (columns > 2 * CLOCK_COLUMNS + 2)
		fprintf(out, "%*s%.*s^", (int)(columns - 2 * CLOCK_COLUMNS - 2), "", CLOCK_COLUMNS, last);
	fputc('\n', out);
}

static void print_map(const struct view_options *o, FILE *out, struct picture *p)
{
	static const char *const names[HEAT_KINDS] = {"writes", "syncs"};
	char a[DURATION_TEXT];
	size_t rows;

	measure(p);
	if (!p->largest)
		return;
	text_coloured(o, out, TEXT_BOLD, "%s", names[p->kind]);
	text_part(out, ": one column per %s, each row from its duration up, cells up to %" PRIu64 " %s (",
		  duration_format(a, sizeof(a), p->h->columns[p->h->count - 1].interval_ns), p->largest,
		  p->largest == 1 ? "call" : "calls");
	for (unsigned i = 1; i <= p->levels; i++)
		fputs(p->cells[i], out);
	fputs(")\n", out);
	rows = (p->above - p->lowest + p->step - 1) / p->step;
	while (rows--)
		print_row(out, p, p->lowest + rows * p->step);
	print_times(out, p);
}

bool text_heat(const struct view_options *o, FILE *out, const struct heatmap *h, enum heat_kind kind)
{
	size_t width = o->columns > LABEL_COLUMNS + 3 ? o->columns - LABEL_COLUMNS - 3 : HEAT_COLUMNS;
	struct picture p = {.h = h,
			    .kind = kind,
			    .cells = o->utf8 ? UTF8_CELLS : ASCII_CELLS,
			    .levels = o->utf8 ? 4 : 6,
			    .from_column = h->count > width ? h->count - width : 0};

	print_map(o, out, &p);
	return p.largest;
}

void text_heatmap(const struct view_options *o, const struct heatmap *h, const struct interval_report *r)
{
	struct screen screen;
	FILE *out = screen__begin(&screen, o);
	bool any = false;

	if (o->refresh)
		text_logs_heading(o, out, r);
	for (int kind = 0; kind < HEAT_KINDS; kind++)
		any |= text_heat(o, out, h, (enum heat_kind)kind);
	if (!any)
		text_line(out, "no writes to logs%s",
			  o->some_files
				  ? " that match --log-file (a glob matches the whole path: '*/access.log')"
				  : "");
	text_calls(out, r);
	text_losses(o, out, r->losses, r->loss_count);
	text_cost(out, &r->cost);
	if (!o->refresh)
		text_line(out, "%s", "");
	screen__end(&screen, o);
}
