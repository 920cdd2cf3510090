// SPDX-License-Identifier: GPL-2.0-or-later
/* The line of views. */
#include <stdlib.h>
#include <string.h>

#include "screen/ui_private.h"

#define AROUND 4 /* columns: blank, digit, blank, ... blank */

/* Views as far as reach from the open one have their titles, the others only their numbers. */
static int letters_of(const struct ui *ui, enum view_id view, int reach)
{
	return abs((int)view - (int)ui->view) <= reach ? (int)strlen(SCREEN_VIEWS[view]->title) : 0;
}

static unsigned columns_of(const struct ui *ui, enum view_id view, int reach)
{
	int letters = letters_of(ui, view, reach);

	return letters ? AROUND + (unsigned)letters : AROUND - 1;
}

static unsigned needed(const struct ui *ui, int reach)
{
	unsigned columns = 0;

	for (enum view_id view = 0; view < VIEWS; view++)
		if (view__applies(view, &ui->scene))
			columns += columns_of(ui, view, reach);
	return columns;
}

/* As far as there is room. */
static int reach_in(const struct ui *ui, unsigned columns)
{
	int reach = VIEWS;

	while (reach && needed(ui, reach) > columns)
		reach--;
	return reach;
}

unsigned ui__draw_tabs(struct ui *ui, struct canvas *c, unsigned row)
{
	unsigned at = 0, number = 0;
	int reach = reach_in(ui, c->columns);

	memset(ui->tabs, 0, sizeof(ui->tabs));
	for (enum view_id view = 0; view < VIEWS; view++) {
		enum style style = view == ui->view ? STYLE_TAB_OPEN : STYLE_TAB;

		if (!view__applies(view, &ui->scene))
			continue;
		ui->tabs[view].from = at;
		ui->tabs[view].columns = columns_of(ui, view, reach);
		canvas__print(c, row, at, style, " %u %.*s ", ++number, letters_of(ui, view, reach),
			      SCREEN_VIEWS[view]->title);
		at += ui->tabs[view].columns;
	}
	return at;
}

int ui__tab_at(const struct ui *ui, unsigned column)
{
	for (int view = 0; view < VIEWS; view++)
		if (column >= ui->tabs[view].from && column - ui->tabs[view].from < ui->tabs[view].columns)
			return view;
	return -1;
}
