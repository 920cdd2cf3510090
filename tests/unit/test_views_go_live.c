/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines in top, against golden files. */
#include "go_live_rows.h"
#include "golden.h"
#include "ranked.h"

static void check_view(const struct view *view, size_t count, const char *golden)
{
	static const struct loss_row lost[] = {{"events", "events lost", 0}, {"stacks", "stacks lost", 0}};
	struct interval_report r = {.losses = lost,
				    .loss_count = 2,
				    .interval_ns = SEC,
				    .watched_ns = 600 * SEC,
				    .processes = processes,
				    .process_count = count};
	struct capture c;

	begin(&c);
	show_interval(view, &c.o, &r);
	check_golden(&c, golden);
}

TEST(text_of_one)
{
	check_view(&view_text, 1, "go-live.txt");
}
TEST(text_of_several)
{
	check_view(&view_text, 4, "go-live-several.txt");
}
TEST(json_of_several)
{
	check_view(&view_json, 4, "go-live.json");
}

TEST_MAIN
