/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen with a saved run on it, for tests: keys go in, and what is on it is compared with golden files. */
#ifndef TS_TEST_SCREENS_H
#define TS_TEST_SCREENS_H

#include <poll.h>

#include "feed/feed.h"
#include "golden.h"
#include "screen/scene.h"
#include "screen/ui.h"

struct shown {
	struct feed *feed;
	struct ui *ui;
	struct canvas canvas;
};

/* What comes of a file comes in a moment. */
static inline void wait_for(struct shown *s, size_t moments)
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

/* Takes in. */
static inline void open_with(struct shown *s, FILE *in, unsigned rows, unsigned columns,
			     const struct ui_options *o, const struct ui_host *host)
{
	setenv("TZ", "UTC", 1);
	*s = (struct shown){0};
	CHECK(in != NULL);
	CHECK(feed__of_file(in, &s->feed) == 0);
	s->ui = ui__new(o, host);
	ui__set_feed(s->ui, s->feed, feed__every_process(s->feed));
	canvas__resize(&s->canvas, rows, columns);
	wait_for(s, 1);
}

/* With a host, the screen takes it for a live process. */
static inline void open_hosted(struct shown *s, FILE *in, unsigned rows, unsigned columns,
			       const struct ui_host *host)
{
	struct ui_options o = {
		.interval_ns = 1000000000, .replay = !host, .about = host ? NULL : "demo.facts"};

	open_with(s, in, rows, columns, &o, host);
}

static inline void open_file(struct shown *s, FILE *in, unsigned rows, unsigned columns)
{
	open_hosted(s, in, rows, columns, NULL);
}

static inline void open_run(struct shown *s, const char *path, unsigned rows, unsigned columns)
{
	open_file(s, fopen(path, "r"), rows, columns);
}

static inline void close_run(struct shown *s)
{
	ui__free(s->ui);
	feed__close(s->feed);
	canvas__free(&s->canvas);
}

static inline void type(struct shown *s, const char *keys)
{
	for (; *keys; keys++)
		ui__key(s->ui, &(struct key){.code = *keys});
}

static inline void check_screen(struct shown *s, const char *name)
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

static inline void press(struct shown *s, int code)
{
	ui__key(s->ui, &(struct key){.code = code});
}

/* What is on the screen; the caller frees it. */
static inline char *screen_text(struct shown *s)
{
	ui__draw(s->ui, &s->canvas);
	return canvas__text(&s->canvas);
}

static inline bool screen_has(struct shown *s, const char *text)
{
	char *all = screen_text(s);
	bool has = strstr(all, text) != NULL;

	if (!has)
		printf("# '%s' is not in:\n%s", text, all);
	free(all);
	return has;
}

static inline bool screen_lacks(struct shown *s, const char *text)
{
	char *all = screen_text(s);
	bool has = strstr(all, text) != NULL;

	if (has)
		printf("# '%s' is in:\n%s", text, all);
	free(all);
	return !has;
}

/* Of a detail that a test makes itself. */
static inline bool page_has(const struct page *p, const char *text)
{
	for (size_t i = 0; i < p->count; i++)
		if (strstr(p->lines[i].text, text))
			return true;
	return false;
}

#endif
