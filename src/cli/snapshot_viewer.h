/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer of `snapshot`. */
#ifndef TS_CLI_SNAPSHOT_VIEWER_H
#define TS_CLI_SNAPSHOT_VIEWER_H

#include "cli/apart.h"
#include "cli/options.h"

/* Returns the exit status of the run. Closes a. */
int snapshot_viewer__run(const struct options *o, struct apart *a);

#endif
