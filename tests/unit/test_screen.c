// SPDX-License-Identifier: GPL-2.0-or-later
/* Screens of a saved run, against golden files, at the usual sizes. */
#include "screens.h"

/* Each view by its number, and what Enter shows there. */
static void check_views(const char *run, const char *name, unsigned views)
{
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		char path[128], screen[64], number[2] = "1";
		struct shown s;

		snprintf(path, sizeof(path), "tests/samples/%s", run);
		open_run(&s, path, SIZES[i][0], SIZES[i][1]);
		for (unsigned view = 1; view <= views; view++) {
			number[0] = (char)('0' + view);
			type(&s, number);
			snprintf(screen, sizeof(screen), "%s-%u", name, view);
			check_screen(&s, screen);
			type(&s, "\n");
			snprintf(screen, sizeof(screen), "%s-%u-detail", name, view);
			check_screen(&s, screen);
			ui__key(s.ui, &(struct key){.code = CODE_ESCAPE});
		}
		close_run(&s);
	}
}

TEST(every_view_of_the_demo)
{
	check_views("demo.facts", "demo", 6);
}

TEST(every_view_of_a_deadlock)
{
	check_views("deadlock-top.facts", "deadlock", 3);
}

TEST(every_view_of_a_go_program)
{
	check_views("go-top.facts", "go", 6);
}

TEST(help)
{
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 40, 120);
	type(&s, "?");
	check_screen(&s, "help");
	close_run(&s);
}

TEST_MAIN
