// SPDX-License-Identifier: GPL-2.0-or-later
/* What the command prints: it comes whether its view is open or not, and is made into rows where it is. */
#include "screen/ui_private.h"

void ui__output(struct ui *ui, const struct ui_output *o)
{
	if (o->lost)
		output_log__lose(&ui->output, o->wall_ns, o->lost);
	output_log__add(&ui->output, o->stream, o->wall_ns, o->bytes, o->size);
	ui->output_new = true;
}

void ui__output_over(struct ui *ui, const char *message)
{
	output_log__end(&ui->output, message);
	ui->output_new = true;
}

void ui__show_output(struct ui *ui)
{
	if (ui->output_new && ui->view == VIEW_OUTPUT)
		ui__fill(ui, VIEW_OUTPUT);
	ui->output_new = false;
}
