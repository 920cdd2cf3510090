// SPDX-License-Identifier: GPL-2.0-or-later
/* The processes of -p. */
#include <errno.h>
#include <string.h>

#include "cli/apart.h"
#include "cli/environment.h"
#include "cli/session.h"

static void process_ended(void *arg, int pidfd)
{
	struct session *s = arg;

	for (size_t i = 0; i < s->process_count; i++)
		if (process__pidfd(s->processes[i]) == pidfd)
			s->ended[i] = true;
	loop__remove(s->loop, pidfd);
}

int check_process(pid_t asked, const struct process *p)
{
	switch (process__kind(p)) {
	case PROCESS_KERNEL_THREAD:
		return complain(STATUS_NO_TARGET,
				"process %d is a kernel thread, which has no user program; /proc/%d/stack "
				"shows where it is",
				asked, asked);
	case PROCESS_ZOMBIE:
		return complain(STATUS_NO_TARGET,
				"process %d has ended and waits for its parent to reap it (a zombie)", asked);
	case PROCESS_USER:
		break;
	}
	if (apart__is_own(process__pid(p)))
		return complain(STATUS_USAGE, "process %d is threadscope itself; select another process",
				asked);
	return STATUS_DONE;
}

/* Where a run goes on, another process may have got the PID since it began. */
static int open_same(const struct session *s, pid_t pid, struct process **ret)
{
	uint64_t run_ticks = s->o->apart ? s->o->apart->run_ticks : 0;
	int err = process__open(pid, ret);

	if (err || !run_ticks || process__start_ticks(*ret) <= run_ticks)
		return err;
	process__close(*ret);
	return -ESRCH;
}

static int open_process(struct session *s, pid_t pid)
{
	struct process *p;
	int err = open_same(s, pid, &p);

	if ((err == -ESRCH || err == -ENOENT) && place__hides(pid))
		return complain(STATUS_NOT_ALLOWED, "cannot see process %d: %s", pid, place__hides(pid));
	if (err == -ESRCH || err == -ENOENT)
		return complain(STATUS_NO_TARGET, "no such process: %d", pid);
	if (err == -EPERM || err == -EACCES)
		return complain(STATUS_NOT_ALLOWED, "not allowed to read process %d; run as root", pid);
	if (err)
		return complain(STATUS_FAILED, "cannot open process %d: %s", pid, strerror(-err));
	err = check_process(pid, p);
	if (err) {
		process__close(p);
		return err;
	}
	for (size_t i = 0; i < s->process_count; i++) {
		if (process__pid(s->processes[i]) == process__pid(p)) {
			process__close(p);
			return STATUS_DONE;
		}
	}
	s->processes[s->process_count++] = p;
	err = process__pidfd(p) >= 0 ? loop__add(s->loop, process__pidfd(p), process_ended, s) : 0;
	if (err)
		return complain(STATUS_FAILED, "cannot start: %s", strerror(-err));
	return STATUS_DONE;
}

int session__open_processes(struct session *s)
{
	int status = STATUS_DONE;

	for (size_t i = 0; !status && i < s->o->pid_count; i++)
		status = open_process(s, s->o->pids[i]);
	return status;
}
