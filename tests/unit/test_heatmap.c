/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times in rows of the heat map, and the longest of an interval. */
#include <stdlib.h>

#include "model/interval/heatmap.h"
#include "model/rows/latency_spread.h"
#include "test.h"
#include "util/histogram.h"

TEST(each_time_has_its_row)
{
	static const struct {
		uint64_t ns;
		size_t row;
	} times[] = {
		{0, 6},           {1, 6},           {63, 6},         {64, 6},          {127, 6},
		{128, 7},         {255, 7},         {256, 8},        {1ull << 39, 39}, {(1ull << 40) - 1, 39},
		{1ull << 40, 40}, {1ull << 41, 40}, {UINT64_MAX, 40}};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct heatmap *h = calloc(1, sizeof(*h));
		struct histogram_bar bar = {.from_ns = times[i].ns, .count = 3};
		struct file_detail detail = {.writes = {.bars = &bar, .count = 1}};
		struct file_row files[] = {{0}, {.detail = &detail}};
		struct interval_report r = {.files = files, .file_count = 2};

		heatmap__add(h, &r);
		for (size_t row = 0; row < HEAT_ROWS; row++)
			CHECK_EQ(h->columns[0].calls[HEAT_WRITES][row], row == times[i].row ? 3 : 0);
		free(h);
	}
}

/* One that was counted in the moment between two readings, its longest not yet: known to its bucket. */
TEST(a_longest_that_is_behind)
{
	struct ts_latency now = {0}, before;
	struct spread s = {0};

	histogram__add(now.buckets, 5000);
	spread__add(&s, &now, NULL, 1);
	CHECK_EQ(s.max_ns, histogram__lower_ns(hist_bucket(5000)));
	CHECK_EQ(s.count, 1);
	now.max_ns = 5000;
	before = now;
	histogram__add(now.buckets, 900);
	s = (struct spread){0};
	spread__add(&s, &now, &before, 1);
	CHECK_EQ(s.count, 1);
	CHECK_EQ(s.max_ns, histogram__lower_ns(hist_bucket(900)));
	now.max_ns = 9000;
	s = (struct spread){0};
	spread__add(&s, &now, &before, 1);
	CHECK_EQ(s.max_ns, 9000);
}

TEST_MAIN
