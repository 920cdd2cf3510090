// SPDX-License-Identifier: GPL-2.0-or-later
/* Files, pipes, sockets and terminals that are written to: one row each, of all processes together. */
#include "screen/scene.h"
#include "views/text/text_rows.h"

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_FILES, ret_count);
}

static void rows(const struct scene *s, struct grid *g)
{
	for (size_t i = 0; i < s->r->file_group_count; i++) {
		const struct file_row *f = &s->r->files[s->r->file_groups[i].first];

		grid__add(g, &(struct grid_row){.id = file__identity(f),
						.index = i,
						.style = f->hangs        ? STYLE_WARNING
							 : f->connection ? STYLE_DIM
									 : STYLE_PLAIN});
	}
}

static const struct file_row *file_of(const struct scene *s, const struct grid_row *row)
{
	return &s->r->files[s->r->file_groups[row->index].first];
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;

	text_file_cells(t, s->r, file_of(s, row), s->r->file_groups[row->index].sums.count - 1, false);
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;

	return text_file_value(s->r, file_of(s, row), column);
}

const struct screen_view view_logs = {
	.title = "logs",
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.value = value,
	.empty = "nothing was written in this interval",
};
