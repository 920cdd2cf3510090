// SPDX-License-Identifier: GPL-2.0-or-later
/* The processes, without a target of its own: Enter goes into one. */
#include "screen/scene.h"
#include "views/text/text_rows.h"
#include "words/describe.h"

static bool applies(const struct scene *s)
{
	return s->every_process || (s->r && s->r->process_count > 1);
}

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_PROCESSES, ret_count);
}

/* The worst finding that is about it. */
static enum style style_of(const struct scene *s, pid_t pid)
{
	enum style style = STYLE_PLAIN;

	for (size_t i = 0; i < s->r->finding_count; i++) {
		const struct finding *f = &s->r->findings[i];

		if (f->pid != pid)
			continue;
		if (f->severity == SEVERITY_CRITICAL)
			return STYLE_CRITICAL;
		if (f->severity == SEVERITY_WARNING)
			style = STYLE_WARNING;
	}
	return style;
}

/* Those with a finding first, then as the model has them. */
static void rows(const struct scene *s, struct grid *g)
{
	static const enum style order[] = {STYLE_CRITICAL, STYLE_WARNING, STYLE_PLAIN};

	for (size_t k = 0; k < sizeof(order) / sizeof(*order); k++)
		for (size_t i = 0; i < s->r->process_count; i++) {
			pid_t pid = s->r->processes[i].pid;
			enum style style = style_of(s, pid);

			if (style == order[k])
				grid__add(g, &(struct grid_row){.id = process__identity(pid),
								.index = i,
								.style = style});
		}
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;

	text_process_cells(t, s->r, &s->r->processes[row->index]);
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;

	return text_process_value(s->r, &s->r->processes[row->index], column);
}

static void preview(const struct scene *s, const struct grid_row *row, struct page *p)
{
	const struct process_row *r = &s->r->processes[row->index];
	pid_t pid = r->pid;
	char origin[DESCRIBE_ORIGIN];

	if (*describe_origin(origin, sizeof(origin), &r->origin, r->comm))
		page__line(p, STYLE_PLAIN, 0, "%s", origin);
	for (size_t i = 0; i < s->r->finding_count; i++)
		if (s->r->findings[i].pid == pid)
			page__line(p, STYLE_WARNING, 2, "%s", s->r->findings[i].summary);
}

static struct place enter(const struct scene *s, const struct grid_row *row)
{
	return (struct place){.view = VIEW_OVERVIEW, .attach = s->r->processes[row->index].pid};
}

const struct screen_view view_processes = {
	.title = "processes",
	.applies = applies,
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.value = value,
	.preview = preview,
	.enter = enter,
	.empty = "no processes",
};
