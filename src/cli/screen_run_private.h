/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_CLI_SCREEN_RUN_PRIVATE_H
#define TS_CLI_SCREEN_RUN_PRIVATE_H

#include "cli/options.h"
#include "cli/screen_output.h"
#include "feed/feed.h"
#include "screen/terminal.h"
#include "screen/ui.h"
#include "util/loop.h"

struct screen_run {
	const struct options *o;
	struct loop *loop;
	struct feed *feed;
	struct ui *ui;
	struct screen_events *events;
	struct screen_output *output; /* NULL: there is no command, or its output goes to a file */
	struct terminal *terminal;    /* NULL: not taken yet */
	struct canvas canvas;
	pid_t collector;
	int command_status;  /* as which COMMAND's end is passed on; 0: it has not ended */
	unsigned collectors; /* that were started */
	bool replay, news, resized, again, over, found;
	uint64_t counted;   /* number of the last report that was looked at */
	uint64_t intervals; /* reports of intervals so far */
};

/* screen_feed.c */
/* A collector with a feed for the screen. only: 0: the targets of the command line. 0 or a negative errno. */
int screen_run__start(struct screen_run *s, pid_t only);
int screen_run__use_feed(struct screen_run *s, struct feed *feed, bool every_process);
/* A collector ends when its feed is closed; one that hangs in the kernel is left to the kernel. */
void screen_run__close_feed(struct screen_run *s);
/* A collector that has ended. */
void screen_run__reap(struct screen_run *s);

#endif
