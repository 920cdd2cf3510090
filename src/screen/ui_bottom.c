// SPDX-License-Identifier: GPL-2.0-or-later
/* The line at the bottom: the keys that do something here, or what is typed or said. */
#include <stdio.h>
#include <string.h>

#include "screen/ui_private.h"
#include "util/clock.h"
#include "util/escape.h"

static bool has_folds(const struct grid *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->rows[i].fold != FOLD_NONE)
			return true;
	return false;
}

/* The keys that do something here. */
static bool shown_here(const struct ui *ui, enum action action)
{
	bool page = ui__on_page(ui);

	switch (action) {
	case ACTION_OPEN:
		return !page;
	case ACTION_BACK:
		return page || ui->depth || ui->attached;
	case ACTION_UNFOLD:
		return !page && has_folds(&ui->grids[ui->view]);
	case ACTION_FILTER:
	case ACTION_SORT:
		return !page && ui->view != VIEW_OVERVIEW;
	case ACTION_FOLLOW:
		return ui->host.follow && scene__process(&ui->scene) && feed__state(ui->feed) == FEED_OVER;
	default:
		return true;
	}
}

/* Lines or rows below those on the screen. */
static size_t more_below(const struct ui *ui)
{
	const struct grid *g = &ui->grids[ui->view];
	const struct page *p = &ui->page;

	return ui__on_page(ui) ? gained_since(p->last_height, p->top + p->shown)
			       : gained_since(g->shown, g->top + g->height);
}

/* At the right end, that there is more to see. Returns the columns that it took. */
static unsigned draw_more(const struct ui *ui, struct canvas *c, unsigned row)
{
	char text[32];
	unsigned width;

	if (!more_below(ui))
		return 0;
	snprintf(text, sizeof(text), "\xe2\x86\x93 %zu more", more_below(ui));
	width = (unsigned)utf8_width(text);
	canvas__put(c, row, c->columns - width, width, STYLE_BOLD, text);
	return width;
}

/* Of its first key and its word, with what separates them; 0: it is not shown here. */
static unsigned key_columns(const struct ui *ui, enum action action)
{
	const struct key_help *h = &KEY_HELP[action];

	if (!*h->word || !shown_here(ui, action))
		return 0;
	return (unsigned)(strcspn(h->keys, ",") + strlen(h->word)) + 3;
}

/* On a narrow screen these are left to the help, in this order: how to get help and how to quit stay. */
static const enum action LESS_NEEDED[] = {ACTION_COPY, ACTION_WRITE, ACTION_PAUSE, ACTION_SORT};

static void draw_keys(const struct ui *ui, struct canvas *c, unsigned row)
{
	bool left_out[ACTIONS] = {false};
	unsigned at = 0, needed = draw_more(ui, c, row);

	for (int action = 1; action < ACTIONS; action++)
		needed += key_columns(ui, (enum action)action);
	for (size_t i = 0; i < sizeof(LESS_NEEDED) / sizeof(*LESS_NEEDED) && needed > c->columns; i++) {
		left_out[LESS_NEEDED[i]] = true;
		needed -= key_columns(ui, LESS_NEEDED[i]);
	}
	for (int action = 1; action < ACTIONS; action++) {
		const struct key_help *h = &KEY_HELP[action];

		if (left_out[action] || !key_columns(ui, (enum action)action))
			continue;
		at += canvas__print(c, row, at, STYLE_KEY, "%.*s", (int)strcspn(h->keys, ","), h->keys);
		at += canvas__print(c, row, at, STYLE_DIM, " %s  ",
				    action == ACTION_PAUSE && ui->paused ? "resume" : h->word);
	}
}

void ui__draw_bottom(const struct ui *ui, struct canvas *c)
{
	const struct grid *g = &ui->grids[ui->view];
	unsigned row = c->rows - 1, at;

	if (ui->mode == MODE_PROMPT) {
		at = canvas__put(c, row, 0, c->columns, STYLE_BOLD, ui__prompt_question(ui));
		at += canvas__put(c, row, at, c->columns, STYLE_PLAIN, ui->text);
		at += canvas__put(c, row, at, 1, STYLE_SELECTED, " ");
		canvas__print(c, row, at, STYLE_DIM, "  %s", ui->message);
	} else if (ui->mode == MODE_COLUMNS) {
		canvas__put(c, row, 0, c->columns, STYLE_DIM,
			    "Enter sort  Space show or hide  0 default order  Escape back");
	} else if (*ui->message) {
		canvas__put(c, row, 0, c->columns, STYLE_BOLD, ui->message);
	} else if (*g->filter && !ui->detail) {
		at = canvas__print(c, row, 0, STYLE_MATCH, "rows with '%s'", g->filter);
		canvas__put(c, row, at, c->columns, STYLE_DIM, "  n N next, previous  Escape all rows");
	} else {
		draw_keys(ui, c, row);
	}
}
