/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of doctor. */
#ifndef TS_CLI_COMMAND_DOCTOR_H
#define TS_CLI_COMMAND_DOCTOR_H

#include "probes/features.h"
#include "util/arena.h"
#include "views/view.h"

#define MAX_CHECKS 32

struct checks {
	struct arena arena;
	struct check_row rows[MAX_CHECKS];
	size_t count;
	bool able;
};

void doctor__add(struct checks *c, const char *name, const char *state, const char *chosen,
		 const char *reason, const char *remedy);
/* Adds the checks for 'logs'. names_hidden: the kernel hides the names of its functions. */
void doctor__logs(struct checks *c, const struct features *f, bool names_hidden);

#endif
