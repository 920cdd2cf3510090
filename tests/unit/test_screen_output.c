// SPDX-License-Identifier: GPL-2.0-or-later
/* The view of what a command prints: how it becomes lines, what is kept of them, how they scroll, and that
 * nothing in them disturbs the screen. */
#include "screen/output_log.h"
#include "screens.h"

#define OUTPUT    "7" /* of the demo, which is no Go program and has no events here */
#define TEN_AM    1764324414123456789ull
#define OUT(s, t) print(s, OUTPUT_STANDARD, t, sizeof(t) - 1)
#define ERR(s, t) print(s, OUTPUT_ERROR, t, sizeof(t) - 1)

static void print(struct shown *s, enum output_stream stream, const char *bytes, size_t size)
{
	ui__output(s->ui,
		   &(struct ui_output){.stream = stream, .wall_ns = TEN_AM, .bytes = bytes, .size = size});
}

static void open_output(struct shown *s, unsigned rows, unsigned columns)
{
	struct ui_options o = {.interval_ns = 1000000000, .output = true};

	open_with(s, fopen("tests/samples/demo.facts", "r"), rows, columns, &o, NULL);
	type(s, OUTPUT);
}

static void print_numbers(struct shown *s, int from, int to)
{
	char line[64];

	for (int i = from; i <= to; i++)
		print(s, OUTPUT_STANDARD, line, (size_t)snprintf(line, sizeof(line), "line %d.\n", i));
}

TEST(a_command_has_it_and_a_running_process_has_not)
{
	struct shown s;

	open_output(&s, 24, 80);
	CHECK(screen_has(&s, "7 output"));
	CHECK(screen_has(&s, "nothing printed yet"));
	ui__output_over(s.ui, NULL);
	CHECK(screen_has(&s, "the command printed nothing"));
	close_run(&s);
	open_run(&s, "tests/samples/demo.facts", 24, 80);
	CHECK(screen_lacks(&s, "output"));
	close_run(&s);
}

static bool is_on(struct shown *s, const char *what)
{
	char *text = screen_text(s);
	bool is = strstr(text, what) != NULL;

	free(text);
	return is;
}

TEST(it_is_shown_before_there_is_a_report)
{
	struct ui_options o = {.interval_ns = 1000000000, .output = true};
	struct shown s = {.ui = ui__new(&o, NULL)};

	canvas__resize(&s.canvas, 24, 80);
	ui__set_feed(s.ui, NULL, false);
	OUT(&s, "at once\n");
	for (int i = 0; i < 20 && !is_on(&s, "FROM"); i++)
		type(&s, "\t");
	CHECK(screen_has(&s, "at once"));
	type(&s, "\n");
	CHECK(screen_has(&s, "stdout"));
	ui__free(s.ui);
	canvas__free(&s.canvas);
}

TEST(pieces_become_lines)
{
	struct shown s;

	open_output(&s, 24, 80);
	OUT(&s, "one\ntw");
	CHECK(screen_has(&s, "stdout  tw"));
	ERR(&s, "in between\r");
	OUT(&s, "o\r");
	ERR(&s, "\n");
	OUT(&s, "\nthree\r10 %\r20 %\r\r\n\n");
	CHECK(screen_has(&s, "7 lines"));
	CHECK(screen_has(&s, "stdout  one"));
	CHECK(screen_has(&s, "stdout  two\n"));
	CHECK(screen_has(&s, "stderr  in between\n"));
	CHECK(screen_has(&s, "stdout  10 %\n"));
	CHECK(screen_has(&s, "stdout  20 %\n"));
	CHECK(screen_lacks(&s, "\\x0d"));
	OUT(&s, "without an end");
	ui__output_over(s.ui, NULL);
	CHECK(screen_has(&s, "8 lines; end of the output"));
	CHECK(screen_has(&s, "stdout  without an end"));
	close_run(&s);
}

