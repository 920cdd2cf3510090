/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of the full-screen view: the command 'events', run as long as the view is open. */
#ifndef TS_CLI_SCREEN_EVENTS_H
#define TS_CLI_SCREEN_EVENTS_H

#include "cli/options.h"
#include "screen/ui.h"
#include "util/loop.h"

/* Given to the command alone, as its first argument: an empty line says that the probes are attached. */
#define EVENTS_OPTION "--events-of-screen"

struct screen_events;

/* Its lines go to ui. o: the screen's, which select its events. All of them outlive it. */
struct screen_events *screen_events__new(struct loop *loop, struct ui *ui, const struct options *o);
/* Those that were ended before, once they are gone. */
void screen_events__reap(struct screen_events *e);
void screen_events__free(struct screen_events *e); /* NULL is fine; ends what runs */
/* Begins with this process, 0: ends. 0 or a negative errno. */
int screen_events__follow(struct screen_events *e, pid_t pid);

#endif
