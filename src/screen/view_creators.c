// SPDX-License-Identifier: GPL-2.0-or-later
/* Where threads come from. */
#include "screen/scene.h"
#include "views/text/text_rows.h"
#include "util/duration.h"
#include "words/describe.h"

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_CREATORS, ret_count);
}

static void rows(const struct scene *s, struct grid *g)
{
	for (size_t i = 0; i < s->r->creator_count; i++)
		grid__add(g, &(struct grid_row){.id = creator__identity(&s->r->creators[i]), .index = i});
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;

	text_creator_cells(t, s->r, &s->r->creators[row->index]);
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;

	return text_creator_value(s->r, &s->r->creators[row->index], column);
}

static void summary(const struct scene *s, const struct creator_row *c, struct page *p)
{
	char over[DURATION_TEXT];

	page__line(p, STYLE_BOLD, 2, "%llu created in %s: %llu exited, %llu alive",
		   (unsigned long long)c->created, duration_format(over, sizeof(over), s->r->watched_ns),
		   (unsigned long long)c->exited, (unsigned long long)c->alive);
}

static void preview(const struct scene *s, const struct grid_row *row, struct page *p)
{
	char stack[DESCRIBE_CHAIN];

	summary(s, &s->r->creators[row->index], p);
	page__line(p, STYLE_PLAIN, 2, "%s",
		   describe_calls(stack, sizeof(stack), &s->r->creators[row->index].stack, 12));
}

static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	for (size_t i = 0; i < s->r->creator_count; i++) {
		const struct creator_row *c = &s->r->creators[i];

		if (creator__identity(c) != id)
			continue;
		summary(s, c, p);
		page__findings(p, s, VIEW_CREATORS, id);
		page__stack(p, "CREATED BY", &c->stack, "stack unknown");
		return true;
	}
	return false;
}

const struct screen_view view_creators = {
	.title = "creators",
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.value = value,
	.preview = preview,
	.detail = detail,
	.empty = "no threads created since attach",
};
