// SPDX-License-Identifier: GPL-2.0-or-later
/* What is copied to the clipboard. */
#include <stdio.h>
#include <stdlib.h>

#include "screen/ui_private.h"
#include "util/heap.h"

/* The text of a page, or of the selected row: its findings' sentence, else its cells. */
static char *text_to_copy(struct ui *ui)
{
	const struct grid *g = &ui->grids[ui->view];
	const struct grid_row *row = grid__selected(g);
	char *text = NULL;
	size_t length = 0;
	FILE *out = heap__stream(&text, &length);
	struct table t = {.columns = g->column_count};

	for (size_t i = 0; ui__on_page(ui) && i < ui->page.count; i++)
		fprintf(out, "%s\n", ui->page.lines[i].text);
	if (!ui__on_page(ui) && ui->view == VIEW_OVERVIEW && row)
		for (size_t i = 0; i < ui->scene.found->count; i++)
			if (ui->scene.found->list[i].id == row->id)
				fprintf(out, "%s", ui->scene.found->list[i].summary);
	if (!ui__on_page(ui) && row && !ftell(out)) {
		g->source.cells(g->source.arg, row, &t);
		for (size_t i = 0; i < t.count; i++)
			fprintf(out, "%s%s", i ? "  " : "", t.cells[i] ? t.cells[i] : "");
		table__free(&t);
	}
	fclose(out);
	return text;
}

void ui__copy(struct ui *ui)
{
	char *text = ui->scene.r || SCREEN_VIEWS[ui->view]->without_report ? text_to_copy(ui) : NULL;

	if (text && *text && ui->host.copy) {
		ui->host.copy(ui->host.arg, text);
		ui__say(ui, "copied, if the terminal supports OSC 52");
	}
	free(text);
}
