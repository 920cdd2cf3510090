// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/interval/model.h"
#include "screen/ui_private.h"
#include "util/heap.h"

struct ui *ui__new(const struct ui_options *o, const struct ui_host *host)
{
	struct ui *ui = HEAP_NEW(struct ui, 1);

	ui->o = *o;
	keymap__init(&ui->keys);
	if (host)
		ui->host = *host;
	for (size_t i = 0; i < VIEWS; i++)
		grid__init(&ui->grids[i]);
	return ui;
}

static void forget_mark(struct ui *ui)
{
	if (ui->mark)
		interval_report__release(ui->mark);
	ui->mark = NULL;
}

void ui__free(struct ui *ui)
{
	if (!ui)
		return;
	forget_mark(ui);
	event_log__free(&ui->events);
	output_log__free(&ui->output);
	stack_tree__free(&ui->tree);
	for (size_t i = 0; i < VIEWS; i++)
		grid__free(&ui->grids[i]);
	page__free(&ui->page);
	page__free(&ui->preview);
	found__free(&ui->found);
	found__free(&ui->found_then);
	timeline__free(&ui->timeline);
	thread_groups__free(&ui->groups);
	free(ui);
}

void ui__say(struct ui *ui, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ui->message, sizeof(ui->message), format, args);
	va_end(args);
}

void ui__message(struct ui *ui, const char *text)
{
	snprintf(ui->message, sizeof(ui->message), "%s", text);
}

bool ui__over(const struct ui *ui)
{
	return ui->over;
}

bool ui__on_page(const struct ui *ui)
{
	return ui->detail || ui->help || ui->difference;
}

/* ---- what is shown ------------------------------------------------------------- */

void ui__set_feed(struct ui *ui, struct feed *feed, bool every_process)
{
	forget_mark(ui);
	ui__forget_events(ui);
	ui->feed = feed;
	ui->o.every_process = every_process;
	ui->asked_ns = 0;
	ui->seek = (struct seek){0};
	ui->awaited = 0;
	ui->last_number = 0;
	ui->paused = false;
	ui->trend = (struct trend){0};
	timeline__free(&ui->timeline);
	found__free(&ui->found);
	found__free(&ui->found_then);
	ui->detail = ui->help = ui->difference = false;
	ui->depth = 0;
	ui->view = ui->o.logs ? VIEW_LOGS : every_process ? VIEW_PROCESSES : VIEW_OVERVIEW;
	for (size_t i = 0; i < VIEWS;
	     i++) /* until there is a report there is nothing that a key could act on */
		ui->grids[i].count = ui->grids[i].shown = 0;
	ui->scene = (struct scene){.every_process = every_process};
	ui__refresh(ui);
}

/* The moment that is shown: the newest state; while paused the one of then, or as long as it is being made
 * again the next that there is. */
static const struct feed_moment *find_moment(struct ui *ui)
{
	struct scene *s = &ui->scene;
	size_t count;

	s->past = false;
	s->moment = ui__last_state(ui);
	if (!ui->paused)
		return feed__moment(ui->feed, s->moment);
	s->past = ui->paused_number < feed__moment(ui->feed, 0)->number && feed__past_count(ui->feed);
	count = scene__moment_count(s);
	for (s->moment = 0; s->moment + 1 < count; s->moment++)
		if (scene__moment(s, s->moment)->number >= ui->paused_number)
			break;
	return scene__moment(s, s->moment);
}

void ui__fill(struct ui *ui, enum view_id view)
{
	const struct screen_view *v = SCREEN_VIEWS[view];
	struct grid_source source = {.arg = &ui->scene, .cells = v->cells, .value = v->value};
	struct grid *g = &ui->grids[view];
	const struct column *columns;
	size_t count;

	if ((!ui->scene.r && !v->without_report) || !v->columns || !view__applies(view, &ui->scene))
		return;
	columns = v->columns(&ui->scene, &count);
	grid__begin(g, &source, columns, count);
	v->rows(&ui->scene, g);
	grid__end(g);
}

static void fill_detail(struct ui *ui)
{
	struct page fresh = {0};

	if (ui->help || ui->difference) {
		page__clear(&ui->page);
		if (ui->help)
			help__write(&ui->page);
		else
			difference__write(&ui->scene, &ui->page);
		return;
	}
	if (!ui->detail || (!ui->scene.r && !SCREEN_VIEWS[ui->view]->without_report) ||
	    !SCREEN_VIEWS[ui->view]->detail)
		return;
	ui->detail_gone = !SCREEN_VIEWS[ui->view]->detail(&ui->scene, ui->detail_id, &fresh);
	if (ui->detail_gone) { /* what it last was stays */
		page__free(&fresh);
		return;
	}
	page__clear(&ui->page);
	fresh.top = ui->page.top;
	fresh.last_height = ui->page.last_height;
	fresh.shown = ui->page.shown;
	page__free(&ui->page);
	ui->page = fresh;
}

/* Reading all goroutines is expensive: a detail does with a reading of this age. */
#define GOROUTINES_STAY_NS 10000000000ull

static bool detail_wants_snapshot(const struct ui *ui)
{
	const struct scene *s = &ui->scene;

	if (!ui->detail)
		return false;
	return ui->view == VIEW_THREADS || ui->view == VIEW_LOCKS ||
	       (ui->view == VIEW_GOROUTINES &&
		(!s->snapshot || s->snapshot_ns + GOROUTINES_STAY_NS < s->r->time_ns));
}

