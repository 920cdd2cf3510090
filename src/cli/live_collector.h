/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that collects for a screen: it writes samples in the saved form down a pipe. What hangs or ends
 * it does not touch the screen.
 */
#ifndef TS_CLI_LIVE_COLLECTOR_H
#define TS_CLI_LIVE_COLLECTOR_H

#include <sys/types.h>

#include "cli/options.h"

struct live_collector {
	int samples, snapshots, messages, requests; /* its ends of pipes */
	int outputs[2];                             /* of COMMAND; -1: they are thrown away */
	pid_t only;      /* this process instead of the targets of the options; 0: those */
	unsigned number; /* which of the screen's collectors it is, from 1 */
};

/* FILE, FILE.2, FILE.3: a run that is recorded begins anew with each collector, and none of them overwrites
 * another's. For free(). */
char *live_collector__file(const char *file, unsigned number);

/* The process itself, with the screen's options. Ends when its requests are closed, with its parent, or on
 * SIGTERM. Returns its exit status: of COMMAND, if that has ended. */
int live_collector__run(struct options *o, const struct live_collector *at);

#endif
