// SPDX-License-Identifier: GPL-2.0-or-later
/* What 'logs' shows here: calls, requests of io_uring, why a call was slow, peers. */
#include "cli/command_doctor.h"

static void check_uring(struct checks *c, const struct features *f)
{
	const struct trial *t = &f->trials[TRIAL_URING];
	const char *chosen = uring_hook__name(f->uring_hook);

	if (f->uring.absent)
		doctor__add(c, "io_uring", "ok", chosen, "this kernel has no io_uring", "");
	else if (t->error)
		doctor__add(c, "io_uring", "missing", chosen,
			    "its tracepoints do not identify the request: writes and syncs by io_uring are "
			    "not counted",
			    "use Linux 5.10.162, 5.15 or newer");
	else if (f->uring_hook == URING_NONE)
		doctor__add(c, "io_uring", "fallback", chosen,
			    "requested with --hook: writes and syncs by io_uring are not counted",
			    "omit --hook io_uring=none");
	else if (f->uring.by_user_data)
		doctor__add(c, "io_uring", "fallback", chosen,
			    "a completion carries only user_data (from 5.16 on, its request): with equal "
			    "user_data in flight, outcomes are unknown",
			    "use Linux 5.16 or newer for programs that reuse user_data");
	else
		doctor__add(c, "io_uring", "ok", chosen, "", "");
}

void doctor__logs(struct checks *c, const struct features *f, bool names_hidden)
{
	const struct trial *sockets = &f->trials[TRIAL_UNIX_SOCKETS];

	doctor__add(c, "write calls", "ok", "17 system calls", "", "");
	check_uring(c, f);
	if (names_hidden)
		doctor__add(c, "why slow", "fallback", "on-CPU and runnable",
			    "needs kernel symbol names, which are hidden", "as for 'kernel names'");
	else
		doctor__add(c, "why slow", "ok", "kernel stacks", "", "");
	if (f->trials[TRIAL_DEVICE_WRITERS].error)
		doctor__add(c, "device writers", "missing", "",
			    "this kernel lacks their tracepoints: who keeps a device busy is not known",
			    "none needed: calls and their time are known");
	else
		doctor__add(c, "device writers", "ok", "while a call waits for a device", "", "");
	if (sockets->error)
		doctor__add(c, "peers", "fallback", "pipes and network sockets",
			    "this kernel has no type information on Unix sockets: their peers are unknown",
			    "none needed: their calls are counted");
	else
		doctor__add(c, "peers", "ok", "sockets and pipes", "", "");
}
