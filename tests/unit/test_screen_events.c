// SPDX-License-Identifier: GPL-2.0-or-later
/* The view of events: what is kept of them, how it scrolls, and that they are watched only while it is open.
 */
#include <errno.h>

#include "screen/event_log.h"
#include "screens.h"

#define EVENTS   "7" /* of the demo, which is no Go program */
#define OVERVIEW "1"

/* What the host was asked for. */
static pid_t asked[16];
static size_t asked_count;
static int answer;

static int events(void *arg, pid_t pid)
{
	(void)arg;
	asked[asked_count++ % 16] = pid;
	return answer;
}

static const struct ui_host HOST = {.events = events};

static void open_events(struct shown *s, unsigned rows, unsigned columns)
{
	asked_count = 0;
	answer = 0;
	open_hosted(s, fopen("tests/samples/demo.facts", "r"), rows, columns, &HOST);
	CHECK_EQ(asked_count, 0);
	type(s, EVENTS);
	CHECK(screen_has(s, "attaching the probes"));
	ui__event_line(s->ui, ""); /* attached */
	ui__take(s->ui);
}

static void arrive(struct shown *s, int from, int to)
{
	char line[64];

	for (int i = from; i <= to; i++) {
		snprintf(line, sizeof(line), "03:10:18.123  thread-exit    event %d.", i);
		ui__event_line(s->ui, line);
	}
}

TEST(they_run_while_the_view_is_open)
{
	struct shown s;

	open_events(&s, 24, 80);
	CHECK_EQ(asked_count, 1);
	CHECK_EQ(asked[0], 12860);
	CHECK(screen_has(&s, "no event yet"));
	arrive(&s, 1, 1);
	ui__take(s.ui);
	type(&s, "\n");
	CHECK(screen_has(&s, "event 1."));
	press(&s, CODE_ESCAPE);
	CHECK_EQ(asked_count, 1);
	type(&s, OVERVIEW);
	CHECK_EQ(asked_count, 2);
	CHECK_EQ(asked[1], 0);
	/* What came before stays, and that some are missing is said. */
	type(&s, EVENTS);
	CHECK_EQ(asked[2], 12860);
	ui__event_line(s.ui, "");
	ui__take(s.ui);
	CHECK(screen_has(&s, "event 1."));
	CHECK(screen_has(&s, "(not watched until 10:06:54: earlier events are missing)"));
	close_run(&s);
}

/* The header has the process; another one, a child, is named. */
TEST(the_process_is_not_named_in_each_row)
{
	struct shown s;

	open_events(&s, 24, 120);
	ui__event_line(s.ui,
		       "03:10:18.123  fsync          \xe4\xb8\xad (1) of 12860               fsync(a) took");
	ui__event_line(s.ui, "03:10:18.123  write          b (2) of 12861                 write(b) took");
	ui__event_line(s.ui, "03:10:18.123  write          of 12860 (3) of 12860          write(c) took");
	ui__take(s.ui);
	CHECK(screen_has(&s, "fsync          \xe4\xb8\xad (1)                 fsync(a) took"));
	CHECK(screen_has(&s, "write          b (2) of 12861                 write(b) took"));
	CHECK(screen_has(&s, "write          of 12860 (3)           write(c) took"));
	type(&s, "\n");
	CHECK(screen_has(&s, "of 12860 (3) of 12860 "));
	close_run(&s);
}

TEST(a_host_that_cannot_start_them)
{
	struct shown s;

	open_events(&s, 24, 80);
	type(&s, OVERVIEW);
	answer = -EPERM;
	type(&s, EVENTS);
	CHECK(screen_has(&s, "cannot read events: Operation not permitted"));
	ui__take(s.ui);
	CHECK_EQ(asked_count, 3);
	ui__events_over(s.ui, "events: ended by SIGKILL");
	CHECK(screen_has(&s, "events: ended by SIGKILL"));
	close_run(&s);
}

TEST(a_saved_run_has_none)
{
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 24, 80);
	CHECK(screen_lacks(&s, "events"));
	close_run(&s);
}

