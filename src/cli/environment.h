/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment of threadscope itself: in containers, /proc, /sys and root may be restricted. */
#ifndef TS_CLI_ENVIRONMENT_H
#define TS_CLI_ENVIRONMENT_H

#include <stdbool.h>

/* What is wrong with it and what to do, as the end of a sentence. NULL: nothing. */
const char *place__proc_problem(void);
const char *place__sys_problem(void);
/* Root only within a user namespace, whose capabilities do not suffice for BPF. False if unknown. */
bool place__in_user_namespace(void);

#endif
