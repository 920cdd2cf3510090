// SPDX-License-Identifier: GPL-2.0-or-later
/* Goroutines of Go programs: groups of equal ones. */
#include "report/go_rows.h"
#include "screen/identity.h"
#include "screen/scene.h"
#include "views/text/text_rows.h"

static bool applies(const struct scene *s)
{
	for (size_t i = 0; s->r && i < s->r->process_count; i++)
		if (s->r->processes[i].go)
			return true;
	return false;
}

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_GO_GROUPS, ret_count);
}

/* A row's group is the process, its index the group of goroutines. */
static const struct go_group_row *group_of(const struct scene *s, const struct grid_row *row)
{
	return &s->r->processes[row->group].go->groups[row->index];
}

static uint64_t identity(const struct process_row *p, const struct go_group_row *r)
{
	uint64_t id = identity__text(identity__add(IDENTITY_SEED + 6, (uint64_t)p->pid), r->g.state);

	for (size_t i = 0; i < r->g.stack.count; i++)
		id = identity__add(id, r->g.stack.frames[i].address);
	return identity__text(id, r->g.created_by.function);
}

static void rows(const struct scene *s, struct grid *g)
{
	for (size_t i = 0; i < s->r->process_count; i++) {
		const struct process_row *p = &s->r->processes[i];

		for (size_t k = 0; p->go && k < p->go->group_count; k++)
			grid__add(g, &(struct grid_row){.id = identity(p, &p->go->groups[k]),
							.index = k,
							.group = i,
							.style = p->go->groups[k].leak ? STYLE_WARNING
										       : STYLE_PLAIN});
	}
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;

	text_go_group_cells(t, s->r, s->r->processes[row->group].pid, group_of(s, row));
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;

	return text_go_group_value(s->r, s->r->processes[row->group].pid, group_of(s, row), column);
}

const struct screen_view view_goroutines = {
	.title = "goroutines",
	.applies = applies,
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.value = value,
	.empty = "the goroutines have not been read so far",
};
