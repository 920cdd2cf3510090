// SPDX-License-Identifier: GPL-2.0-or-later
/* Events run in a process of their own, as long as their view is open. */
#include <stdio.h>
#include <string.h>

#include "screen/ui_private.h"
#include "util/duration.h"

static void stop(struct ui *ui)
{
	if (ui->events_pid)
		ui->host.events(ui->host.arg, 0);
	ui->events_pid = 0;
	ui->events.running = false;
	*ui->events.message = '\0';
}

void ui__forget_events(struct ui *ui)
{
	stop(ui);
	event_log__free(&ui->events);
}

/* What was not seen in between is not passed over in silence. */
static void mark_gap(struct ui *ui)
{
	char clock[DURATION_TEXT], line[128];

	if (!ui->events.arrived)
		return;
	snprintf(line, sizeof(line), "(not watched until %.8s: earlier events are missing)",
		 time_format_clock(clock, sizeof(clock), ui->scene.r->time_ns));
	ui__event_line(ui, line);
}

static void start(struct ui *ui, pid_t pid)
{
	int err;

	ui->events_pid = pid;
	err = ui->host.events(ui->host.arg, pid);
	if (err)
		snprintf(ui->events.message, sizeof(ui->events.message), "cannot read events: %s",
			 strerror(-err));
}

void ui__want_events(struct ui *ui)
{
	const struct process_row *p = scene__process(&ui->scene);
	bool wanted = ui->scene.events && p && ui->view == VIEW_EVENTS;

	event_log__pause(&ui->events, ui->paused);
	if (!wanted && ui->events_pid)
		stop(ui);
	else if (wanted && !ui->events_pid && feed__state(ui->feed) != FEED_OVER)
		start(ui, p->pid);
}

void ui__show_events(struct ui *ui)
{
	if (ui->events_new && ui->view == VIEW_EVENTS)
		ui__fill(ui, VIEW_EVENTS);
	ui->events_new = false;
}

void ui__event_line(struct ui *ui, const char *text)
{
	if (!ui->events.running) {
		ui->events.running = true;
		mark_gap(ui);
	}
	ui->events_new = true;
	if (!*text)
		return;
	event_log__add(&ui->events, text);
}

void ui__events_over(struct ui *ui, const char *message)
{
	ui->events.running = false;
	snprintf(ui->events.message, sizeof(ui->events.message), "%s", message);
}
