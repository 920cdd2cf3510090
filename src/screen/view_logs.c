// SPDX-License-Identifier: GPL-2.0-or-later
/* Files, pipes, sockets and terminals that are written to: one row each, of all processes together. */
#include "screen/log_detail.h"
#include "screen/scene.h"
#include "util/duration.h"
#include "views/text/text_rows.h"

#define MOST_NOTES 4 /* lines on what is not counted */

static const struct column *columns(const struct scene *s, size_t *ret_count)
{
	(void)s;
	return columns__of(COLUMNS_OF_FILES, ret_count);
}

static const struct file_row *first_of(const struct scene *s, size_t group)
{
	return &s->r->files[s->r->file_groups[group].first];
}

static void add(const struct scene *s, struct grid *g, bool connections)
{
	for (size_t i = 0; i < s->r->file_group_count; i++) {
		const struct file_row *f = first_of(s, i);

		if (f->connection == connections)
			grid__add(g, &(struct grid_row){.id = file__identity(f),
							.index = i,
							.style = f->connection ? STYLE_DIM
								 : f->hangs    ? STYLE_WARNING
									       : STYLE_PLAIN});
	}
}

/* Connections to clients are no logs: they come last. */
static void rows(const struct scene *s, struct grid *g)
{
	add(s, g, false);
	add(s, g, true);
}

static const struct file_row *file_of(const struct scene *s, const struct grid_row *row)
{
	return first_of(s, row->index);
}

static void cells(const void *arg, const struct grid_row *row, struct table *t)
{
	const struct scene *s = arg;

	text_file_cells(t, s->r, file_of(s, row), &s->r->file_groups[row->index].sums);
}

static double value(const void *arg, const struct grid_row *row, size_t column)
{
	const struct scene *s = arg;

	return text_file_value(s->r, file_of(s, row), column);
}

/* What none of the rows has: a number that is missing is no zero. */
static void not_counted(const struct scene *s, struct page *p)
{
	const struct interval_report *r = s->r;
	char bytes[DURATION_TEXT];

	if (!r->interval_ns)
		page__line(p, STYLE_DIM, 2, "  a first look: writes and syncs are counted from now on");
	if (r->uring_hidden)
		page__line(p, STYLE_WARNING, 2,
			   "  not counted: writes and syncs by io_uring ('threadscope doctor' shows why)");
	for (size_t i = 0; i < r->process_count && p->count < MOST_NOTES; i++)
		if (r->processes[i].calls_unseen)
			page__line(p, STYLE_WARNING, 2,
				   "  not counted: writes and syncs of %s (%d), which runs 32-bit code",
				   r->processes[i].comm, (int)r->processes[i].pid);
	if (r->mapped_count == 1)
		page__line(p, STYLE_DIM, 2, "  not counted: writes through mapped memory, to %s (%s mapped)",
			   r->mapped[0].path, bytes_format(bytes, sizeof(bytes), r->mapped[0].bytes));
	else if (r->mapped_count)
		page__line(p, STYLE_DIM, 2,
			   "  not counted: writes through mapped memory, to %s (%s mapped) and %zu more",
			   r->mapped[0].path, bytes_format(bytes, sizeof(bytes), r->mapped[0].bytes),
			   r->mapped_count - 1);
}

static unsigned head(const struct scene *s, struct canvas *c, unsigned row, unsigned rows)
{
	struct page p = {0};
	unsigned used;

	not_counted(s, &p);
	used = page__draw(&p, c, row, rows / 3);
	page__free(&p);
	return used;
}

static void preview(const struct scene *s, const struct grid_row *row, struct page *p)
{
	log_detail__preview(s, file_of(s, row), p);
}

static bool detail(const struct scene *s, uint64_t id, struct page *p)
{
	for (size_t i = 0; i < s->r->file_count; i++)
		if (file__identity(&s->r->files[i]) == id) {
			log_detail__write(s, &s->r->files[i], p);
			return true;
		}
	return false;
}

const struct screen_view view_logs = {
	.title = "logs",
	.columns = columns,
	.rows = rows,
	.cells = cells,
	.value = value,
	.head = head,
	.preview = preview,
	.detail = detail,
	.empty = "no writes or syncs seen",
};
