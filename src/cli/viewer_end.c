// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of a collector, as it should or not, and another one in its place. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/viewer_private.h"
#include "util/clock.h"
#include "util/progress.h"

#define GOODBYE_MS  10000
#define GIVEN_UP_MS 500
#define TRIES       3                /* of collectors that end soon, one after the other... */
#define LASTING_NS  (600 * NS_PER_S) /* ...and this is not soon */

/* ---- what it was at ---------------------------------------------------------------------------- */

struct place {
	pid_t pid;                /* 0: at no process */
	char file[PROGRESS_FILE]; /* "": at none */
};

static void find_place(struct place *ret)
{
	ret->pid = progress__pid();
	progress__file(ret->file, sizeof(ret->file));
}

/* ---- waiting for its end ------------------------------------------------------------------------- */

/* -1: Linux before 5.3, or no descriptors: then it is looked at now and again. */
static int descriptor_of(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Milliseconds at most. true: it has ended, as v->how says. */
static bool wait_for_end(struct viewer *v, int ms)
{
	struct apart *a = v->apart;
	uint64_t end_ns = monotonic_ns() + (uint64_t)ms * 1000000;
	int own = a->number || v->ended ? -1 : descriptor_of(a->collector);

	while (!v->ended && !(v->ended = apart__ended(a, &v->how)) && monotonic_ns() < end_ns) {
		int fd = a->number ? a->starter.fd : own;
		struct pollfd fds[] = {{a->messages, POLLIN, 0}, {fd, POLLIN, 0}};

		if (poll(fds, 2, fd < 0 ? 1 : 100) > 0 && fds[0].revents)
			viewer__relay(v);
	}
	if (own >= 0)
		close(own);
	return v->ended;
}

/* ---- what is said of it -------------------------------------------------------------------------- */

static const char *where(const struct viewer *v, const struct place *p, char *buf, size_t size)
{
	const char *read = v->given_up ? ", since it read" : " while it read";

	*buf = '\0';
	if (p->pid > 0 && *p->file)
		snprintf(buf, size, "%s process %d (%s)", read, (int)p->pid, p->file);
	else if (p->pid > 0)
		snprintf(buf, size, "%s process %d", read, (int)p->pid);
	else if (*p->file)
		snprintf(buf, size, "%s %s", read, p->file);
	return buf;
}

static const char *what_follows(const struct place *p, char *buf, size_t size)
{
	if (*p->file)
		snprintf(buf, size, "another one is started, which leaves out this file");
	else if (p->pid > 0)
		snprintf(buf, size, "another one is started, which does not read the memory of process %d",
			 (int)p->pid);
	else
		snprintf(buf, size, "another one is started");
	return buf;
}

/* next: there is another one. */
static int complain_end(const struct viewer *v, const struct place *p, bool next)
{
	char at[sizeof(p->file) + 64], then[128] = "nothing follows";

	where(v, p, at, sizeof(at));
	if (next)
		what_follows(p, then, sizeof(then));
	if (v->given_up)
		return complain(STATUS_FAILED, "the collector has not answered for %u s%s%s; %s",
				v->quiet * LOOK_MS / 1000, v->halted ? ", stopped by a signal" : "", at,
				then);
	if (v->ended && WIFSIGNALED(v->how))
		return complain(STATUS_FAILED, "the collector was killed by signal %d%s; %s",
				WTERMSIG(v->how), at, then);
	return complain(STATUS_FAILED, "the collector has ended%s; %s", at, then);
}

static int complain_death(const struct viewer *v)
{
	struct place p;

	if (v->complained && WIFEXITED(v->how))
		return STATUS_FAILED; /* it has said why */
	if (v->damaged)
		return complain(STATUS_FAILED, "the collector sent damaged data; nothing follows");
	find_place(&p);
	return complain_end(v, &p, false);
}

/* ---- another one --------------------------------------------------------------------------------- */

static bool has_died(struct viewer *v)
{
	if (v->stopping || v->damaged || (v->reader && saved_reader__note(v->reader).end))
		return false;
	wait_for_end(v, GIVEN_UP_MS);
	viewer__relay(v);
	return v->given_up || (v->ended && WIFSIGNALED(v->how));
}

static void read_anew(struct viewer *v)
{
	saved_reader__close(v->reader);
	if (v->in)
		fclose(v->in);
	v->reader = NULL;
	v->in = NULL;
	v->given_up = v->complained = v->ended = v->held = v->halted = false;
	v->quiet = 0;
	v->cpu_ns = 0;
	v->over = viewer__open_samples(v) || saved_reader__open(v->in, &v->head, &v->reader);
}

static bool start_next(struct viewer *v, uint64_t count, uint64_t duration_ns)
{
	uint64_t now = monotonic_ns();
	struct place p;

	if (now - v->began_ns >= LASTING_NS)
		v->tries = 0;
	find_place(&p);
	if (v->tries >= TRIES || apart__next(v->apart, count, duration_ns))
		return false;
	v->tries++;
	v->restarts++;
	v->began_ns = now;
	complain_end(v, &p, true);
	read_anew(v);
	return true;
}

bool viewer__restart(struct viewer *v, uint64_t count, uint64_t duration_ns)
{
	while (has_died(v)) {
		if (!start_next(v, count, duration_ns))
			return false;
		if (!v->over)
			return true;
	}
	return false;
}

/* ---- the end of the run ---------------------------------------------------------------------------- */

void viewer__end_command(void)
{
	if (progress__of_command() > 0)
		kill(progress__of_command(), SIGTERM);
}

static void close_pipes(struct viewer *v)
{
	if (v->apart->samples >= 0)
		close(v->apart->samples);
	if (v->apart->requests >= 0)
		close(v->apart->requests);
	v->apart->samples = v->apart->requests = -1;
}

int viewer__end(struct viewer *v, int status)
{
	bool orderly = v->reader && saved_reader__note(v->reader).end;
	int its;

	close_pipes(v);
	if (!wait_for_end(v, v->given_up ? GIVEN_UP_MS : GOODBYE_MS) && !v->given_up) {
		viewer__end_command();
		apart__kill(v->apart);
		wait_for_end(v, GIVEN_UP_MS);
	}
	viewer__relay(v);
	if (v->given_up)
		return complain_death(v);
	if (status || !v->over)
		return status;
	its = v->ended && WIFEXITED(v->how) ? WEXITSTATUS(v->how) : STATUS_DONE;
	if (orderly || (its && v->complained) || (v->plain && v->ended && WIFEXITED(v->how)))
		return its;
	viewer__end_command();
	return complain_death(v);
}
