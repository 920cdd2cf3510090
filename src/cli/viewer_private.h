/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by viewer.c and viewer_end.c only. */
#ifndef TS_CLI_VIEWER_PRIVATE_H
#define TS_CLI_VIEWER_PRIVATE_H

#include "cli/viewer.h"

#define LOOK_MS 1000 /* how often the viewer looks at a collector that is silent */

/* Prints what the collector has complained of. */
void viewer__relay(struct viewer *v);
/* v->in, from the pipe of the collector that there is. 0 or a negative errno. */
int viewer__open_samples(struct viewer *v);
/* COMMAND does not outlive its collector. */
void viewer__end_command(void);

#endif
