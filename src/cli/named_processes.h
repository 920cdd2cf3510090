/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processes that -n selects now. */
#ifndef TS_CLI_NAMED_PROCESSES_H
#define TS_CLI_NAMED_PROCESSES_H

#include "cli/options.h"

/* Returns how many there are; pids has the first MAX_TARGETS of them. */
size_t named_processes__find(const struct options *o, pid_t pids[MAX_TARGETS]);

#endif
