// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys, the mouse and sizes in any order: the screen stays whole. And settings, as text in both directions.
 */
#include <errno.h>
#include <string.h>

#include "screens.h"
#include "util/escape.h"

/* Every cell is a character of its own width, and nothing that moves a cursor. */
static bool is_whole(const struct canvas *c)
{
	for (size_t i = 0; i < (size_t)c->rows * c->columns; i++) {
		const struct cell *cell = &c->cells[i];
		unsigned code = 0;
		bool second = !cell->columns;

		if (second != (i % c->columns && cell[-1].columns == 2) || cell->style >= STYLES)
			return false;
		if (second)
			continue;
		for (const char *s = cell->text; *s;) {
			size_t length = utf8_length(s, &code);

			if (!length || code < ' ' || utf8_is_unsafe(code) || (c->ascii && code >= 0x80))
				return false;
			s += length;
		}
		if (!*cell->text || cell->columns > 2)
			return false;
	}
	return true;
}

static void do_anything(struct shown *s, unsigned *random)
{
	static const int special[] = {CODE_UP,      CODE_DOWN,         CODE_LEFT,     CODE_RIGHT,
				      CODE_PAGE_UP, CODE_PAGE_DOWN,    CODE_HOME,     CODE_END,
				      CODE_ESCAPE,  CODE_BACKSPACE,    CODE_DELETE,   CODE_BACK_TAB,
				      CODE_CLICK,   CODE_DOUBLE_CLICK, CODE_WHEEL_UP, CODE_WHEEL_DOWN,
				      CODE_F(1),    CODE_F(6),         '\n',          '\t'};
	unsigned n = next_random(random) % 100;
	struct key key = {.row = next_random(random) % 60, .column = next_random(random) % 210};

	if (n < 4) {
		canvas__resize(&s->canvas, next_random(random) % 60, next_random(random) % 220);
		s->canvas.ascii = next_random(random) % 2;
	} else if (n < 55) {
		key.code = special[next_random(random) % (sizeof(special) / sizeof(*special))];
	} else if (n < 98) {
		key.code = ' ' + (int)(next_random(random) % 95);
	} else {
		key.code = (int)(next_random(random) % 0x11000);
	}
	if (key.code == 'w' || key.code == 'q') /* no files; not the end */
		key.code = 'g';
	if (key.code)
		ui__key(s->ui, &key);
}

static void check_any_keys(const char *path, unsigned steps, unsigned random)
{
	struct shown s;
	bool whole = true;

	open_run(&s, path, 24, 80);
	for (unsigned i = 0; i < steps && whole; i++) {
		do_anything(&s, &random);
		if (feed__take(s.feed))
			ui__take(s.ui);
		ui__draw(s.ui, &s.canvas);
		whole = is_whole(&s.canvas);
		if (!whole)
			printf("# broken at step %u\n", i);
	}
	CHECK(whole);
	close_run(&s);
}

TEST(any_keys_on_a_convoy)
{
	check_any_keys("tests/samples/demo.facts", 4000, 1);
}

TEST(any_keys_on_goroutines)
{
	check_any_keys("tests/samples/go-top.facts", 4000, 2);
}

TEST(no_terminal_is_too_small_or_too_large)
{
	static const unsigned sizes[][2] = {{0, 0},  {1, 1},      {1, 80},      {24, 1},
					    {8, 40}, {500, 1000}, {5000, 10000}};
	struct shown s;

	open_run(&s, "tests/samples/demo.facts", 24, 80);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		canvas__resize(&s.canvas, sizes[i][0], sizes[i][1]);
		ui__draw(s.ui, &s.canvas);
		CHECK(is_whole(&s.canvas));
	}
	close_run(&s);
}

TEST(any_keys_without_a_feed)
{
	struct shown s;
	unsigned random = 3;
	bool whole = true;

	open_run(&s, "tests/samples/demo.facts", 24, 80);
	type(&s, "2d");
	ui__set_feed(s.ui, NULL, false); /* a collector that could not be started again */
	feed__close(s.feed);
	s.feed = NULL;
	for (unsigned i = 0; i < 2000 && whole; i++) {
		do_anything(&s, &random);
		ui__draw(s.ui, &s.canvas);
		whole = is_whole(&s.canvas);
	}
	CHECK(whole);
	close_run(&s);
}

