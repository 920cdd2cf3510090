/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the option table, for parsing and for help. */
#ifndef TS_CLI_OPTION_TABLE_H
#define TS_CLI_OPTION_TABLE_H

#include "cli/options.h"

enum {
	ON_TOP = 1,
	ON_SNAPSHOT = 2,
	ON_EVENTS = 4,
	ON_LOGS = 8,
	ON_DOCTOR = 16,
	ON_REPLAY = 32,
	ON_ALL = 63,
	ON_INTERVALS = ON_TOP | ON_LOGS,
	ON_LIVE = ON_INTERVALS | ON_EVENTS,
	ON_KERNEL = ON_ALL & ~ON_REPLAY,
};

enum value_kind { FLAG, DURATION, COUNT, TEXT, CUSTOM, OPTIONAL /* like CUSTOM; a value only after "=" */ };

struct option_row {
	char letter;                 /* 0: none */
	const char *name, *argument; /* argument NULL: none */
	int commands;                /* bit i: COMMANDS[i] */
	enum value_kind kind;
	size_t where; /* in struct options */
	int (*set)(struct options *o, const char *text);
	const char *help;
};

extern const struct option_row OPTIONS[];
extern const size_t OPTION_COUNT;

/* Takes the value, NULL for a flag. 0, -EINVAL: malformed; -E2BIG: too many; -EILSEQ: a glob
 * with an open bracket; -ENAMETOOLONG: one that no name matches. */
int option__set(struct options *o, const struct option_row *row, const char *text);

#endif
