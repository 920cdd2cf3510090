/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The screen without its terminal: keys and reports go in, a canvas comes out. It knows nothing of processes,
 * probes or terminals, so all of it can be tested with a saved run.
 */
#ifndef TS_SCREEN_UI_H
#define TS_SCREEN_UI_H

#include "feed/feed.h"
#include "screen/canvas.h"
#include "screen/keys.h"
#include "screen/output_log.h"

struct ui;

/* What the screen asks of its host. Each may be NULL: the key then says that it cannot be done here. */
struct ui_host {
	void *arg;
	/* Watches this process instead, 0: what the command line says, and gives its feed with ui__set_feed.
	 * 0, or a negative errno. */
	int (*attach)(void *arg, pid_t pid);
	/* A new process of that name. */
	int (*follow)(void *arg, const char *comm);
	/* To the clipboard. */
	void (*copy)(void *arg, const char *text);
	/* The whole terminal anew. */
	void (*redraw)(void *arg);
	/*
	 * Starts 'threadscope events' on this process, which goes on until it is called again; 0: ends it.
	 * Each line that it prints is given to ui__event_line; its end, if nobody asked for it, to
	 * ui__events_over. 0, or a negative errno.
	 */
	int (*events)(void *arg, pid_t pid);
	/* Begins to write what its feed keeps to a file; how it ended is said with ui__message. 0, or a
	 * negative errno: -EBUSY: it is still at another one. */
	int (*write)(void *arg, const char *path);
	/* Saves the settings. 0 or a negative errno, with the path. */
	int (*save_settings)(void *arg, const struct ui *ui, char *path, size_t size);
};

struct ui_options {
	uint64_t interval_ns;
	bool logs; /* begins with them */
	bool every_process;
	bool replay;       /* of a file: it can be stepped and played */
	bool command;      /* was started to be watched */
	bool output;       /* of it: there is a view */
	bool by_name;      /* a time without any process is not the end: others may start */
	const char *about; /* what is replayed: "demo.facts"; NULL: nothing */
};

/* A piece of what the command printed. */
struct ui_output {
	enum output_stream stream;
	uint64_t wall_ns; /* when it came */
	uint64_t lost;    /* bytes before it that were never seen */
	const char *bytes;
	size_t size;
};

struct ui *ui__new(const struct ui_options *o, const struct ui_host *host);
void ui__free(struct ui *ui); /* NULL is fine */
/* Its reports from now on; the feed stays the caller's, and lives until the next one is set. one: a process
 * of its own, not every process. */
void ui__set_feed(struct ui *ui, struct feed *feed, bool every_process);
/* After feed__take: there are new reports, or a new state. */
void ui__take(struct ui *ui);
/* An event as text, without its line end; "": from now on they are watched. Any number of them before the
 * next ui__draw. */
void ui__event_line(struct ui *ui, const char *text);
/* No more come: why, in a sentence. */
void ui__events_over(struct ui *ui, const char *message);
/* The same of what the command prints; message: why no more can be read of it, NULL: it has ended. */
void ui__output(struct ui *ui, const struct ui_output *o);
void ui__output_over(struct ui *ui, const char *message);
void ui__key(struct ui *ui, const struct key *key);
/* The person has asked to quit. */
bool ui__over(const struct ui *ui);
/* All of it; c has the size of the screen. */
void ui__draw(struct ui *ui, struct canvas *c);

uint64_t ui__interval(const struct ui *ui);
/* Also of its feed. */
void ui__set_interval(struct ui *ui, uint64_t interval_ns);
/* A line at the bottom, until the next key. */
void ui__message(struct ui *ui, const char *text);

/* Settings: a text of lines "name = value" (settings.c). */
void ui__settings(const struct ui *ui, FILE *out);
/* One of them. -EINVAL: not a value of it. -ENOENT: no such name. */
int ui__set(struct ui *ui, const char *name, const char *value);

#endif
