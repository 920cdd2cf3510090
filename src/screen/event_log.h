/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last events of a process, a line each, as 'threadscope events' prints them. They need probes of their
 * own, which run only while the view is open. Bounded in lines and bytes; what no longer fits is counted.
 */
#ifndef TS_SCREEN_EVENT_LOG_H
#define TS_SCREEN_EVENT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_LINES      5000u
#define EVENT_BYTES      (4u << 20) /* of all kept lines together */
#define EVENT_LINE_BYTES 4096u      /* of one; the rest of it is cut off */

struct event_log {
	char **lines; /* a ring of EVENT_LINES; NULL: no line so far */
	size_t count, bytes;
	uint64_t arrived;  /* in all; the last one has this number, the first was 1 */
	uint64_t until;    /* while paused: later ones are not shown; 0: all are */
	bool running;      /* the probes */
	char message[256]; /* why they do not run any more; "": they do, or have not been started */
};

/* text: without its line end. */
void event_log__add(struct event_log *l, const char *text);
/* Of the number; NULL: it is no longer kept, or has not come. */
const char *event_log__line(const struct event_log *l, uint64_t number);
/* The numbers of the oldest event kept and of the last one shown; 0 without events. */
uint64_t event_log__first(const struct event_log *l);
uint64_t event_log__last(const struct event_log *l);
/* Paused, it stands still: what comes is kept, and shown later. */
void event_log__pause(struct event_log *l, bool paused);
/* Forgets all of them. */
void event_log__free(struct event_log *l);

#endif
