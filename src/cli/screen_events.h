/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events of the full-screen view: the command 'events', run as long as the view is open. */
#ifndef TS_CLI_SCREEN_EVENTS_H
#define TS_CLI_SCREEN_EVENTS_H

#include "cli/options.h"
#include "cli/starter.h"
#include "screen/ui.h"
#include "util/loop.h"

struct screen_events;

/* Its lines go to ui. All of them outlive it. */
struct screen_events *screen_events__new(struct loop *loop, struct ui *ui, struct starter *starter);
void screen_events__free(struct screen_events *e); /* NULL is fine; ends what runs */
/* Begins with this process, 0: ends. 0 or a negative errno. */
int screen_events__follow(struct screen_events *e, pid_t pid);

/* In a process of its own: the command, for this process, as far as the screen's options select events; to
 * out, which begins with an empty line once the probes are attached. Returns its exit status. */
int screen_events__print(const struct options *screen, pid_t pid, int out);

#endif
