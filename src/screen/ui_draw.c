// SPDX-License-Identifier: GPL-2.0-or-later
/* The screen: header, tabs, a view or a page, and the line at the bottom. */
#include <stdio.h>
#include <string.h>

#include "report/go_rows.h"
#include "screen/ui_private.h"
#include "util/append.h"
#include "util/duration.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"
#include "words/describe.h"

#define LEAST_ROWS    8
#define LEAST_COLUMNS 40
#define HEADER_TEXT   1024
#define AROUND_VIEW   3 /* rows: header, tabs, keys */

/* ---- the header ------------------------------------------------------------------ */

/* The row of the process's end, which is in a newer report than the one that is shown; else its own. */
static const struct process_row *newest(const struct ui *ui, const struct process_row *p)
{
	const struct interval_report *last = feed__moment(ui->feed, feed__count(ui->feed) - 1)->report;

	for (size_t i = 0; !ui->paused && i < last->process_count; i++)
		if (last->processes[i].pid == p->pid)
			return &last->processes[i];
	return p;
}

static void lost(const struct ui *ui, const struct interval_report *r, char dst[HEADER_TEXT], size_t *used)
{
	uint64_t skipped = feed__skipped(ui->feed);
	bool any = skipped > 0;

	if (skipped)
		append(dst, HEADER_TEXT, used, "  LOST: %llu %s", (unsigned long long)skipped,
		       skipped == 1 ? "interval" : "intervals");
	for (size_t i = 0; i < r->loss_count; i++) {
		if (!r->losses[i].count)
			continue;
		append(dst, HEADER_TEXT, used, "%s%llu %s",
		       any ? ", " : "  LOST: ", (unsigned long long)r->losses[i].count, r->losses[i].name);
		any = true;
	}
}

static void one_process(const struct ui *ui, const struct process_row *p, char dst[HEADER_TEXT], size_t *used)
{
	const struct interval_report *r = ui->scene.r;
	char a[DURATION_TEXT], end[TEXT_END], stop[DESCRIBE_STOP], name[DESCRIBE_PROCESS];
	char storage[TEXT_STORAGE];

	append(dst, HEADER_TEXT, used, "%s (%d)", describe_process(name, p), (int)p->pid);
	lost(ui, r, dst, used); /* here a narrow screen has it, too */
	if (newest(ui, p)->ended)
		append(dst, HEADER_TEXT, used, " %s", text_end(end, newest(ui, p)));
	if (p->stop.by)
		append(dst, HEADER_TEXT, used, " %s", describe_stop(stop, sizeof(stop), &p->stop));
	append(dst, HEADER_TEXT, used, "  %llu %s", (unsigned long long)p->threads,
	       p->threads == 1 ? "thread" : "threads");
	if (p->created || p->exited)
		append(dst, HEADER_TEXT, used, " (%s)", text_change(a, p->created, p->exited));
	append(dst, HEADER_TEXT, used, ", %llu blocked, %llu running", (unsigned long long)p->blocked,
	       (unsigned long long)p->running);
	if (p->go && !p->go->problem)
		append(dst, HEADER_TEXT, used, ", %llu goroutines", (unsigned long long)p->go->count);
	if (r->interval_ns)
		append(dst, HEADER_TEXT, used, "  %s CPU", text_percent(a, p->cpu_ns, r->interval_ns));
	if (p->writes.count)
		append(dst, HEADER_TEXT, used, "  write p99 %s",
		       text_latency(a, &p->writes, p->writes.p99_ns));
	append(dst, HEADER_TEXT, used, "%s", text_storage(storage, "  ", p, r->interval_ns));
}

static void several_processes(const struct ui *ui, const struct interval_report *r, char dst[HEADER_TEXT],
			      size_t *used)
{
	append(dst, HEADER_TEXT, used, "%zu %s", r->process_count,
	       r->process_count == 1 ? "process" : "processes");
	lost(ui, r, dst, used);
}

/* Of less use than what comes before it: where the screen is narrow it is cut off. */
static void origin(const struct process_row *p, char dst[HEADER_TEXT], size_t *used)
{
	struct origin o = p->origin;
	char command[DESCRIBE_WAIT], text[DESCRIBE_ORIGIN];

	if (!*describe_command(command, sizeof(command), p))
		o.command = NULL; /* the name at the beginning says as much */
	if (*describe_origin(text, sizeof(text), &o, p->comm))
		append(dst, HEADER_TEXT, used, "  %s", text);
}

