/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TS_CLI_STARTER_PRIVATE_H
#define TS_CLI_STARTER_PRIVATE_H

#include <limits.h>

#include "cli/starter.h"

/* Descriptors of a request: a screen's collector has four pipes and the outputs of COMMAND, one of a viewer
 * that prints has STARTER_ENDS, events have where they are printed, the others where the answer goes (an int,
 * and for a file its descriptor) and the settings. */
#define STARTER_FDS 6

struct starter_request {
	enum starter_wish {
		STARTER_COLLECTOR,
		STARTER_NEXT,
		STARTER_EVENTS,
		STARTER_KILL,
		STARTER_CREATE,
		STARTER_SETTINGS,
		STARTER_NAMED,
	} wish;
	unsigned number, record;
	pid_t pid;
	uint64_t count, duration_ns;
	char text[PATH_MAX]; /* a path or a name */
};

struct starter_end {
	unsigned number;
	int status; /* as of waitpid */
};

/* starter_process.c: serves fd until its other end is closed: with the viewer's process, after what that has
 * asked for last. */
_Noreturn void starter__run(const struct options *o, bool screen, int fd);

#endif
