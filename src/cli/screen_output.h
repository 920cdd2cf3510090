/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command prints that was started for the screen, on its way from the process that reads it. */
#ifndef TS_CLI_SCREEN_OUTPUT_H
#define TS_CLI_SCREEN_OUTPUT_H

#include "screen/ui.h"
#include "util/loop.h"

struct screen_output;

/* Begins to read. writers: for the command; the caller closes both once it has them. loop and ui outlive it.
 * 0 or a negative errno. */
int screen_output__new(struct loop *loop, struct ui *ui, int ret_writers[2], struct screen_output **ret);
/* After SIGCHLD. NULL is fine. */
void screen_output__reap(struct screen_output *o);
/* NULL is fine. The command goes on, and what it still prints is read and thrown away. */
void screen_output__free(struct screen_output *o);
/* After the screen was drawn. Until this time nothing more is taken, so that a command that prints without
 * end does not keep the screen busy; LOOP_FOREVER: whatever comes is taken. NULL is fine. */
uint64_t screen_output__rest(struct screen_output *o);

#endif
