// SPDX-License-Identifier: GPL-2.0-or-later
/* What each key does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/interval/model.h"
#include "screen/ui_private.h"
#include "util/append.h"
#include "util/duration.h"
#include "util/heap.h"

static void move(struct ui *ui, long rows)
{
	if (ui__on_page(ui))
		page__scroll(&ui->page, rows);
	else
		grid__move(&ui->grids[ui->view], rows);
}

static long page_rows(const struct ui *ui)
{
	unsigned rows = ui__on_page(ui) ? ui->page.shown : ui->grids[ui->view].height;

	return rows > 1 ? (long)rows - 1 : 1;
}

#define ALL_ROWS 1000000000L

static void open_selected(struct ui *ui)
{
	const struct screen_view *v = SCREEN_VIEWS[ui->view];
	const struct grid_row *row = grid__selected(&ui->grids[ui->view]);

	if (ui__on_page(ui) || !row || (!ui->scene.r && !v->without_report))
		return;
	if (v->enter)
		ui__go(ui, v->enter(&ui->scene, row));
	else if (v->detail)
		ui__go(ui, (struct place){.view = ui->view, .id = row->id, .detail = true});
}

static void fold(struct ui *ui, bool open)
{
	if (!ui__on_page(ui) && grid__fold(&ui->grids[ui->view], open))
		ui__fill(ui, ui->view);
}

static void scroll_cells(struct ui *ui, int columns)
{
	struct grid *g = &ui->grids[ui->view];

	if (columns < 0)
		g->skip = g->skip > (unsigned)-columns ? g->skip - (unsigned)-columns : 0;
	else if (g->skip < CANVAS_COLUMNS)
		g->skip += (unsigned)columns;
}

/* Before the first report these keys have nothing to act on. */
static bool has_report(struct ui *ui)
{
	if (!ui->scene.r)
		ui__say(ui, "no interval has been measured so far");
	return ui->scene.r;
}

static void next_view(struct ui *ui, int step)
{
	int view = (int)ui->view;

	do
		view = (view + step + VIEWS) % VIEWS;
	while (!view__applies((enum view_id)view, &ui->scene));
	ui__open_view(ui, (enum view_id)view);
}

/* The first time sets the mark, the next shows the difference, and from there it is taken away. */
static void mark(struct ui *ui)
{
	char clock[DURATION_TEXT];

	if (!has_report(ui))
		return;
	if (ui->difference) {
		interval_report__release(ui->mark);
		ui->mark = NULL;
		ui->difference = false;
		ui__say(ui, "mark removed");
	} else if (ui->mark) {
		ui->difference = true;
		ui->page.top = 0;
	} else {
		ui->mark = interval_report__hold(ui->scene.r);
		time_format_clock(clock, sizeof(clock), ui->scene.r->time_ns);
		ui__say(ui, "mark set at %.8s; press d again to see what has changed since", clock);
	}
	ui__refresh(ui);
}

static void write_file(struct ui *ui)
{
	const struct process_row *p = scene__process(&ui->scene);
	char name[PROMPT_BYTES];
	struct tm tm = {0};
	time_t now;

	if (!has_report(ui))
		return;
	now = (time_t)(ui->scene.r->time_ns / 1000000000ull);
	localtime_r(&now, &tm);
	snprintf(name, sizeof(name), "threadscope-%d-%02d%02d%02d.facts", p ? (int)p->pid : 0, tm.tm_hour,
		 tm.tm_min, tm.tm_sec);
	ui__prompt(ui, PROMPT_WRITE, name);
}

static void choose_columns(struct ui *ui)
{
	if (ui__on_page(ui) || ui->grids[ui->view].column_count < 2) {
		ui__say(ui, "nothing to sort here");
		return;
	}
	ui->mode = MODE_COLUMNS;
	ui->column = ui->grids[ui->view].sort >= 0 ? (size_t)ui->grids[ui->view].sort : 0;
}

static void follow(struct ui *ui)
{
	const struct process_row *p = scene__process(&ui->scene);
	int err;

	if (!ui->host.follow || !p || feed__state(ui->feed) != FEED_OVER)
		ui__say(ui, "f follows a new process after this one has ended");
	else if ((err = ui->host.follow(ui->host.arg, p->comm)) == -ESRCH)
		ui__say(ui, "no running process is named '%.32s'", p->comm);
	else if (err)
		ui__say(ui, "cannot follow another process: %s", strerror(-err));
}

static void again(struct ui *ui)
{
	if (ui->o.command && !ui->attached)
		ui__say(ui, "cannot restart the collector: it started the command; use -p PID for what still "
			    "runs");
	else if (!ui->host.attach || ui->host.attach(ui->host.arg, ui->attached))
		ui__say(ui, "cannot restart the collector");
}

static void save_settings(struct ui *ui)
{
	char path[PROMPT_BYTES] = "";
	int err = ui->host.save_settings ? ui->host.save_settings(ui->host.arg, ui, path, sizeof(path))
					 : -ENOTSUP;

	if (err)
		ui__say(ui, "cannot save the settings: %s", strerror(-err));
	else
		ui__say(ui, "settings saved to %.200s", path);
}

static void show_help(struct ui *ui)
{
	ui->help = !ui->help;
	ui->page.top = 0;
	ui__refresh(ui);
}

static void interval_prompt(struct ui *ui)
{
	char text[DURATION_TEXT];

	duration_format(text, sizeof(text), ui->o.interval_ns);
	ui__prompt(ui, PROMPT_INTERVAL, "");
	ui__say(ui, "now %s", text);
}

