/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view on logs against golden files. */
#include "golden.h"
#include "ranked.h"
#include "words/describe.h"
#include "test_views_logs.h"

#define LOGS_TEST(name, view, report, golden)         \
	TEST(name)                                    \
	{                                             \
		struct capture c;                     \
		show_logs(&view, begin(&c), &report); \
		check_golden(&c, golden);             \
	}

LOGS_TEST(text_logs_usual, view_text, usual_logs, "logs-usual.txt")
LOGS_TEST(text_logs_none, view_text, no_logs, "logs-empty.txt")
LOGS_TEST(text_logs_hostile, view_text, hostile_logs, "logs-hostile.txt")
LOGS_TEST(text_logs_of_several_processes, view_text, shared_logs, "logs-shared.txt")
LOGS_TEST(json_logs_usual, view_json, usual_logs, "logs-usual.json")
LOGS_TEST(json_logs_none, view_json, no_logs, "logs-empty.json")
LOGS_TEST(json_logs_hostile, view_json, hostile_logs, "logs-hostile.json")

TEST(text_logs_say_what_was_asked_for_and_is_not_there)
{
	static const char *const names[] = {"nginx*", "a\nb"};
	struct interval_report r = no_logs;
	struct capture c;

	begin(&c);
	c.o.names = names;
	c.o.name_count = 2;
	c.o.some_files = true;
	r.process_count = 0;
	show_logs(&view_text, &c.o, &r);
	check_golden(&c, "logs-not-there.txt");
}

TEST(text_logs_of_a_server_whose_workers_write)
{
	static const struct process_row master = {.pid = 9375, .comm = "nginx"};
	struct interval_report r = no_logs;
	struct capture c;

	begin(&c);
	c.o.worker_count = 4;
	r.processes = &master;
	r.process_count = 1;
	show_logs(&view_text, &c.o, &r);
	check_golden(&c, "logs-master.txt");
}

TEST(text_interval_with_more_connections_than_are_told_one_by_one)
{
	struct capture c;
	struct interval_report r = usual_logs;

	r.thread_count = r.finding_count = 0;
	show_interval(&view_text, begin(&c), &r);
	check_golden(&c, "interval-connections.txt");
}

TEST(text_interval_with_a_file_of_several_processes)
{
	struct capture c;

	show_interval(&view_text, begin(&c), &shared_logs);
	check_golden(&c, "interval-shared.txt");
}

/* A million fast calls, one that hangs longer and longer, syncs that come and go. */
static void fill(struct heatmap *h, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		struct heat_column *c = &h->columns[h->count++];

		*c = (struct heat_column){.time_ns = NOW + i * SEC, .interval_ns = SEC};
		c->calls[HEAT_WRITES][9] = 1000000;
		c->calls[HEAT_WRITES][10] = 1000 * (i + 1);
		if (i > 1)
			c->calls[HEAT_WRITES][30 + (i > 2) + (i > 4) + (i > 8)] = 1;
		if (i % 5 == 0)
			c->calls[HEAT_FSYNCS][23] = 1 + i;
	}
}

static void check_heatmap(size_t columns, bool utf8, unsigned width, const char *golden)
{
	struct heatmap *h = calloc(1, sizeof(*h));
	struct capture c;

	begin(&c);
	c.o.utf8 = utf8;
	c.o.columns = width;
	fill(h, columns);
	show_heatmap(&view_text, &c.o, h, &usual_logs);
	check_golden(&c, golden);
	free(h);
}

TEST(a_heatmap_in_either_character_set)
{
	check_heatmap(24, true, 0, "heatmap-utf8.txt");
	check_heatmap(24, false, 0, "heatmap-ascii.txt");
}

TEST(a_heatmap_keeps_to_the_width)
{
	check_heatmap(100, false, 40, "heatmap-narrow.txt");
}

TEST(a_heatmap_is_drawn_anew_within_the_terminal)
{
	for (unsigned rows = 4; rows < 50; rows += 3) {
		struct heatmap *h = calloc(1, sizeof(*h));
		struct capture c;
		unsigned lines = 0;

		begin(&c);
		c.o.refresh = true;
		c.o.rows = rows;
		c.o.columns = 60;
		fill(h, 24);
		show_heatmap(&view_text, &c.o, h, &usual_logs);
		fclose(c.o.out);
		CHECK(!strncmp(c.text, "\033[H\033[J", 6));
		check_clean(c.text + 6);
		for (const char *l = c.text; (l = strchr(l, '\n')); l++)
			lines++;
		CHECK(lines < rows);
		free(c.text);
		free(h);
	}
}

TEST(a_heatmap_of_nothing_and_of_numbers_that_no_machine_has)
{
	struct heatmap *h = calloc(1, sizeof(*h));
	struct capture c;

	show_heatmap(&view_text, begin(&c), h, &no_logs);
	CHECK(h->count == 0);
	for (int i = 0; i < HEAT_COLUMNS + 3; i++)
		heatmap__add(h, &hostile_logs);
	CHECK_EQ(h->count, HEAT_COLUMNS);
	show_heatmap(&view_text, &c.o, h, &hostile_logs);
	fclose(c.o.out);
	check_clean(c.text);
	free(c.text);
	free(h);
}

TEST(no_name_forges_a_line)
{
	struct capture c;

	show_logs(&view_text, begin(&c), &hostile_logs);
	fclose(c.o.out);
	check_clean(c.text);
	free(c.text);
}

TEST_MAIN
