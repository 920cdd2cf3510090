// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/viewer_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/inherited.h"
#include "cli/privileges.h"
#include "feed/viewer_cost.h"
#include "target/task_look.h"
#include "util/clock.h"
#include "util/progress.h"

#define LOOKS       30 /* in a row without an answer: to attach takes seconds where the kernel is busy... */
#define KERNEL_LAST 10 /* ...the same once somebody waits for the end */
#define LAST_LOOKS  2  /* then, of a process, or if it was stopped */
#define HALT_LOOKS  5  /* stopped alone: a stop of the job stops this process, too */

/* ---- complaints -------------------------------------------------------------------------------- */

/* They are escaped where they are made; nothing else of what could drive a terminal gets through. */
void viewer__relay(struct viewer *v)
{
	char bytes[1024];
	ssize_t n;

	while (v->apart->messages >= 0 && (n = read(v->apart->messages, bytes, sizeof(bytes))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		for (ssize_t i = 0; i < n; i++)
			if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\t')
				bytes[i] = '?';
		fwrite(bytes, 1, (size_t)n, stderr);
		v->complained = true;
	}
	if (v->apart->messages >= 0)
		close(v->apart->messages);
	v->apart->messages = -1;
}

/* ---- a collector that gives no answer ---------------------------------------------------------- */

/* It waits, and for nothing of its own: it used no CPU since the last look, and lacks none. */
static bool is_quiet(struct viewer *v)
{
	uint64_t before = v->cpu_ns;
	char state = task__state(apart__pid(v->apart));

	v->halted = state == 'T';
	v->held = progress__pid() > 0 || v->halted;
	if (!v->stopping && !v->halted && progress__is_idle())
		return false;
	v->cpu_ns = process_cpu_ns(apart__pid(v->apart));
	return v->cpu_ns == before && state != 'R';
}

static unsigned patience(const struct viewer *v)
{
	if (!v->stopping)
		return v->halted ? HALT_LOOKS : LOOKS;
	return v->held ? LAST_LOOKS : KERNEL_LAST;
}

/* What it was at, is said with its end. */
static void look(struct viewer *v)
{
	if (!v->stopping && monotonic_ns() >= v->end_ns)
		v->stopping = true;
	v->quiet = is_quiet(v) ? v->quiet + 1 : 0;
	if (v->quiet < patience(v))
		return;
	v->given_up = true;
	viewer__end_command();
	apart__kill(v->apart);
}

/* ---- waiting ----------------------------------------------------------------------------------- */

/* The terminal sends a key's signal to the command as well. A second one could mean something else to it. */
static bool sent_to_both(const struct signalfd_siginfo *info)
{
	pid_t command = progress__of_command();

	return info->ssi_code == SI_KERNEL && command && getpgid(command) == getpgrp();
}

static void take_signals(struct viewer *v)
{
	struct signalfd_siginfo info;

	while (read(v->signals, &info, sizeof(info)) == sizeof(info)) {
		v->s.stopped = v->stopping = true;
		apart__request(v->apart, APART_STOP, sent_to_both(&info) ? 0 : (int)info.ssi_signo);
	}
}

/* Until samples can be read, or have ended. 0 or an errno. */
static int wait_for_samples(struct viewer *v)
{
	for (;;) {
		struct pollfd fds[] = {{v->apart->samples, POLLIN, 0},
				       {v->apart->messages, POLLIN, 0},
				       {v->signals, POLLIN, 0}};
		int n;

		if (v->given_up)
			return ECANCELED;
		n = poll(fds, 3, LOOK_MS);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n <= 0) {
			look(v);
			continue;
		}
		if (fds[1].revents && !(v->plain && fds[0].revents))
			viewer__relay(v);
		if (fds[2].revents)
			take_signals(v);
		if (fds[0].revents) {
			v->quiet = 0;
			return 0;
		}
	}
}

static ssize_t read_samples(void *arg, char *to, size_t size)
{
	struct viewer *v = arg;
	ssize_t n;

	do {
		errno = wait_for_samples(v);
		if (errno)
			return -1;
		n = read(v->apart->samples, to, size);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	return n;
}

/* ---- the run ----------------------------------------------------------------------------------- */

static int open_signals(struct viewer *v)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (!inherited__ignores(SIGHUP)) /* signalfd also reports ignored signals */
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	v->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return v->signals < 0 ? -errno : 0;
}

int viewer__open_samples(struct viewer *v)
{
	fcntl(v->apart->messages, F_SETFL, O_NONBLOCK);
	v->in = fopencookie(v, "r", (cookie_io_functions_t){.read = read_samples});
	if (!v->in)
		return -ENOMEM;
	setvbuf(v->in, v->buffer, _IOFBF, sizeof(v->buffer));
	return 0;
}

int viewer__prepare(struct viewer *v, struct apart *a, const struct options *o)
{
	int err;

	*v = (struct viewer){.apart = a, .signals = -1, .end_ns = LOOP_FOREVER, .began_ns = monotonic_ns()};
	v->s.o = o;
	v->s.gate = v->s.outputs[0] = v->s.outputs[1] = v->s.monitor = -1;
	err = open_signals(v);
	if (!err)
		err = session__open_output(&v->s);
	if (!err)
		err = viewer__open_samples(v);
	return err ? complain(STATUS_FAILED, "cannot start: %s", strerror(-err)) : STATUS_DONE;
}

int viewer__open(struct viewer *v, struct apart *a, const struct options *o)
{
	int status = viewer__prepare(v, a, o);

	if (!status)
		v->over = saved_reader__open(v->in, &v->head, &v->reader) != 0;
	return status;
}

int viewer__copy(struct viewer *v)
{
	ssize_t n = 0;
	int status = STATUS_DONE;

	v->plain = true;
	while ((n = read_samples(v, v->buffer, sizeof(v->buffer))) > 0) {
		fwrite(v->buffer, 1, (size_t)n, v->s.out.out);
		if (session__flush(&v->s, &status))
			return status;
	}
	v->over = true;
	return status;
}

int viewer__begin(struct viewer *v)
{
	privileges__drop();
	apart__request(v->apart, APART_GO, 0);
	return STATUS_DONE;
}

/* Nothing follows. */
static int end_of(struct viewer *v, int err)
{
	v->over = true;
	v->damaged = err == -EINVAL;
	if (err == -ENODATA && !saved_reader__note(v->reader).end)
		err = -EBADMSG; /* it has died */
	return err;
}

int viewer__sample(struct viewer *v, struct sample **ret)
{
	int err = saved_reader__sample(v->reader, ret);

	if (err)
		return end_of(v, err);
	apart__reap_first(v->apart);
	viewer_cost__add(*ret);
	(*ret)->restarts = v->restarts;
	if (v->apart->monitor_pid)
		(*ret)->cpu_ns += process_cpu_ns(v->apart->monitor_pid);
	return 0;
}

int viewer__snapshot(struct viewer *v, struct saved_snapshot *ret, bool *ret_noted)
{
	int err = saved_reader__noted_snapshot(v->reader, ret, ret_noted);

	if (!err && *ret_noted && saved_reader__note(v->reader).end)
		err = -ENODATA;
	return err ? end_of(v, err) : 0;
}

bool viewer__may_show(const struct viewer *v)
{
	struct saved_note note = saved_reader__note(v->reader);

	return !note.end || !note.status;
}

void viewer__close(struct viewer *v)
{
	if (v->s.out.out)
		fclose(v->s.out.out);
	saved_reader__close(v->reader);
	if (v->in)
		fclose(v->in);
	if (v->signals >= 0)
		close(v->signals);
	apart__close(v->apart);
}
