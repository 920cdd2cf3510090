// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Settings, a line each: "name = value". What a person chose on the screen is written in the same form; what
 * is as it would be anyway is left out.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/ui_private.h"
#include "util/duration.h"
#include "util/text.h"

#define SHORTEST_NS 10000000ull
#define NAME_BYTES  64

/* ---- names ------------------------------------------------------------------- */

static int find_view(const char *name)
{
	for (int view = 0; view < VIEWS; view++)
		if (same_text(SCREEN_VIEWS[view]->title, name))
			return view;
	return -1;
}

/* The columns of a view, also before it was shown. */
static const struct column *columns_of(const struct ui *ui, int view, size_t *ret_count)
{
	*ret_count = 0;
	return SCREEN_VIEWS[view]->columns ? SCREEN_VIEWS[view]->columns(&ui->scene, ret_count) : NULL;
}

static int find_column(const struct ui *ui, int view, const char *heading)
{
	size_t count;
	const struct column *columns = columns_of(ui, view, &count);

	for (size_t i = 0; i < count && i < GRID_COLUMNS; i++)
		if (*heading && same_text(columns[i].heading, heading))
			return (int)i;
	return -1;
}

/* ---- reading -------------------------------------------------------------------- */

static int set_interval(struct ui *ui, const char *value)
{
	uint64_t ns;

	if (duration_parse(value, &ns) || ns < SHORTEST_NS)
		return -EINVAL;
	ui__set_interval(ui, ns);
	return 0;
}

static int set_sort(struct ui *ui, int view, const char *value)
{
	const char *heading = *value == '-' ? value + 1 : value;
	int column = find_column(ui, view, heading);

	if (column < 0)
		return -EINVAL;
	ui->grids[view].sort = column;
	ui->grids[view].reverse = *value == '-';
	return 0;
}

static int set_hidden(struct ui *ui, int view, const char *value)
{
	char copy[256], *rest = copy, *part;
	uint32_t hidden = 0;

	snprintf(copy, sizeof(copy), "%.255s", value);
	while ((part = strsep(&rest, ","))) {
		int column = find_column(ui, view, part + strspn(part, " "));

		if (column < 0)
			return -EINVAL;
		hidden |= 1u << column;
	}
	ui->grids[view].hidden = hidden;
	return 0;
}

int ui__set(struct ui *ui, const char *name, const char *value)
{
	const char *dot = strchr(name, '.');
	char first[NAME_BYTES];
	int view;

	if (!strcmp(name, "interval"))
		return set_interval(ui, value);
	if (!dot || dot - name >= NAME_BYTES)
		return -ENOENT;
	snprintf(first, sizeof(first), "%.*s", (int)(dot - name), name);
	if (!strcmp(first, "key"))
		return keymap__set(&ui->keys, dot + 1, value);
	view = find_view(dot + 1);
	if (view < 0)
		return -ENOENT;
	if (!strcmp(first, "sort"))
		return set_sort(ui, view, value);
	if (!strcmp(first, "hide"))
		return set_hidden(ui, view, value);
	return -ENOENT;
}

/* ---- writing ----------------------------------------------------------------------- */

static void write_view(const struct ui *ui, int view, FILE *out)
{
	const struct grid *g = &ui->grids[view];
	const char *title = SCREEN_VIEWS[view]->title, *before = "";
	size_t count;
	const struct column *columns = columns_of(ui, view, &count);

	if (g->sort >= 0 && (size_t)g->sort < count && *columns[g->sort].heading)
		fprintf(out, "sort.%s = %s%s\n", title, g->reverse ? "-" : "", columns[g->sort].heading);
	for (size_t i = 0; i < count && i < GRID_COLUMNS; i++) {
		if (!(g->hidden >> i & 1) || !*columns[i].heading)
			continue;
		if (!*before)
			fprintf(out, "hide.%s = ", title);
		fprintf(out, "%s%s", before, columns[i].heading);
		before = ", ";
	}
	if (*before)
		fputc('\n', out);
}

void ui__settings(const struct ui *ui, FILE *out)
{
	fprintf(out, "# threadscope's full-screen view; written by its key S\n");
	fprintf(out, "interval = %llums\n", (unsigned long long)(ui->o.interval_ns / 1000000));
	for (int view = 0; view < VIEWS; view++)
		write_view(ui, view, out);
	keymap__write(&ui->keys, out);
}
