/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_CLI_SCREEN_RUN_PRIVATE_H
#define TS_CLI_SCREEN_RUN_PRIVATE_H

#include "cli/options.h"
#include "cli/screen_output.h"
#include "cli/starter.h"
#include "feed/feed.h"
#include "feed/writing.h"
#include "screen/terminal.h"
#include "screen/ui.h"
#include "util/loop.h"

#define LEAVING 8

/* One whose feed is closed: it has a moment to end by itself. */
struct leaving_collector {
	unsigned number; /* 0: none */
	uint64_t until_ns;
};

struct screen_run {
	const struct options *o;
	struct loop *loop;
	struct feed *feed;
	struct ui *ui;
	struct screen_events *events;
	struct screen_output *output; /* NULL: there is no command, or its output goes to a file */
	struct terminal *terminal;    /* NULL: not taken yet */
	struct canvas canvas;
	struct writing *writing; /* a file; NULL: none */
	struct starter starter;
	unsigned collector;       /* as the starter counts; 0: none */
	unsigned first_collector; /* which has COMMAND; 0: it was not started */
	int command_status;       /* as which COMMAND's end is passed on; 0: it has not ended */
	struct leaving_collector leaving[LEAVING];
	unsigned collectors; /* that were started */
	char settings[512];  /* what is wrong with them; empty: nothing */
	bool replay, news, resized, again, over, found;
	bool told_to_end;   /* by a signal, or the terminal is gone */
	uint64_t counted;   /* number of the last report that was looked at */
	uint64_t intervals; /* reports of intervals so far */
};

/* screen_feed.c */
/* A collector with a feed for the screen. only: 0: the targets of the command line. 0 or a negative errno. */
int screen_run__start(struct screen_run *s, pid_t only);
int screen_run__use_feed(struct screen_run *s, struct feed *feed, bool every_process);
/* The screen goes on at once: the feed and its collector end beside it. */
void screen_run__leave_feed(struct screen_run *s);
/* Those that have ended; those that had their moment are killed. One that hangs in the kernel is left to it.
 */
void screen_run__reap(struct screen_run *s);
/* All of them, at the end of the run. */
void screen_run__close_feed(struct screen_run *s);

/* screen_write.c */
/* For struct ui_host. */
int screen_run__write(void *run, const char *path);
/* Once the terminal is as it was: waits for what is being written, unless at_once or interrupted, and says
 * so. */
void screen_run__finish_writing(struct screen_run *s, bool at_once);

#endif
