// SPDX-License-Identifier: GPL-2.0-or-later
/* The view of goroutines: groups and creators in one table, and what is known of each. */
#include "go_live_rows.h"
#include "scenes.h"
#include "screen/goroutine_detail.h"

static const unsigned SIZES[][2] = {{24, 80}, {40, 120}, {50, 200}};

static struct interval_report report_of(size_t count)
{
	return (struct interval_report){.interval_ns = SEC,
					.watched_ns = 600 * SEC,
					.time_ns = 1000 * SEC,
					.processes = processes,
					.process_count = count};
}

TEST(of_one_program)
{
	const struct interval_report r = report_of(1);
	const struct scene s = {.r = &r};

	CHECK(view_goroutines.applies(&s));
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct drawn d;

		draw_begin(&d, &view_goroutines, &s, SIZES[i][0], SIZES[i][1]);
		draw_rows(&d);
		CHECK_EQ(d.grid.count, 3 + 1 + 2);
		check_drawn(&d, "goroutines");
		draw_end(&d);
	}
}

TEST(of_several_programs)
{
	const struct interval_report r = report_of(4);
	const struct scene s = {.r = &r};

	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct drawn d;

		draw_begin(&d, &view_goroutines, &s, SIZES[i][0], SIZES[i][1]);
		draw_rows(&d);
		check_drawn(&d, "goroutines-several");
		draw_end(&d);
	}
}

TEST(what_is_known_of_the_scheduler)
{
	struct go_process go = counted;
	const struct process_row process = {.pid = 1, .comm = "app", .go = &go};
	struct interval_report r = {.interval_ns = SEC, .processes = &process, .process_count = 1};
	const struct scene s = {.r = &r};
	struct drawn d;

	draw_begin(&d, &view_goroutines, &s, 24, 200);
	draw_rows(&d);
	CHECK(!drawn_lacks(&d, "of the runtime\n") && drawn_lacks(&d, "GOMAXPROCS") &&
	      drawn_lacks(&d, "thread"));
	go.procs = 8;
	go.threads = 12;
	go.threads_max = 10000;
	draw_rows(&d);
	CHECK(drawn_has(&d, "; 12 threads (at most 10000); GOMAXPROCS 8\n"));
	draw_end(&d);
}

TEST(creators_stay_below_their_heading_in_any_order)
{
	const struct interval_report r = report_of(1);
	const struct scene s = {.r = &r};
	struct drawn d;

	draw_begin(&d, &view_goroutines, &s, 24, 80);
	for (d.grid.sort = -1; d.grid.sort < 7; d.grid.sort++) {
		for (int reverse = 0; reverse < 2; reverse++) {
			d.grid.reverse = reverse;
			draw_fill(&d);
			CHECK_EQ(d.grid.shown, 6);
			CHECK(d.grid.rows[d.grid.order[3]].still);
			CHECK_EQ(d.grid.rows[d.grid.order[4]].depth, 1);
		}
	}
	/* Folding a creator changes nothing, and ends. */
	grid__select(&d.grid, d.grid.rows[5].id);
	CHECK(!grid__fold(&d.grid, false));
	CHECK_EQ(grid__selected(&d.grid)->id, d.grid.rows[5].id);
	d.grid.sort = 1;
	d.grid.reverse = true;
	draw_fill(&d);
	CHECK_EQ(d.grid.rows[d.grid.order[0]].index, 2);
	draw_end(&d);
}

TEST(details)
{
	const struct interval_report r = report_of(1);
	const struct scene s = {.r = &r};

	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct drawn d;

		draw_begin(&d, &view_goroutines, &s, SIZES[i][0], SIZES[i][1]);
		draw_fill(&d);
		CHECK(draw_detail(&d, d.grid.rows[0].id));
		check_drawn(&d, "goroutines-leak");
		CHECK(draw_detail(&d, d.grid.rows[2].id));
		check_drawn(&d, "goroutines-hostile");
		CHECK(draw_detail(&d, d.grid.rows[4].id));
		check_drawn(&d, "goroutines-creator");
		CHECK(!draw_detail(&d, 77));
		draw_end(&d);
	}
}

