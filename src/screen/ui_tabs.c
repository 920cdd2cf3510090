// SPDX-License-Identifier: GPL-2.0-or-later
/* The line of views. */
#include <string.h>

#include "screen/ui_private.h"

#define LEAST_LETTERS 3 /* of a title that has to be cut */
#define AROUND        4 /* columns: blank, digit, blank, ... blank */

/* The open one is whole; the others have at most this many letters. */
static unsigned columns_of(const struct ui *ui, enum view_id view, unsigned most)
{
	unsigned letters = (unsigned)strlen(SCREEN_VIEWS[view]->title);

	return AROUND + (view == ui->view || letters < most ? letters : most);
}

static unsigned needed(const struct ui *ui, unsigned most)
{
	unsigned columns = 0;

	for (enum view_id view = 0; view < VIEWS; view++)
		if (view__applies(view, &ui->scene))
			columns += columns_of(ui, view, most);
	return columns;
}

/* On a narrow screen the longest titles are cut first, all as much as needed. */
static unsigned most_letters(const struct ui *ui, unsigned columns)
{
	unsigned most = 0;

	for (enum view_id view = 0; view < VIEWS; view++)
		if (strlen(SCREEN_VIEWS[view]->title) > most)
			most = (unsigned)strlen(SCREEN_VIEWS[view]->title);
	while (most > LEAST_LETTERS && needed(ui, most) > columns)
		most--;
	return most;
}

unsigned ui__draw_tabs(struct ui *ui, struct canvas *c, unsigned row)
{
	unsigned at = 0, number = 0, most = most_letters(ui, c->columns);

	memset(ui->tabs, 0, sizeof(ui->tabs));
	for (enum view_id view = 0; view < VIEWS; view++) {
		enum style style = view == ui->view ? STYLE_TAB_OPEN : STYLE_TAB;

		if (!view__applies(view, &ui->scene))
			continue;
		ui->tabs[view].from = at;
		ui->tabs[view].columns = columns_of(ui, view, most);
		canvas__print(c, row, at, style, " %u %.*s ", ++number,
			      (int)(ui->tabs[view].columns - AROUND), SCREEN_VIEWS[view]->title);
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