TEST(the_last_one_is_followed)
{
	struct shown s;

	open_events(&s, 24, 80);
	arrive(&s, 1, 100);
	CHECK(screen_has(&s, "100 events"));
	CHECK(screen_has(&s, "event 100."));
	CHECK(screen_lacks(&s, "event 50."));
	/* One that was gone to stays where it is. */
	type(&s, "g");
	CHECK(screen_has(&s, "event 1."));
	arrive(&s, 101, 200);
	CHECK(screen_has(&s, "event 1."));
	CHECK(screen_lacks(&s, "event 200."));
	type(&s, "G");
	arrive(&s, 201, 201);
	CHECK(screen_has(&s, "event 201."));
	close_run(&s);
}

TEST(only_so_many_are_kept)
{
	struct shown s;

	open_events(&s, 24, 80);
	arrive(&s, 1, EVENT_LINES);
	type(&s, "g");
	CHECK(screen_has(&s, "event 1."));
	press(&s, CODE_PAGE_DOWN);
	CHECK(screen_has(&s, "event 20."));
	free(screen_text(&s));
	arrive(&s, EVENT_LINES + 1, EVENT_LINES + 10);
	/* It does not move under the eye. */
	CHECK(screen_has(&s, "5010 events, the last 5000 are kept"));
	CHECK(screen_has(&s, "event 20."));
	arrive(&s, EVENT_LINES + 11, EVENT_LINES + 1000);
	type(&s, "g");
	CHECK(screen_has(&s, "event 1001."));
	CHECK(screen_lacks(&s, "event 1000."));
	close_run(&s);
}

TEST(their_bytes_are_bounded)
{
	static char line[2 * EVENT_LINE_BYTES];
	struct event_log l = {0};

	memset(line, 'x', sizeof(line) - 1);
	for (unsigned i = 0; i < 2 * EVENT_LINES; i++)
		event_log__add(&l, line);
	CHECK(l.bytes <= EVENT_BYTES);
	CHECK_EQ(l.bytes, l.count * (EVENT_LINE_BYTES + 1));
	CHECK_EQ(l.arrived, 2 * EVENT_LINES);
	CHECK_EQ(event_log__first(&l), l.arrived - l.count + 1);
	CHECK(event_log__line(&l, event_log__first(&l)) != NULL);
	CHECK(!event_log__line(&l, event_log__first(&l) - 1));
	CHECK(!event_log__line(&l, l.arrived + 1));
	event_log__free(&l);
}

TEST(a_pause_stands_still)
{
	struct shown s;

	open_events(&s, 24, 80);
	arrive(&s, 1, 30);
	type(&s, " ");
	arrive(&s, 31, 40);
	CHECK(screen_has(&s, "event 30."));
	CHECK(screen_has(&s, "; 10 more since the pause"));
	CHECK(screen_lacks(&s, "event 31."));
	arrive(&s, 41, 2 * EVENT_LINES);
	free(screen_text(&s));
	type(&s, " ");
	CHECK(screen_has(&s, "event 10000."));
	close_run(&s);
}

TEST(a_filter_holds_for_what_comes)
{
	struct shown s;

	open_events(&s, 24, 80);
	arrive(&s, 1, 30);
	type(&s, "/event 7");
	CHECK(screen_has(&s, "event 7."));
	CHECK(screen_lacks(&s, "event 8."));
	arrive(&s, 70, 80);
	CHECK(screen_has(&s, "event 79."));
	CHECK(screen_lacks(&s, "event 80."));
	close_run(&s);
}

/* Each kind, as the text view prints it, with names that attack. */
static void arrive_from(struct shown *s, const char *path)
{
	char *text = read_file(path);

	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		ui__event_line(s->ui, line);
	}
	free(text);
}

TEST(each_kind)
{
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct shown s;

		open_events(&s, SIZES[i][0], SIZES[i][1]);
		arrive_from(&s, "tests/golden/event-usual.txt");
		arrive_from(&s, "tests/golden/event-hostile.txt");
		check_screen(&s, "events");
		type(&s, "g");
		press(&s, CODE_DOWN);
		press(&s, CODE_DOWN);
		type(&s, "\n");
		check_screen(&s, "events-detail");
		close_run(&s);
	}
}

TEST(bytes_that_are_no_text)
{
	struct shown s;
	char *text;

	open_events(&s, 24, 80);
	ui__event_line(s.ui, "\x1b[2J\xff\x9b raw < \x07 < ");
	ui__event_line(s.ui, "");
	type(&s, "g");
	text = screen_text(&s);
	check_clean(text);
	free(text);
	type(&s, "\n");
	text = screen_text(&s);
	check_clean(text);
	free(text);
	close_run(&s);
}

TEST_MAIN
