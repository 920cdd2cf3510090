// SPDX-License-Identifier: GPL-2.0-or-later
/* Pausing, and going back and forth in what was seen. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "screen/ui_private.h"

/* A saved run plays at a pace; a live one is measured on while the screen stands still. */
static void set_pace(struct ui *ui, uint64_t interval_ns)
{
	if (ui->o.replay)
		feed__request(ui->feed,
			      &(struct feed_request){.wish = FEED_INTERVAL, .interval_ns = interval_ns});
}

uint64_t ui__interval(const struct ui *ui)
{
	return ui->o.interval_ns;
}

void ui__set_interval(struct ui *ui, uint64_t interval_ns)
{
	ui->o.interval_ns = interval_ns;
	if (ui->feed && !(ui->paused && ui->o.replay))
		feed__request(ui->feed,
			      &(struct feed_request){.wish = FEED_INTERVAL, .interval_ns = interval_ns});
}

/* All processes that are watched have ended in it, or before it: nothing of what they did is left in it. */
bool ui__is_end(const struct ui *ui, const struct interval_report *r)
{
	if (ui->o.every_process || (!r->process_count && (ui->o.by_name || ui->o.replay)))
		return false;
	for (size_t i = 0; i < r->process_count; i++)
		if (!r->processes[i].ended)
			return false;
	return true;
}

size_t ui__last_state(const struct ui *ui)
{
	size_t count = feed__count(ui->feed), last = count - 1;

	while (last && ui__is_end(ui, feed__moment(ui->feed, last)->report))
		last--;
	return last && !feed__moment(ui->feed, last)->report->process_count ? count - 1 : last;
}

void ui__look_at(struct ui *ui, uint64_t number)
{
	ui->paused = true;
	ui->paused_number = number;
	set_pace(ui, 0);
	ui__refresh(ui);
}

static const struct feed_moment *shown(const struct ui *ui)
{
	return ui->feed && feed__count(ui->feed) ? scene__moment(&ui->scene, ui->scene.moment) : NULL;
}

void ui__pause(struct ui *ui)
{
	const struct feed_moment *m = shown(ui);

	if (!m)
		return;
	if (!ui->paused) {
		ui__look_at(ui, m->number);
		return;
	}
	ui->paused = false;
	set_pace(ui, ui->o.interval_ns);
	ui__refresh(ui);
}

/* From the oldest that can be looked at to the newest at hand. */
static bool can_be_looked_at(const struct ui *ui, uint64_t number)
{
	size_t count = ui->feed ? feed__count(ui->feed) : 0;
	uint64_t oldest = count ? feed__moment(ui->feed, 0)->number : 0;

	if (count && !ui->o.replay)
		oldest = feed__oldest(ui->feed);
	return count && number >= oldest && number <= feed__moment(ui->feed, count - 1)->number;
}

/* Where the next step begins: a moment that is still being made again has been stepped to. */
static uint64_t here(const struct ui *ui)
{
	const struct feed_moment *m = shown(ui);

	return ui->paused ? ui->paused_number : m ? m->number : 0;
}

void ui__step(struct ui *ui, long n)
{
	const struct feed_moment *m = shown(ui);
	uint64_t wanted;

	if (!m)
		return;
	wanted = n < 0 && here(ui) <= -(uint64_t)n ? 0 : here(ui) + (uint64_t)n;
	if (can_be_looked_at(ui, wanted)) {
		ui__look_at(ui, wanted);
		return;
	}
	if (!ui->o.replay || feed__step(ui->feed, n)) {
		ui__look_at(ui, here(ui));
		ui__say(ui, n < 0 ? "no older interval is kept" : "this is the newest interval");
		return;
	}
	/* It comes with the next feed__take. */
	ui->paused = true;
	ui->paused_number = n > 0 || m->number > 1 ? (uint64_t)((long)m->number + n) : 1;
	set_pace(ui, 0);
}

void ui__next_finding(struct ui *ui, bool backwards)
{
	const struct timeline *t = &ui->timeline;

	for (size_t k = 0; k < t->count; k++) {
		const struct timeline_entry *e = &t->list[backwards ? t->count - 1 - k : k];
		bool beyond = backwards ? e->number < here(ui) : e->number > here(ui);

		if (beyond && e->has_new_finding && can_be_looked_at(ui, e->number)) {
			ui__look_at(ui, e->number);
			return;
		}
	}
	if (backwards)
		ui__say(ui, "no new finding in the earlier intervals");
	else
		ui__seek(ui,
			 &(struct seek){.none = "no new finding in the later intervals", .finding = true});
}

int clock__of(uint64_t time_ns)
{
	time_t t = (time_t)(time_ns / 1000000000ull);
	struct tm tm = {0};

	localtime_r(&t, &tm);
	return tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
}

void ui__jump(struct ui *ui, const char *clock)
{
	int hour = 0, minute = 0, second = 0, wanted, end = 0;
	const struct timeline *t = &ui->timeline;

	if (sscanf(clock, "%2d:%2d%n:%2d%n", &hour, &minute, &end, &second, &end) < 2 || clock[end]) {
		ui__say(ui, "invalid time: expected one such as 03:10:18");
		return;
	}
	wanted = hour * 3600 + minute * 60 + second;
	for (size_t i = 0; i < t->count; i++)
		if (clock__of(t->list[i].time_ns) >= wanted && can_be_looked_at(ui, t->list[i].number)) {
			ui__look_at(ui, t->list[i].number);
			return;
		}
	ui__seek(ui, &(struct seek){.none = "no interval is kept from that time on", .clock = wanted});
}