TEST(the_last_line_is_followed)
{
	struct shown s;

	open_output(&s, 24, 80);
	print_numbers(&s, 1, 100);
	CHECK(screen_has(&s, "line 100."));
	CHECK(screen_lacks(&s, "line 50."));
	/* One that was gone to stays where it is. */
	type(&s, "g");
	CHECK(screen_has(&s, "line 1."));
	print_numbers(&s, 101, 200);
	CHECK(screen_has(&s, "line 1."));
	CHECK(screen_lacks(&s, "line 200."));
	type(&s, "G");
	print_numbers(&s, 201, 201);
	CHECK(screen_has(&s, "line 201."));
	/* Also with a line that has not ended: it does not count as one that was gone to. */
	OUT(&s, "half");
	CHECK(screen_has(&s, "stdout  half"));
	OUT(&s, " and half\nnext\n");
	CHECK(screen_has(&s, "half and half"));
	CHECK(screen_has(&s, "next"));
	close_run(&s);
}

TEST(only_so_many_are_kept)
{
	struct shown s;

	open_output(&s, 24, 80);
	print_numbers(&s, 1, OUTPUT_LINES);
	type(&s, "g");
	press(&s, CODE_PAGE_DOWN);
	CHECK(screen_has(&s, "line 19."));
	free(screen_text(&s));
	print_numbers(&s, OUTPUT_LINES + 1, OUTPUT_LINES + 10);
	/* It does not move under the eye. */
	CHECK(screen_has(&s, "50010 lines, the last 50000 are kept"));
	CHECK(screen_has(&s, "line 19."));
	print_numbers(&s, OUTPUT_LINES + 11, OUTPUT_LINES + 1000);
	type(&s, "g");
	CHECK(screen_has(&s, "line 1001."));
	CHECK(screen_lacks(&s, "line 1000."));
	close_run(&s);
}

TEST(bytes_are_bounded)
{
	static char line[3 * OUTPUT_LINE_BYTES + 2];
	struct output_log l = {0};
	const struct output_line *last;
	char *text;

	memset(line, 'x', sizeof(line) - 2);
	line[sizeof(line) - 2] = '\n';
	for (unsigned i = 0; i < 1000; i++)
		output_log__add(&l, OUTPUT_STANDARD, TEN_AM, line, sizeof(line) - 1);
	CHECK(l.bytes <= OUTPUT_BYTES);
	CHECK_EQ(l.bytes, l.count * (sizeof(struct output_line) + OUTPUT_LINE_BYTES));
	CHECK_EQ(l.arrived, 1000);
	last = output_log__line(&l, output_log__last(&l));
	CHECK_EQ(last->length, OUTPUT_LINE_BYTES);
	CHECK_EQ(last->left_out, 2 * OUTPUT_LINE_BYTES);
	text = output_line__text(last);
	CHECK(strstr(text, "x (and 32 KiB more)") != NULL);
	free(text);
	/* A line that never ends. */
	for (unsigned i = 0; i < 1000; i++)
		output_log__add(&l, OUTPUT_ERROR, TEN_AM, line, sizeof(line) - 2);
	CHECK_EQ(l.arrived, 1000);
	CHECK_EQ(output_log__open(&l, OUTPUT_ERROR)->left_out,
		 1000ull * 3 * OUTPUT_LINE_BYTES - OUTPUT_LINE_BYTES);
	/* Empty ones cost something, too. */
	for (unsigned i = 0; i < 2 * OUTPUT_LINES; i++)
		output_log__add(&l, OUTPUT_STANDARD, TEN_AM, "\n", 1);
	CHECK(l.count <= OUTPUT_LINES);
	CHECK(output_log__line(&l, output_log__first(&l)) != NULL);
	CHECK(!output_log__line(&l, output_log__first(&l) - 1));
	CHECK(!output_log__line(&l, l.arrived + 1));
	output_log__free(&l);
}

TEST(what_was_left_out_is_counted_where_it_is_missing)
{
	struct shown s;

	open_output(&s, 24, 80);
	OUT(&s, "before\nhal");
	ui__output(s.ui, &(struct ui_output){.wall_ns = TEN_AM,
					     .stream = OUTPUT_ERROR,
					     .lost = 3 << 20,
					     .bytes = "f\nafter\n",
					     .size = 8});
	CHECK(screen_has(&s, "4 lines; 3.0 MiB left out"));
	CHECK(screen_has(&s, "(3.0 MiB left out here: too fast for the screen)"));
	CHECK(screen_has(&s, "stdout  hal\n"));
	CHECK(screen_has(&s, "stderr  f\n"));
	ui__output_over(s.ui, "the process that reads the output has died");
	CHECK(screen_has(&s, "the process that reads the output has died"));
	CHECK(screen_lacks(&s, "end of the output"));
	close_run(&s);
}

