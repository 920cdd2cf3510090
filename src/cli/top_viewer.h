/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer of `top` and `logs` that is not a screen. */
#ifndef TS_CLI_TOP_VIEWER_H
#define TS_CLI_TOP_VIEWER_H

#include "cli/apart.h"
#include "cli/options.h"

/* Returns the exit status of the run. Closes a. */
int top_viewer__run(const struct options *o, struct apart *a);

#endif
