// SPDX-License-Identifier: GPL-2.0-or-later
/* The screen: tabs, a view or a page; the lines at the top and at the bottom have files of their own. */
#include <stdio.h>
#include <string.h>

#include "screen/ui_private.h"
#include "util/duration.h"
#include "views/text/text_units.h"

#define LEAST_ROWS    8
#define LEAST_COLUMNS 40
#define COST_TEXT     128
#define AROUND_VIEW   3 /* rows: header, tabs, keys */

/* ---- tabs ------------------------------------------------------------------------------ */

static void draw_tabs(struct ui *ui, struct canvas *c)
{
	const struct interval_report *r = ui->scene.r;
	unsigned at = ui__draw_tabs(ui, c, 1);
	char cost[COST_TEXT], a[DURATION_TEXT], b[DURATION_TEXT];

	if (!r || !r->cost.wall_ns)
		return;
	text_percent(a, r->cost.cpu_ns, r->cost.wall_ns);
	snprintf(cost, sizeof(cost), "own cost %s CPU, %s", a, bytes_format(b, sizeof(b), r->cost.rss_bytes));
	if (at + strlen(cost) + 2 >= c->columns)
		snprintf(cost, sizeof(cost), "own cost %s", a);
	if (at + strlen(cost) < c->columns)
		canvas__put(c, 1, c->columns - (unsigned)strlen(cost), c->columns, STYLE_DIM, cost);
}

/* ---- in between ---------------------------------------------------------------------------------- */

static void draw_columns(const struct ui *ui, struct canvas *c, unsigned row, unsigned rows)
{
	const struct grid *g = &ui->grids[ui->view];
	unsigned width = 26, left = c->columns > width ? c->columns - width : 0;

	for (size_t i = 0; i <= g->column_count && i < rows; i++) {
		bool shown = i && !(g->hidden >> (i - 1) & 1);
		bool sorts = i && (int)(i - 1) == g->sort;

		canvas__print(c, row + (unsigned)i, left, STYLE_TITLE, "%-*s", (int)width, "");
		if (!i)
			canvas__put(c, row, left + 1, width, STYLE_TITLE,
				    "[x] shown  \xe2\x86\x93 sorted by");
		else
			canvas__print(c, row + (unsigned)i, left,
				      i - 1 == ui->column ? STYLE_SELECTED : STYLE_TITLE, " [%c] %-18s%s ",
				      shown ? 'x' : ' ',
				      *g->columns[i - 1].heading ? g->columns[i - 1].heading : "(state)",
				      sorts ? grid__sort_mark(g) : " ");
	}
}

#define PREVIEW_ROWS 5
#define FEW_ROWS     2 /* of it on a small screen */
#define SMALL_ROWS   30
#define LEAST_FOR_IT 16 /* with fewer, the view itself needs them all */

static void draw_view(struct ui *ui, struct canvas *c, unsigned row, unsigned rows)
{
	const struct screen_view *v = SCREEN_VIEWS[ui->view];
	struct grid *g = &ui->grids[ui->view];
	const struct grid_row *selected;
	unsigned head = v->head ? v->head(&ui->scene, c, row, rows) : 0, below = 0;

	selected = grid__selected(g);
	page__clear(&ui->preview);
	if (v->preview && selected && rows >= LEAST_FOR_IT) {
		v->preview(&ui->scene, selected, &ui->preview);
		below = !ui->preview.count ? 0 : 1 + (rows < SMALL_ROWS ? FEW_ROWS : PREVIEW_ROWS);
	}
	ui->content_row = row + head;
	ui->content_rows = rows - head - below;
	grid__draw(g, c, ui->content_row, ui->content_rows);
	if (!g->shown)
		canvas__put(c, ui->content_row + 1, 2, c->columns, STYLE_DIM,
			    *g->filter ? "no row contains this text" : v->empty);
	if (!below)
		return;
	for (unsigned i = 0; i < c->columns; i++)
		canvas__put(c, row + rows - below, i, 1, STYLE_DIM, "\xe2\x94\x80");
	ui->preview.top = 0;
	page__draw(&ui->preview, c, row + rows - below + 1, below - 1);
	if (ui->preview.last_height > below - 1) /* Enter has all of it */
		canvas__put(c, row + rows - 1, c->columns - 1, 1, STYLE_DIM, "\xe2\x80\xa6");
}

static void draw_page(struct ui *ui, struct canvas *c, unsigned row, unsigned rows)
{
	if (ui->detail && ui->detail_gone && !ui->help && !ui->difference) {
		canvas__put(c, row, 0, c->columns, STYLE_WARNING,
			    ui->page.count ? "gone: this is its last state" : "not there in this interval");
		row++;
		rows--;
	}
	page__draw(&ui->page, c, row, rows);
}

void ui__draw(struct ui *ui, struct canvas *c)
{
	canvas__clear(c);
	if (c->rows < LEAST_ROWS || c->columns < LEAST_COLUMNS) {
		canvas__print(c, 0, 0, STYLE_PLAIN, "too small: needs %ux%u", LEAST_COLUMNS, LEAST_ROWS);
		return;
	}
	if (ui->scene.rows != c->rows - AROUND_VIEW || ui->scene.columns != c->columns ||
	    ui->scene.ascii != c->ascii) {
		ui->scene.rows = c->rows - AROUND_VIEW;
		ui->scene.columns = c->columns;
		ui->scene.ascii = c->ascii;
		ui__refresh(ui);
	}
	ui__show_events(ui);
	ui__show_output(ui);
	ui__draw_header(ui, c);
	draw_tabs(ui, c);
	if (ui__on_page(ui))
		draw_page(ui, c, 2, c->rows - AROUND_VIEW);
	else if (ui->scene.r || SCREEN_VIEWS[ui->view]->without_report)
		draw_view(ui, c, 2, c->rows - AROUND_VIEW);
	if (ui->mode == MODE_COLUMNS)
		draw_columns(ui, c, 2, c->rows - AROUND_VIEW);
	ui__draw_bottom(ui, c);
}
