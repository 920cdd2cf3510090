// SPDX-License-Identifier: GPL-2.0-or-later
/* Going into things, and back out of them. */
#include <errno.h>
#include <string.h>

#include "screen/ui_private.h"

static void leave_trail(struct ui *ui)
{
	if (ui->depth == DEPTH) {
		memmove(ui->trail, ui->trail + 1, (DEPTH - 1) * sizeof(*ui->trail));
		ui->depth--;
	}
	ui->trail[ui->depth++] = (struct trail){
		.view = ui->view, .detail = ui->detail, .detail_id = ui->detail_id, .top = ui->page.top};
}

static void open_detail(struct ui *ui, uint64_t id)
{
	page__clear(&ui->page);
	ui->page.top = 0;
	ui->detail = true;
	ui->detail_gone = false;
	ui->detail_id = id;
}

void ui__open_view(struct ui *ui, enum view_id view)
{
	ui->detail = ui->help = ui->difference = false;
	ui->view = view;
	ui__refresh(ui);
}

void ui__open_number(struct ui *ui, unsigned number)
{
	unsigned left = number;

	*ui->message = '\0';
	ui->awaited = 0;
	for (enum view_id view = 0; view < VIEWS; view++)
		if (view__applies(view, &ui->scene) && !--left) {
			ui__open_view(ui, view);
			return;
		}
	if (ui->scene.r) {
		ui__say(ui, "no view has the number %u here", number);
		return;
	}
	ui->awaited = number;
	ui__say(ui, "view %u opens with the first interval", number);
}

void ui__go(struct ui *ui, struct place to)
{
	int err = 0;

	if (to.attach) {
		if (ui->host.attach)
			err = ui->host.attach(ui->host.arg, to.attach);
		else
			err = -ENOTSUP;
		if (err)
			ui__say(ui, "cannot open process %d: %s", (int)to.attach,
				err == -ENOTSUP ? "this saved run has no details of it" : strerror(-err));
		else
			ui->attached = to.attach;
		return;
	}
	leave_trail(ui);
	ui->detail = false;
	ui->view = to.view;
	ui__refresh(ui);
	if (to.id)
		grid__select(&ui->grids[ui->view], to.id);
	if (to.id && to.detail && SCREEN_VIEWS[ui->view]->detail)
		open_detail(ui, to.detail_of ? to.detail_of : to.id);
	ui__refresh(ui);
}

static void back_to_processes(struct ui *ui)
{
	int err = ui->host.attach ? ui->host.attach(ui->host.arg, 0) : -ENOTSUP;

	if (err)
		ui__say(ui, "cannot return to the processes: %s", strerror(-err));
	else
		ui->attached = 0;
}

void ui__back(struct ui *ui)
{
	struct grid *g = &ui->grids[ui->view];

	if (ui->help || ui->difference) {
		ui->help = ui->difference = false;
		ui->page.top = 0;
	} else if (ui->depth) {
		struct trail *t = &ui->trail[--ui->depth];

		ui->view = t->view;
		ui->detail = false;
		if (t->detail) {
			open_detail(ui, t->detail_id);
			ui->page.top = t->top;
		}
	} else if (ui->detail) {
		ui->detail = false;
	} else if (*g->filter) {
		*g->filter = '\0';
	} else if (ui->attached) {
		back_to_processes(ui);
		return;
	} else if (ui->view != VIEW_OVERVIEW && !ui->o.every_process) {
		ui->view = VIEW_OVERVIEW;
	} else if (ui->o.every_process) {
		ui->view = VIEW_PROCESSES;
	}
	ui__refresh(ui);
}
