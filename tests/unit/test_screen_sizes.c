// SPDX-License-Identifier: GPL-2.0-or-later
/* Each view with its rows unfolded and their details, on screens of any size: nothing forges a line. */
#include "screens.h"

static int no_events(void *arg, pid_t pid)
{
	(void)arg;
	(void)pid;
	return 0;
}

static void look(struct shown *s, bool ascii)
{
	char *text;

	s->canvas.ascii = ascii;
	text = screen_text(s);
	check_clean(text);
	for (const char *at = text; ascii && *at; at++)
		CHECK((unsigned char)*at < 0x80);
	free(text);
}

static void walk(struct shown *s, const char *number)
{
	static const int keys[] = {CODE_RIGHT, CODE_DOWN,   '\n', CODE_PAGE_DOWN, 'G',        CODE_ESCAPE,
				   '>',        CODE_ESCAPE, 'G',  CODE_RIGHT,     '\n',       CODE_ESCAPE,
				   'r',        CODE_LEFT,   'g',  CODE_RIGHT,     CODE_RIGHT, 'd'};

	type(s, number);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		press(s, keys[i]);
		look(s, i % 2);
	}
}

static void print(struct shown *s, enum output_stream stream, const char *text, uint64_t lost)
{
	ui__output(s->ui,
		   &(struct ui_output){.stream = stream, .lost = lost, .bytes = text, .size = strlen(text)});
}

/* A command that prints whatever could disturb a screen, and has not ended its last line. */
static void print_all(struct shown *s)
{
	for (int i = 0; i < 40; i++) {
		print(s, OUTPUT_STANDARD,
		      "\x1b[2J\x1b]0;t\x07\tone\ttwo\r\n\xff\xfe\xe2\x80\xae right to left\n", 0);
		print(s, OUTPUT_ERROR, "\xe4\xbd\xa0\xe5\xa5\xbd e\xcc\x81\n\rprogress",
		      i % 9 ? 0 : 1ull << 62);
	}
}

TEST(every_size_with_a_command)
{
	static const struct ui_options o = {.interval_ns = 1000000000, .output = true};
	static const unsigned sizes[][2] = {{1, 1}, {8, 40}, {9, 41}, {24, 80}, {16, 1000}, {500, 100}};

	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		struct shown s;

		open_with(&s, fopen("tests/samples/demo.facts", "r"), sizes[k][0], sizes[k][1], &o, NULL);
		walk(&s, "7");
		print_all(&s);
		walk(&s, "7");
		walk(&s, "1");
		ui__output_over(s.ui, NULL);
		walk(&s, "7");
		close_run(&s);
	}
}

TEST(every_size)
{
	static const char *const runs[] = {"demo.facts", "go-top.facts", "deadlock-top.facts"};
	static const unsigned sizes[][2] = {{1, 1}, {8, 40}, {9, 41}, {24, 80}, {16, 1000}, {500, 100}};
	static const struct ui_host host = {.events = no_events};

	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
			char path[128], number[2] = "1";
			struct shown s;

			snprintf(path, sizeof(path), "tests/samples/%s", runs[i]);
			open_hosted(&s, fopen(path, "r"), sizes[k][0], sizes[k][1], k % 2 ? &host : NULL);
			for (; *number <= '9'; ++*number)
				walk(&s, number);
			close_run(&s);
		}
	}
}

TEST_MAIN
