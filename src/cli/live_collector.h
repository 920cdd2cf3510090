/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that collects for a screen: this program, started anew with its own command line, which writes
 * samples in the saved form down a pipe. What hangs or ends it does not touch the screen.
 */
#ifndef TS_CLI_LIVE_COLLECTOR_H
#define TS_CLI_LIVE_COLLECTOR_H

#include <sys/types.h>

#include "cli/options.h"
#include "feed/feed.h"

/* Given to the new process alone, as its first argument: --collector=SAMPLES,SNAPSHOTS,MESSAGES,REQUESTS,PID,
 * which of a screen's collectors it is, and for the output and errors of COMMAND (-1: they are thrown away).
 */
#define COLLECTOR_OPTION "--collector="

/*
 * Starts it. only: this process instead of the targets of the options, 0: those. number: which collector of
 * this screen, from 1: --save FILE of later ones goes to live_collector__file. outputs: of COMMAND, its
 * standard output and error; -1: they are thrown away; all stay the caller's. It ends when its requests
 * are closed (feed__close), with this thread, or on SIGTERM; the caller reaps *ret_pid. Ignores SIGPIPE from
 * now on. 0 or a negative errno.
 */
int live_collector__start(const struct options *o, pid_t only, unsigned number, const int outputs[2],
			  struct feed_pipes *ret, pid_t *ret_pid);

/* FILE, FILE.2, FILE.3: a run that is recorded begins anew with each collector, and none of them overwrites
 * another's. For free(). */
char *live_collector__file(const char *file, unsigned number);

/* The process itself: argument is what follows COLLECTOR_OPTION, o of the rest of its command line. Returns
 * its exit status: of COMMAND, if that has ended. */
int live_collector__run(struct options *o, const char *argument);

#endif