TEST(findings_lead_to_their_group)
{
	static char summary[] = "128 goroutines blocked sending on chan 0xc000012345 (64/64)";
	struct interval_report r = report_of(4);
	const struct scene s = {.r = &r};
	struct found f = {.kind = FINDING_GOROUTINE_LEAK, .pid = 4481, .summary = summary};
	struct place to = goroutines__place(&s, &f);
	struct go_group_row senders[2] = {groups[0], groups[0]};
	const struct go_process go = {.groups = senders, .group_count = 2};
	const struct process_row process = {.pid = 4481, .go = &go};

	CHECK(to.detail && to.id == goroutines__identity(&processes[0], &groups[0]));
	f.kind = FINDING_GOROUTINE_GROWTH;
	to = goroutines__place(&s, &f);
	CHECK(to.detail && to.id == goroutines__identity(&processes[0], &groups[0]));
	f.kind = FINDING_LOG_QUEUE_FULL;
	to = goroutines__place(&s, &f);
	CHECK(!to.detail && !to.id && to.view == VIEW_GOROUTINES);
	/* Of two full channels, the one of the sentence, though the other has more senders. */
	senders[0].g.state = senders[1].g.state = "chan send";
	senders[0].g.wait.address = 0xc0000123;
	senders[1].g.wait.address = 0xc000012345;
	senders[1].g.stack = groups[1].g.stack;
	senders[1].g.count = 1;
	r.processes = &process;
	r.process_count = 1;
	to = goroutines__place(&s, &f);
	CHECK(to.detail && to.id == goroutines__identity(&process, &senders[1]));
	f.pid = 4482;
	CHECK(!goroutines__place(&s, &f).detail);
}

/* One function may create goroutines in two places. */
TEST(places_of_one_creator_are_two_rows)
{
	struct go_group_row a = groups[0], b = groups[0];

	b.g.created_by.address = 5;
	CHECK(goroutines__identity(&processes[0], &a) != goroutines__identity(&processes[0], &b));
	CHECK(goroutines__identity(&processes[0], &a) == goroutines__identity(&processes[0], &groups[0]));
	b = a;
	a.g.id = 1;
	b.g.id = 2;
	CHECK(goroutines__identity(&processes[0], &a) != goroutines__identity(&processes[0], &b));
}

TEST(other_ends_of_pipes)
{
	const struct interval_report r = report_of(1);
	const struct scene s = {.r = &r};
	struct go_group_row group = groups[1];
	struct page p = {0};
	bool found = false;

	group.g.pipe_ends[0] = (struct go_pipe_end){"sleep" ESC, 4711, 3};
	group.g.pipe_end_count = 1;
	group.g.pipes_seen = 3;
	goroutines__write(&s, &processes[0], &group, &p);
	for (size_t i = 0; i < p.count; i++)
		found = found || strstr(p.lines[i].text,
					"pipes: write ends held by sleep\\x1b[31m (4711) (3 looked at)");
	CHECK(found);
	page__free(&p);
}

/* What only a snapshot reads. */
TEST(labels_of_a_snapshot)
{
	const struct interval_report r = report_of(1);
	struct go_group_row group = groups[1], seen = groups[1];
	const struct go_reading reading = {.total = 12};
	const struct go_report go = {.reading = &reading, .groups = &seen, .group_count = 1};
	const struct snapshot_report snapshot = {.pid = 4481, .go = &go, .time_ns = SEC};
	const struct scene s = {.r = &r, .snapshot = &snapshot, .snapshot_ns = SEC};
	struct canvas c = {0};
	struct page p = {0};
	char *text;

	group.g.id = seen.g.id = 99;
	seen.g.count = 12;
	seen.g.targets = 1;
	seen.g.behind = 13;
	seen.g.wait = (struct go_wait){.target = GO_TARGET_SEMAPHORE, .address = 0xc000100004, .fd = -1};
	seen.g.label_count = 2;
	seen.g.labels[0] = (struct go_label){"tenant" ESC, "a\n", 12};
	seen.g.labels[1] = (struct go_label){"handler", "upload", 3};
	seen.g.labels_more = 1;
	goroutines__write(&s, &processes[0], &group, &p);
	canvas__resize(&c, 40, 100);
	page__draw(&p, &c, 0, 40);
	text = canvas__text(&c);
	CHECK(strstr(text, "IN THE SNAPSHOT OF 00:00:01"));
	CHECK(strstr(text, "sync.Mutex.Lock on 0xc000100004 (13 waiters)"));
	CHECK(strstr(text, "labels: tenant\\x1b[31m=a\\x0a, handler=upload (3), and others"));
	free(text);
	/* Of another process it says nothing. */
	page__clear(&p);
	goroutines__write(&s, &processes[1], &group, &p);
	for (size_t i = 0; i < p.count; i++)
		CHECK(!strstr(p.lines[i].text, "SNAPSHOT"));
	page__free(&p);
	canvas__free(&c);
}

TEST(no_goroutines)
{
	static const struct process_row native = {.pid = 1, .comm = "native"};
	const struct interval_report r = {.processes = &native, .process_count = 1}, empty = {0};
	const struct scene s = {.r = &r}, none = {.r = &empty};
	struct drawn d;

	CHECK(!view_goroutines.applies(&s));
	CHECK(!view_goroutines.applies(&none));
	draw_begin(&d, &view_goroutines, &none, 8, 40);
	draw_rows(&d);
	CHECK_EQ(d.grid.count, 0);
	draw_end(&d);
}

TEST_MAIN
