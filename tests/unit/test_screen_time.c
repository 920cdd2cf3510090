// SPDX-License-Identifier: GPL-2.0-or-later
/* Looking on in a saved run that has not been played so far: for a time, and for a new finding. */
#include "screens.h"

/* Until the screen has the text: reading on takes a moment. */
static bool comes(struct shown *s, const char *text)
{
	for (int i = 0; i < 200; i++) {
		struct pollfd fd = {.fd = feed__fd(s->feed), .events = POLLIN};
		char *all = screen_text(s);
		bool has = strstr(all, text) != NULL;

		free(all);
		if (has)
			return true;
		poll(&fd, 1, 20);
		if (feed__take(s->feed))
			ui__take(s->ui);
	}
	return screen_has(s, text);
}

TEST(a_jump_reads_on_to_the_time)
{
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 24, 120);
	CHECK(screen_has(&s, "10:06:54"));
	type(&s, "t10:06:56\n");
	CHECK(comes(&s, "10:06:56  demo-service"));
	CHECK(screen_has(&s, "PAUSED"));
	type(&s, "t10:06:54\n");
	CHECK(comes(&s, "10:06:54  demo-service"));
	close_run(&s);
}

TEST(a_time_that_is_not_in_it)
{
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 24, 120);
	type(&s, "t11:00:00\n");
	CHECK(comes(&s, "no interval is kept from that time on"));
	type(&s, "tnoon\n");
	CHECK(comes(&s, "invalid time"));
	close_run(&s);
}

TEST(the_next_finding_is_read_on_to)
{
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 24, 120);
	type(&s, "}");
	CHECK(comes(&s, "10:06:56  demo-service"));
	CHECK(screen_has(&s, "PAUSED"));
	type(&s, "{");
	CHECK(comes(&s, "10:06:54  demo-service"));
	close_run(&s);
}

TEST(without_a_further_finding_it_says_so)
{
	struct shown s;

	open_run(&s, "tests/samples/deadlock-top.facts", 24, 120);
	type(&s, "}");
	CHECK(comes(&s, "no new finding in the later intervals"));
	close_run(&s);
}

TEST(any_key_stops_it)
{
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 24, 120);
	type(&s, "t11:00:00\n");
	type(&s, "j");
	CHECK(screen_lacks(&s, "reading on"));
	for (int i = 0; i < 20; i++) {
		poll(&(struct pollfd){.fd = feed__fd(s.feed), .events = POLLIN}, 1, 10);
		if (feed__take(s.feed))
			ui__take(s.ui);
	}
	CHECK(screen_lacks(&s, "no interval is kept"));
	close_run(&s);
}

TEST_MAIN
