// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/live_collector.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/collecting.h"
#include "cli/commands.h"
#include "cli/monitor.h"
#include "facts/saved/saved.h"
#include "util/heap.h"

char *live_collector__file(const char *file, unsigned number)
{
	return number > 1 ? heap__format("%s.%u", file, number) : heap__string(file);
}

/* Complaints go down their pipe; nothing else of the terminal is touched. */
static int take_streams(int messages)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(messages, STDERR_FILENO) < 0)
		return -errno;
	close(null);
	close(messages);
	return 0;
}

/* What is recorded is open. */
static int give_up(struct collecting *l, const struct options *o, int monitor[2])
{
	int err = monitor__start(o, monitor, &l->monitor); /* it ends with this process */

	if (err)
		return complain(STATUS_FAILED, "cannot start: %s", strerror(-err));
	session__collects(&l->s, monitor[1]);
	return STATUS_DONE;
}

static int run(struct collecting *l, const struct options *o, const struct live_collector *at, int monitor[2])
{
	struct saved_head head = {.every_process = !o->pid_count && !o->name_count && !o->child};
	int status = session__open_targets(&l->s, o), err;

	memcpy(l->s.outputs, at->outputs, sizeof(l->s.outputs));
	l->samples_fd = at->samples;
	err = saved_writer__to(at->samples, &head, &l->samples);
	if (!err)
		err = saved_writer__to(at->snapshots, &(struct saved_head){.snapshot = true}, &l->snapshots);
	if (err)
		return collecting__write_failed(l, err);
	if (!status)
		status = session__check_limits(&l->s);
	if (!status)
		status = save__open(o, false, head.every_process, &l->record);
	if (!status)
		status = give_up(l, o, monitor);
	if (!status)
		status = collecting__look(l);
	if (!status && loop__add(l->s.loop, at->requests, collecting__request, l))
		status = complain(STATUS_FAILED, "cannot start");
	if (!status && !l->stop)
		status = collecting__observe(l);
	fflush(stderr);
	/* After a signal to end, its targets may still run. */
	if (!l->s.stopped)
		saved_writer__note(l->samples, &(struct saved_note){.end = true, .status = status});
	return status;
}

int live_collector__run(struct options *o, const struct live_collector *at)
{
	struct collecting *l = HEAP_NEW(struct collecting, 1);
	int monitor[2] = {-1, -1}, status;
	char *record = NULL;

	prctl(PR_SET_NAME, "ts-collector");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	if (take_streams(at->messages))
		return STATUS_FAILED;
	if (at->only) {
		o->pids[0] = at->only;
		o->pid_count = 1;
		o->name_count = 0;
		o->child = NULL;
	}
	if (o->child && !o->output_file && at->outputs[0] < 0)
		o->output_file = "/dev/null"; /* the terminal is the screen's */
	if (o->save_file)
		o->save_file = record = live_collector__file(o->save_file, at->number);
	o->live = true;
	status = run(l, o, at, monitor);
	/* Its own failures are in the last note; one of them may be that the screen reads no more. */
	if (!status && l->s.child_ended && !l->s.stopped)
		status = child__exit_status(l->s.child_status);
	else if (o->child)
		status = STATUS_DONE;
	saved_writer__close(l->samples);
	saved_writer__close(l->snapshots);
	saved_writer__close(l->record);
	free(record);
	first_look__free(l->look);
	session__close(&l->s);
	for (int i = 0; i < 2; i++)
		if (monitor[i] >= 0)
			close(monitor[i]);
	free(l);
	return status;
}