/* More often would cost a large process more than all the rest. */
#define SNAPSHOT_EVERY_NS 2000000000ull

/* A snapshot is taken only while something shows it. */
static void want_snapshot(struct ui *ui)
{
	const struct process_row *p = scene__process(&ui->scene);
	struct feed_request request = {.wish = FEED_SNAPSHOT, .pid = p ? p->pid : 0};
	bool wanted = SCREEN_VIEWS[ui->view]->wants_snapshot || detail_wants_snapshot(ui);

	if (!p || !wanted || ui->paused || ui->o.replay ||
	    ui->scene.r->time_ns - ui->asked_ns < SNAPSHOT_EVERY_NS)
		return;
	if (!feed__request(ui->feed, &request))
		ui->asked_ns = ui->scene.r->time_ns;
}

/* Of a saved run, of a process that has ended, of a collector that has died. */
static bool no_snapshot_comes(const struct ui *ui)
{
	enum feed_state state = feed__state(ui->feed);

	return ui->o.replay || state == FEED_OVER || state == FEED_BROKEN;
}

/* Of the last snapshot; where none will come, of the report. No tree while one is awaited. */
static void make_tree(struct ui *ui)
{
	const struct process_row *p = scene__process(&ui->scene);
	const struct snapshot_report *snapshot = ui->scene.snapshot;
	struct stack_tree *t = &ui->tree;

	ui->scene.tree = NULL;
	if (ui->view != VIEW_STACKS) {
		stack_tree__free(t);
		return;
	}
	if (snapshot && p && snapshot->pid == p->pid) {
		if (t->made_of != snapshot || t->made_ns != snapshot->time_ns)
			stack_tree__of_snapshot(t, snapshot);
	} else if (no_snapshot_comes(ui) || !p) {
		if (t->made_of != ui->scene.r || t->made_ns != ui->scene.r->time_ns)
			stack_tree__of_interval(t, ui->scene.r, &ui->groups);
	} else {
		return;
	}
	ui->scene.tree = t;
}

/* How it went up to the moment that is shown. */
static void trend_until_then(struct ui *ui)
{
	size_t end = ui->scene.moment + 1;

	if (!ui->o.replay) {
		uint64_t shown = scene__moment(&ui->scene, ui->scene.moment)->number;

		ui->trend_then = trend__before(&ui->trend, ui->last_number - shown);
		return;
	}
	ui->trend_then = (struct trend){0};
	for (size_t i = end > TREND_POINTS ? end - TREND_POINTS : 0; i < end; i++)
		trend__add(&ui->trend_then, feed__moment(ui->feed, i)->report);
}

/* Points the scene at the moment that is shown, and makes the rows of the view anew. */
void ui__refresh(struct ui *ui)
{
	struct scene *s = &ui->scene;
	const struct feed_moment *m;

	s->output = ui->o.output ? &ui->output : NULL;
	output_log__pause(&ui->output, ui->paused);
	if (!ui->feed || !feed__count(ui->feed)) {
		s->r = NULL;
		if (SCREEN_VIEWS[ui->view]->without_report)
			ui__fill(ui, ui->view);
		fill_detail(ui);
		return;
	}
	s->feed = ui->feed;
	feed__look_at(ui->feed, ui->paused ? ui->paused_number : 0);
	m = find_moment(ui);
	/* The memory of a report that is gone may be another's. */
	if (s->r != m->report || ui->groups_number != m->number) {
		thread_groups__free(&ui->groups);
		ui->groups = thread_groups__make(m->report);
		ui->groups_number = m->number;
	}
	s->r = m->report;
	s->groups = &ui->groups;
	s->snapshot = feed__snapshot(ui->feed, &s->snapshot_ns);
	s->mark = ui->mark;
	s->every_process = ui->o.every_process;
	s->events = ui->host.events && !ui->o.replay ? &ui->events : NULL;
	s->trend = &ui->trend;
	if (ui->paused) {
		found__of(&ui->found_then, s->r);
		trend_until_then(ui);
		s->trend = &ui->trend_then;
	}
	s->found = ui->paused ? &ui->found_then : &ui->found;
	if (!view__applies(ui->view, s))
		ui->view = VIEW_OVERVIEW;
	ui__want_events(ui);
	make_tree(ui);
	ui__fill(ui, ui->view);
	fill_detail(ui);
	want_snapshot(ui);
}

void ui__take(struct ui *ui)
{
	size_t count = feed__count(ui->feed);
	uint64_t newest = count ? feed__moment(ui->feed, count - 1)->number : 0;

	if (newest < ui->last_number) { /* a file was stepped back */
		ui->trend = (struct trend){0};
		found__free(&ui->found);
		timeline__free(&ui->timeline);
		ui->last_number = 0;
	}
	for (size_t i = 0; i < count; i++) {
		const struct feed_moment *m = feed__moment(ui->feed, i);

		if (m->number <= ui->last_number)
			continue;
		timeline__add(&ui->timeline, m, i ? feed__moment(ui->feed, i - 1) : NULL);
		if (ui__is_end(ui, m->report)) {
			found__add_last(&ui->found, m->report);
			continue;
		}
		trend__add(&ui->trend, m->report);
		found__add(&ui->found, m->report);
	}
	timeline__drop(&ui->timeline, feed__oldest(ui->feed));
	ui->last_number = newest;
	ui__refresh(ui);
	if (ui->awaited && ui->scene.r)
		ui__open_number(ui, ui->awaited);
	ui__seek_on(ui);
}