/* ---- settings -------------------------------------------------------------------- */

static char *settings_of(struct shown *s)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	ui__settings(s->ui, out);
	fclose(out);
	return text;
}

TEST(settings_are_written_as_they_are_read)
{
	struct shown s;
	char *text;

	open_run(&s, "tests/samples/demo.facts", 24, 80);
	CHECK(ui__set(s.ui, "interval", "250ms") == 0);
	CHECK(ui__set(s.ui, "sort.threads", "-CPU") == 0);
	CHECK(ui__set(s.ui, "hide.logs", "MAX, FSYNC p99") == 0);
	CHECK(ui__set(s.ui, "key.pause", "F5") == 0);
	CHECK(ui__set(s.ui, "key.next-view", "Ctrl-X") == 0);
	text = settings_of(&s);
	CHECK(strstr(text, "\ninterval = 250ms\n") != NULL);
	CHECK(strstr(text, "\nsort.threads = -CPU\n") != NULL);
	CHECK(strstr(text, "\nhide.logs = MAX, FSYNC p99\n") != NULL);
	CHECK(strstr(text, "\nkey.pause = F5\n") != NULL);
	CHECK(strstr(text, "\nkey.next-view = Ctrl-x\n") != NULL);
	free(text);
	close_run(&s);
}

TEST(what_is_no_setting_is_refused)
{
	struct shown s;
	char *text;

	open_run(&s, "tests/samples/demo.facts", 24, 80);
	CHECK(ui__set(s.ui, "interval", "1") == -EINVAL);
	CHECK(ui__set(s.ui, "interval", "1ms") == -EINVAL);
	CHECK(ui__set(s.ui, "sort.threads", "COLOUR") == -EINVAL);
	CHECK(ui__set(s.ui, "sort.nothing", "CPU") == -ENOENT);
	CHECK(ui__set(s.ui, "hide.threads", "CPU, COLOUR") == -EINVAL);
	CHECK(ui__set(s.ui, "key.pause", "Hyper-X") == -EINVAL);
	CHECK(ui__set(s.ui, "key.fly", "x") == -ENOENT);
	CHECK(ui__set(s.ui, "", "") == -ENOENT);
	text = settings_of(&s);
	CHECK(strstr(text, "interval = 1000ms") != NULL);
	CHECK(strstr(text, "sort") == NULL);
	CHECK(strstr(text, "key.") == NULL);
	free(text);
	close_run(&s);
}

static int no_events(void *arg, pid_t pid)
{
	(void)arg;
	return pid < 0 ? -EINVAL : 0;
}

/* The views of events and of output change places with the first report. */
TEST(a_key_before_the_first_report_is_answered)
{
	const struct ui_options o = {.interval_ns = 1000000000, .output = true};
	const struct ui_host host = {.events = no_events};
	struct shown s = {.ui = ui__new(&o, &host)};

	setenv("TZ", "UTC", 1);
	CHECK(feed__of_file(fopen("tests/samples/demo.facts", "r"), &s.feed) == 0);
	canvas__resize(&s.canvas, 24, 80);
	ui__set_feed(s.ui, s.feed, false);
	for (const char *key = "wd []"; *key; key++) {
		press(&s, *key);
		CHECK(screen_has(&s, "no interval has been measured so far"));
	}
	press(&s, '8');
	CHECK(screen_has(&s, "view 8 opens with the first interval"));
	wait_for(&s, 1);
	CHECK(screen_has(&s, "nothing printed yet"));
	CHECK(screen_lacks(&s, "opens with"));
	press(&s, '9');
	CHECK(screen_has(&s, "no view has the number 9 here"));
	close_run(&s);
}

/* After R, or on going into a process: rows of the feed before are not acted on. */
TEST(keys_before_the_first_report_of_another_feed)
{
	struct feed *before;
	struct shown s;

	for (int view = '1'; view <= '8'; view++) {
		open_run(&s, "tests/samples/demo.facts", 40, 120);
		press(&s, view);
		before = s.feed;
		CHECK(feed__of_file(fopen("tests/samples/demo.facts", "r"), &s.feed) == 0);
		ui__set_feed(s.ui, s.feed, false);
		feed__close(before);
		press(&s, view);
		type(&s, "jky\rs\r\x1bnN+-");
		free(screen_text(&s));
		close_run(&s);
	}
}

TEST_MAIN