TEST(a_pause_stands_still)
{
	struct shown s;

	open_output(&s, 24, 80);
	print_numbers(&s, 1, 30);
	type(&s, " ");
	print_numbers(&s, 31, 40);
	OUT(&s, "open");
	CHECK(screen_has(&s, "line 30."));
	CHECK(screen_has(&s, "; 10 more since the pause"));
	CHECK(screen_lacks(&s, "line 31."));
	CHECK(screen_lacks(&s, "open\n"));
	type(&s, " ");
	CHECK(screen_has(&s, "line 40."));
	CHECK(screen_has(&s, "stdout  open"));
	close_run(&s);
}

TEST(a_filter_holds_for_what_comes)
{
	struct shown s;

	open_output(&s, 24, 80);
	print_numbers(&s, 1, 30);
	ERR(&s, "an error\n");
	type(&s, "/line 7");
	CHECK(screen_has(&s, "line 7."));
	CHECK(screen_lacks(&s, "line 8."));
	print_numbers(&s, 70, 80);
	CHECK(screen_has(&s, "line 79."));
	CHECK(screen_lacks(&s, "line 80."));
	press(&s, CODE_ESCAPE);
	type(&s, "/stderr");
	CHECK(screen_has(&s, "an error"));
	CHECK(screen_lacks(&s, "line 79."));
	close_run(&s);
}

static void print_hostile(struct shown *s)
{
	static const char FORGED[] = "stdout  forged\n00:00:00  stdout  forged, too\n";
	static char long_line[20000];

	memset(long_line, 'w', sizeof(long_line));
	OUT(s, "listening on :8080\n");
	ERR(s, "warning: no configuration, using defaults\n");
	OUT(s, "\x1b[2J\x1b[1;1H\x1b]0;title\x07 clears and moves\n");
	OUT(s, "\x1b[31mred\x1b[0m, nul \0 here, bell \x07, del \x7f, raw \xff\xfe\x9b"
	       "31m\n");
	OUT(s, "goroutine 1 [running]:\n\tmain.go:12 +0x1d\na\tb\tc\n");
	ERR(s, "\xe2\x80\xae"
	       "desrever\xe2\x80\xac, \xe4\xbd\xa0\xe5\xa5\xbd, e\xcc\x81, \xf0\x9f\x92\xa5\n");
	ERR(s, "\\x1b[31m is not an escape\n");
	OUT(s, "progress 10 %\rprogress 100 %\r\n");
	ERR(s, "\n");
	print(s, OUTPUT_STANDARD, long_line, sizeof(long_line));
	OUT(s, "\n");
	ui__output(s->ui, &(struct ui_output){.wall_ns = TEN_AM,
					      .lost = 123456,
					      .stream = OUTPUT_ERROR,
					      .bytes = FORGED,
					      .size = sizeof(FORGED) - 1});
	ERR(s, "cut off in the mid");
}

TEST(hostile_lines)
{
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct shown s;
		char *text;

		open_output(&s, SIZES[i][0], SIZES[i][1]);
		print_hostile(&s);
		check_screen(&s, "output");
		text = screen_text(&s);
		check_clean(text);
		free(text);
		type(&s, "g");
		for (int k = 0; k < 3; k++)
			press(&s, CODE_DOWN);
		type(&s, "\n");
		check_screen(&s, "output-detail");
		close_run(&s);
	}
}

/* On a narrow screen, tabs that are far from the open one give way: their numbers stay. */
TEST(every_tab_fits)
{
	struct shown s;

	open_output(&s, 24, 60);
	CHECK(screen_has(&s, "7 output"));
	CHECK(screen_has(&s, " 1  2  3 "));
	CHECK(screen_has(&s, " 6 stacks "));
	ui__key(s.ui, &(struct key){.code = CODE_CLICK, .row = 1, .column = 2});
	CHECK(screen_has(&s, " 1 overview "));
	CHECK(screen_has(&s, " 2 threads "));
	CHECK(screen_has(&s, " 7\n"));
	close_run(&s);
}

TEST_MAIN
