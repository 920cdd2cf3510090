// SPDX-License-Identifier: GPL-2.0-or-later
/* Screens of a saved run, against golden files, at the usual sizes. */
#include <poll.h>

#include "feed/feed.h"
#include "golden.h"
#include "screen/ui.h"

struct shown {
	struct feed *feed;
	struct ui *ui;
	struct canvas canvas;
};

/* What comes of a file comes in a moment. */
static void wait_for(struct shown *s, size_t moments)
{
	for (int i = 0; i < 500 && (feed__count(s->feed) < moments || feed__state(s->feed) == FEED_STARTING);
	     i++) {
		struct pollfd fd = {.fd = feed__fd(s->feed), .events = POLLIN};

		poll(&fd, 1, 100);
		if (feed__take(s->feed))
			ui__take(s->ui);
	}
	CHECK(feed__count(s->feed) >= moments);
}

static void open_run(struct shown *s, const char *path, unsigned rows, unsigned columns)
{
	struct ui_options o = {.interval_ns = 1000000000, .replay = true, .about = "demo.facts"};
	FILE *in = fopen(path, "r");

	setenv("TZ", "UTC", 1);
	*s = (struct shown){0};
	CHECK(in != NULL);
	CHECK(feed__of_file(in, &s->feed) == 0);
	s->ui = ui__new(&o, NULL);
	ui__set_feed(s->ui, s->feed, feed__every_process(s->feed));
	canvas__resize(&s->canvas, rows, columns);
	wait_for(s, 1);
}

static void close_run(struct shown *s)
{
	ui__free(s->ui);
	feed__close(s->feed);
	canvas__free(&s->canvas);
}

static void type(struct shown *s, const char *keys)
{
	for (; *keys; keys++)
		ui__key(s->ui, &(struct key){.code = *keys});
}

static void check_screen(struct shown *s, const char *name)
{
	struct capture c;
	char file[128], *text;

	begin(&c);
	ui__draw(s->ui, &s->canvas);
	text = canvas__text(&s->canvas);
	fputs(text, c.o.out);
	free(text);
	snprintf(file, sizeof(file), "screen-%s-%ux%u.txt", name, s->canvas.columns, s->canvas.rows);
	check_golden(&c, file);
}

static const unsigned SIZES[][2] = {{24, 80}, {40, 120}, {50, 200}};

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
	check_views("demo.facts", "demo", 5);
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
