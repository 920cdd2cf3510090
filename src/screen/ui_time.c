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

void ui__look_at(struct ui *ui, uint64_t number)
{
	ui->paused = true;
	ui->paused_number = number;
	set_pace(ui, 0);
	ui__refresh(ui);
}

static const struct feed_moment *shown(const struct ui *ui)
{
	return ui->feed && feed__count(ui->feed) ? feed__moment(ui->feed, ui->scene.moment) : NULL;
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

void ui__step(struct ui *ui, long n)
{
	const struct feed_moment *m = shown(ui);
	size_t count;

	if (!m)
		return;
	count = feed__count(ui->feed);
	if (n < 0 ? ui->scene.moment > 0 : ui->scene.moment + 1 < count) {
		ui__look_at(ui, feed__moment(ui->feed, ui->scene.moment + (size_t)n)->number);
		return;
	}
	if (!ui->o.replay || feed__step(ui->feed, n)) {
		ui__look_at(ui, m->number);
		ui__say(ui, n < 0 ? "no older interval is kept" : "this is the newest interval");
		return;
	}
	/* It comes with the next feed__take. */
	ui->paused = true;
	ui->paused_number = n > 0 || m->number > 1 ? (uint64_t)((long)m->number + n) : 1;
	set_pace(ui, 0);
}

static bool has_new_finding(const struct feed_moment *m, const struct feed_moment *before)
{
	for (size_t i = 0; i < m->report->finding_count; i++) {
		uint64_t id = finding__identity(&m->report->findings[i]);
		bool was = false;

		for (size_t k = 0; before && k < before->report->finding_count && !was; k++)
			was = finding__identity(&before->report->findings[k]) == id;
		if (!was)
			return true;
	}
	return false;
}

void ui__next_finding(struct ui *ui, bool backwards)
{
	size_t count = ui->feed ? feed__count(ui->feed) : 0, i = ui->scene.moment;

	while (count && (backwards ? i > 0 : i + 1 < count)) {
		i = backwards ? i - 1 : i + 1;
		if (has_new_finding(feed__moment(ui->feed, i), i ? feed__moment(ui->feed, i - 1) : NULL)) {
			ui__look_at(ui, feed__moment(ui->feed, i)->number);
			return;
		}
	}
	ui__say(ui, "no new finding in the %s intervals", backwards ? "earlier" : "later");
}

/* Seconds of the day. */
static int clock_of(uint64_t time_ns)
{
	time_t t = (time_t)(time_ns / 1000000000ull);
	struct tm tm = {0};

	localtime_r(&t, &tm);
	return tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
}

void ui__jump(struct ui *ui, const char *clock)
{
	int hour = 0, minute = 0, second = 0, wanted, end = 0;
	size_t count = ui->feed ? feed__count(ui->feed) : 0;

	if (sscanf(clock, "%2d:%2d%n:%2d%n", &hour, &minute, &end, &second, &end) < 2 || clock[end]) {
		ui__say(ui, "invalid time: expected one such as 03:10:18");
		return;
	}
	wanted = hour * 3600 + minute * 60 + second;
	for (size_t i = 0; i < count; i++)
		if (clock_of(feed__moment(ui->feed, i)->report->time_ns) >= wanted) {
			ui__look_at(ui, feed__moment(ui->feed, i)->number);
			return;
		}
	ui__say(ui, "no interval is kept from %s on", clock);
}
