// SPDX-License-Identifier: GPL-2.0-or-later
/* Looking for a moment further on in a saved run than it has been played: it is read on, one moment after
 * another. */
#include "screen/ui_private.h"

void ui__seek(struct ui *ui, const struct seek *seek)
{
	size_t count = ui->feed ? feed__count(ui->feed) : 0;
	uint64_t newest = count ? feed__moment(ui->feed, count - 1)->number : 0;

	if (!count || !ui->o.replay || feed__state(ui->feed) == FEED_OVER || feed__step(ui->feed, 1)) {
		ui__say(ui, "%s", seek->none);
		return;
	}
	ui->seek = *seek;
	ui->seek.from = newest;
	ui__look_at(ui, newest);
	ui__say(ui, "reading on; any key stops");
}

static bool is_sought(const struct seek *seek, const struct timeline_entry *e)
{
	if (e->number <= seek->from)
		return false;
	return seek->finding ? e->has_new_finding : clock__of(e->time_ns) >= seek->clock;
}

void ui__seek_on(struct ui *ui)
{
	const struct timeline *t = &ui->timeline;

	if (!ui->seek.none)
		return;
	for (size_t i = 0; i < t->count; i++)
		if (is_sought(&ui->seek, &t->list[i])) {
			*ui->message = '\0';
			ui__look_at(ui, t->list[i].number);
			ui->seek = (struct seek){0};
			return;
		}
	if (feed__state(ui->feed) != FEED_OVER && !feed__step(ui->feed, 1))
		return;
	ui__say(ui, "%s", ui->seek.none);
	ui->seek = (struct seek){0};
}
