/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The full-screen view: its loop, its terminal, and the collector that it shows. */
#ifndef TS_CLI_SCREEN_RUN_H
#define TS_CLI_SCREEN_RUN_H

#include <stdio.h>

#include "cli/options.h"

/* Output is text on a terminal that can move its cursor, and there are keys to read. */
bool screen_run__possible(const struct options *o);
/* Returns an exit status. */
int screen_run__live(const struct options *o);
/* A saved run of top, to its end. false: it is something else, or damaged: in is the caller's, at its
 * beginning. */
bool screen_run__replay(const struct options *o, FILE *in, int *ret_status);

#endif
