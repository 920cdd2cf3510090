// SPDX-License-Identifier: GPL-2.0-or-later
/* The key w: what the host is asked for, and what is said of it. */
#include <errno.h>

#include "screens.h"

static char asked[512];
static int answer;

static int write_to(void *arg, const char *path)
{
	(void)arg;
	snprintf(asked, sizeof(asked), "%s", path);
	return answer;
}

static const struct ui_host HOST = {.write = write_to};

static void ask(struct shown *s, const char *path)
{
	type(s, "w");
	press(s, CODE_CONTROL('u'));
	type(s, path);
	type(s, "\n");
}

TEST(the_screen_goes_on_and_says_when_it_is_done)
{
	struct shown s;

	answer = 0;
	open_hosted(&s, fopen("tests/samples/demo.facts", "r"), 24, 80, &HOST);
	type(&s, "w");
	CHECK(screen_has(&s, "write the last intervals to: threadscope-12860-"));
	press(&s, CODE_ESCAPE);
	CHECK_STR(asked, "");
	ask(&s, "kept.facts");
	CHECK_STR(asked, "kept.facts");
	CHECK(screen_has(&s, "writing kept.facts"));
	type(&s, "2");
	CHECK(screen_lacks(&s, "writing kept.facts"));
	ui__message(s.ui, "60 intervals written to kept.facts, for 'threadscope replay'");
	CHECK(screen_has(&s, "60 intervals written to kept.facts"));
	*asked = '\0';
	ask(&s, "");
	CHECK_STR(asked, "");
	close_run(&s);
}

TEST(what_cannot_be_done_says_why)
{
	static const struct {
		int answer;
		const char *text;
	} cases[] = {{-EBUSY, "another file is still being written"},
		     {-ENODATA, "no interval has been measured so far"},
		     {-EMFILE, "Too many open files"}};
	struct shown s;

	open_hosted(&s, fopen("tests/samples/demo.facts", "r"), 24, 100, &HOST);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		answer = cases[i].answer;
		ask(&s, "kept.facts");
		CHECK(screen_has(&s, "cannot write 'kept.facts': "));
		CHECK(screen_has(&s, cases[i].text));
	}
	close_run(&s);
	open_run(&s, "tests/samples/demo.facts", 24, 100);
	ask(&s, "kept.facts");
	CHECK(screen_has(&s, "cannot write 'kept.facts': "));
	close_run(&s);
}

TEST_MAIN
