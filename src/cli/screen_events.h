/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of the full-screen view: the command 'events', run as long as the view is open. */
#ifndef TS_CLI_SCREEN_EVENTS_H
#define TS_CLI_SCREEN_EVENTS_H

#include "screen/ui.h"
#include "util/loop.h"

struct screen_events;

/* Its lines go to ui. Both outlive it. */
struct screen_events *screen_events__new(struct loop *loop, struct ui *ui);
void screen_events__free(struct screen_events *e); /* NULL is fine; ends what runs */
/* Begins with this process, 0: ends. 0 or a negative errno. */
int screen_events__follow(struct screen_events *e, pid_t pid);

#endif
