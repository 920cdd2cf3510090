// SPDX-License-Identifier: GPL-2.0-or-later
/* What logs shows here: which calls, requests of io_uring, why a call was slow, who is at the other end. */
#include "cli/command_doctor.h"

static void check_uring(struct checks *c, const struct features *f)
{
	const struct trial *t = &f->trials[TRIAL_URING];
	const char *chosen = uring_hook__name(f->uring_hook);

	if (f->uring.absent)
		doctor__add(c, "io_uring", "ok", chosen, "this kernel has none, so there is nothing to see",
			    "");
	else if (t->error)
		doctor__add(c, "io_uring", "missing", chosen,
			    "its tracepoints do not tell which request they are of: writes and syncs by "
			    "io_uring are "
			    "not counted",
			    "use Linux 5.15, or 5.10.162, or newer");
	else if (f->uring_hook == URING_NONE)
		doctor__add(c, "io_uring", "fallback", chosen,
			    "asked for: writes and syncs by io_uring are not counted",
			    "leave out --hook io_uring=none");
	else if (f->uring.by_user_data)
		doctor__add(
			c, "io_uring", "fallback", chosen,
			"a completion tells no more than its user_data (its request from 5.16 on): the "
			"outcome of "
			"requests that are under way with the same one is not known",
			"use Linux 5.16 or newer where a program gives several requests the same user_data");
	else
		doctor__add(c, "io_uring", "ok", chosen, "", "");
}

void doctor__logs(struct checks *c, const struct features *f, bool names_hidden)
{
	const struct trial *sockets = &f->trials[TRIAL_UNIX_SOCKETS];

	doctor__add(c, "write calls", "ok", "17 system calls", "", "");
	check_uring(c, f);
	if (names_hidden)
		doctor__add(
			c, "why slow", "fallback", "on-CPU and runnable",
			"what a call waited for is told by the names of kernel functions, which are hidden",
			"run as root, or set kernel.kptr_restrict to 1");
	else
		doctor__add(c, "why slow", "ok", "kernel stacks", "", "");
	if (sockets->error)
		doctor__add(c, "peers", "fallback", "pipes and network sockets",
			    "this kernel does not describe its Unix sockets: whose socket is at the other "
			    "end of one is "
			    "not known",
			    "nothing needed: their calls are counted all the same");
	else
		doctor__add(c, "peers", "ok", "sockets and pipes", "", "");
}
