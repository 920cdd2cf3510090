/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The collector of `top` and `logs` for a viewer that is not a screen. */
#ifndef TS_CLI_TOP_COLLECTOR_H
#define TS_CLI_TOP_COLLECTOR_H

#include "cli/apart.h"
#include "cli/options.h"

/* Returns the exit status of its process. Closes a. */
int top_collector__run(const struct options *usual, struct apart *a);

#endif
