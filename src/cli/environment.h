/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where threadscope itself runs: in containers /proc, /sys and root are not always what they seem. */
#ifndef TS_CLI_ENVIRONMENT_H
#define TS_CLI_ENVIRONMENT_H

#include <stdbool.h>

/* What is wrong with it here, and what to do, as the end of a sentence. NULL: nothing. */
const char *place__proc_problem(void);
const char *place__sys_problem(void);
/* Root of a user namespace only, whose capabilities do not count for BPF. False if that cannot be told. */
bool place__in_user_namespace(void);

#endif