/* What is to be known before anything else: that this is not now, or not the whole truth. */
static const char *state_words(const struct ui *ui, char dst[HEADER_TEXT])
{
	const char *message = ui->feed ? feed__message(ui->feed) : "";
	const struct process_row *p = scene__process(&ui->scene);
	/* A command that was started cannot be started again. */
	const char *remedy = ui->o.command && !ui->attached ? "" : ": R restarts it";

	*dst = '\0';
	/* How the process ended is in the header. */
	if (!ui->o.replay && p && newest(ui, p)->ended) {
		snprintf(dst, HEADER_TEXT, "LAST STATE");
		return dst;
	}
	/* An earlier moment is not the end, unless it is shown for it. */
	if (ui->paused && ui->feed && feed__state(ui->feed) == FEED_OVER &&
	    ui->scene.moment + 1 < feed__count(ui->feed))
		return dst;
	switch (ui->feed ? feed__state(ui->feed) : FEED_STARTING) {
	case FEED_STARTING:
		snprintf(dst, HEADER_TEXT, "%s", *message ? message : "starting");
		break;
	case FEED_RUNNING:
		break;
	case FEED_OVER:
		snprintf(dst, HEADER_TEXT, "%.300s%s",
			 *message       ? message
			 : ui->o.replay ? "end of the file"
					: "the process has ended",
			 ui->o.replay ? "" : "; this is the last state");
		break;
	case FEED_SILENT:
		snprintf(dst, HEADER_TEXT, "%s%s",
			 ui->scene.r && !ui->scene.r->interval_ns /* a restart would begin it anew */
				 ? "attaching takes unusually long"
				 : "the collector does not answer",
			 ui->scene.r && !ui->scene.r->interval_ns ? "" : remedy);
		break;
	case FEED_BROKEN:
		snprintf(dst, HEADER_TEXT, "%.300s%s", message, remedy);
		break;
	}
	return dst;
}

static void draw_header(const struct ui *ui, struct canvas *c)
{
	const struct interval_report *r = ui->scene.r;
	char text[HEADER_TEXT] = "", state[HEADER_TEXT], clock[DURATION_TEXT];
	unsigned at = 0;
	size_t used = 0;

	canvas__style(c, 0, 0, c->columns, STYLE_TITLE);
	if (ui->o.about)
		append(text, sizeof(text), &used, "%.64s  ", ui->o.about);
	if (r && ui->o.replay)
		append(text, sizeof(text), &used, "%s ", time_format_day(clock, sizeof(clock), r->time_ns));
	if (r)
		append(text, sizeof(text), &used, "%.8s  ",
		       time_format_clock(clock, sizeof(clock), r->time_ns));
	if (r && scene__process(&ui->scene))
		one_process(ui, scene__process(&ui->scene), text, &used);
	else if (r)
		several_processes(ui, r, text, &used);
	else
		append(text, sizeof(text), &used, "threadscope");
	if (r && !r->interval_ns)
		append(text, sizeof(text), &used, "  attaching probes");
	if (r && scene__process(&ui->scene))
		origin(scene__process(&ui->scene), text, &used);
	if (ui->paused)
		at += canvas__put(c, 0, at, c->columns, STYLE_CRITICAL, "PAUSED ");
	if (*state_words(ui, state))
		at += canvas__print(c, 0, at, STYLE_CRITICAL, "%s ", state);
	canvas__print(c, 0, at, STYLE_TITLE, "%s", text);
}

/* ---- tabs ------------------------------------------------------------------------------ */

static void draw_tabs(struct ui *ui, struct canvas *c)
{
	const struct interval_report *r = ui->scene.r;
	unsigned at = ui__draw_tabs(ui, c, 1);
	char cost[HEADER_TEXT], a[DURATION_TEXT], b[DURATION_TEXT];

	if (!r || !r->cost.wall_ns)
		return;
	snprintf(cost, sizeof(cost), "own cost %s CPU, %s", text_percent(a, r->cost.cpu_ns, r->cost.wall_ns),
		 bytes_format(b, sizeof(b), r->cost.rss_bytes));
	if (at + strlen(cost) + 2 < c->columns)
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
	draw_header(ui, c);
	draw_tabs(ui, c);
	if (ui__on_page(ui))
		draw_page(ui, c, 2, c->rows - AROUND_VIEW);
	else if (ui->scene.r || SCREEN_VIEWS[ui->view]->without_report)
		draw_view(ui, c, 2, c->rows - AROUND_VIEW);
	if (ui->mode == MODE_COLUMNS)
		draw_columns(ui, c, 2, c->rows - AROUND_VIEW);
	ui__draw_bottom(ui, c);
}
