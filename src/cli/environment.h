/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The environment of threadscope itself: in containers, /proc, /sys and root may be restricted. */
#ifndef TS_CLI_ENVIRONMENT_H
#define TS_CLI_ENVIRONMENT_H

#include <stdbool.h>
#include <sys/types.h>

/* What is wrong with it and what to do, as the end of a sentence. NULL: nothing. */
const char *place__proc_problem(void);
const char *place__sys_problem(void);
/* Why /proc does not show this process. NULL: no such process exists. */
const char *place__hides(pid_t pid);
/* Why BPF programs may not read the kernel's memory, though every kernel has the function for it. */
#define LOCKDOWN_REASON                                                                             \
	"lockdown in confidentiality mode (/sys/kernel/security/lockdown) forbids BPF programs to " \
	"read kernel memory"
#define LOCKDOWN_REMEDY "boot without lockdown=confidentiality (integrity is fine)"
/* Root only within a user namespace, whose capabilities do not suffice for BPF. False if unknown. */
bool place__in_user_namespace(void);

#endif