/* ---- mouse ----------------------------------------------------------------------- */

static void click(struct ui *ui, const struct key *key, bool twice)
{
	struct grid *g = &ui->grids[ui->view];
	const struct grid_row *row;
	int column, view = key->row == 1 ? ui__tab_at(ui, key->column) : -1;

	if (view >= 0 && view__applies((enum view_id)view, &ui->scene)) {
		ui__open_view(ui, (enum view_id)view);
		return;
	}
	if (ui__on_page(ui) || key->row < ui->content_row || key->row >= ui->content_row + ui->content_rows)
		return;
	row = grid__row_at(g, key->row - ui->content_row);
	if (row && !row->still) {
		grid__select(g, row->id);
		if (twice)
			open_selected(ui);
		return;
	}
	column = key->row == ui->content_row ? grid__column_at(g, key->column) : -1;
	if (column >= 0 && g->source.value) {
		g->reverse = g->sort == column ? !g->reverse : false;
		g->sort = column;
		ui__fill(ui, ui->view);
	}
}

/* ---- all of them -------------------------------------------------------------------- */

static bool moved(struct ui *ui, enum action action)
{
	switch (action) {
	case ACTION_UP:
		move(ui, -1);
		return true;
	case ACTION_DOWN:
		move(ui, 1);
		return true;
	case ACTION_PAGE_UP:
		move(ui, -page_rows(ui));
		return true;
	case ACTION_PAGE_DOWN:
		move(ui, page_rows(ui));
		return true;
	case ACTION_FIRST:
		move(ui, -ALL_ROWS);
		return true;
	case ACTION_LAST:
		move(ui, ALL_ROWS);
		return true;
	case ACTION_SCROLL_LEFT:
		scroll_cells(ui, -8);
		return true;
	case ACTION_SCROLL_RIGHT:
		scroll_cells(ui, 8);
		return true;
	case ACTION_FOLD:
		fold(ui, false);
		return true;
	case ACTION_UNFOLD:
		fold(ui, true);
		return true;
	default:
		return false;
	}
}

static bool went(struct ui *ui, enum action action, int code)
{
	switch (action) {
	case ACTION_OPEN:
		open_selected(ui);
		return true;
	case ACTION_BACK:
		ui__back(ui);
		return true;
	case ACTION_NEXT_VIEW:
		next_view(ui, 1);
		return true;
	case ACTION_PREVIOUS_VIEW:
		next_view(ui, -1);
		return true;
	case ACTION_NUMBER:
		ui__open_number(ui, (unsigned)(code - '0'));
		return true;
	case ACTION_PAUSE:
		if (has_report(ui))
			ui__pause(ui);
		return true;
	case ACTION_STEP_BACK:
		if (has_report(ui))
			ui__step(ui, -1);
		return true;
	case ACTION_STEP_ON:
		if (has_report(ui))
			ui__step(ui, 1);
		return true;
	case ACTION_NEXT_FINDING:
		ui__next_finding(ui, false);
		return true;
	case ACTION_PREVIOUS_FINDING:
		ui__next_finding(ui, true);
		return true;
	default:
		return false;
	}
}

static void act(struct ui *ui, enum action action)
{
	struct grid *g = &ui->grids[ui->view];

	switch (action) {
	case ACTION_FILTER:
		ui__prompt(ui, PROMPT_FILTER, g->filter);
		break;
	case ACTION_NEXT_MATCH:
		grid__find(g, g->filter, false);
		break;
	case ACTION_PREVIOUS_MATCH:
		grid__find(g, g->filter, true);
		break;
	case ACTION_SORT:
		choose_columns(ui);
		break;
	case ACTION_REVERSE:
		g->reverse = !g->reverse;
		ui__fill(ui, ui->view);
		break;
	case ACTION_JUMP:
		ui__prompt(ui, PROMPT_JUMP, "");
		break;
	case ACTION_INTERVAL:
		interval_prompt(ui);
		break;
	case ACTION_WRITE:
		write_file(ui);
		break;
	case ACTION_MARK:
		mark(ui);
		break;
	case ACTION_COPY:
		ui__copy(ui);
		break;
	case ACTION_FOLLOW:
		follow(ui);
		break;
	case ACTION_AGAIN:
		again(ui);
		break;
	case ACTION_SETTINGS:
		save_settings(ui);
		break;
	case ACTION_REDRAW:
		if (ui->host.redraw)
			ui->host.redraw(ui->host.arg);
		break;
	case ACTION_HELP:
		show_help(ui);
		break;
	case ACTION_QUIT:
		ui->over = true;
		break;
	default:
		break;
	}
}

void ui__key(struct ui *ui, const struct key *key)
{
	enum action action = keymap__action(&ui->keys, key->code);

	if (ui->mode == MODE_PROMPT) {
		ui__prompt_key(ui, key);
		return;
	}
	if (ui->mode == MODE_COLUMNS) {
		ui__columns_key(ui, key);
		return;
	}
	*ui->message = '\0';
	ui->seek = (struct seek){0};
	ui->awaited = 0;
	ui__show_events(ui);
	ui__show_output(ui);
	if (key->code == CODE_CLICK || key->code == CODE_DOUBLE_CLICK)
		click(ui, key, key->code == CODE_DOUBLE_CLICK);
	else if (key->code == CODE_WHEEL_UP || key->code == CODE_WHEEL_DOWN)
		move(ui, key->code == CODE_WHEEL_UP ? -3 : 3);
	else if (!moved(ui, action) && !went(ui, action, key->code))
		act(ui, action);
}
