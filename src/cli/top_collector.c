// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/top_collector.h"

#include <stdlib.h>

#include "cli/child.h"
#include "cli/collecting.h"
#include "util/heap.h"

static int observe(struct collecting *l)
{
	int status = STATUS_DONE;

	/* The viewer has opened what is written. */
	if (!apart__may_go(l->s.o->apart))
		return STATUS_DONE;
	if (!l->s.o->command->about_logs)
		status = collecting__look(l);
	if (!status && !l->stop)
		status = collecting__observe(l);
	saved_writer__note(l->samples, &(struct saved_note){.end = true, .status = status});
	return status;
}

int top_collector__run(const struct options *usual, struct apart *a)
{
	struct saved_head head = {.every_process = !usual->pid_count && !usual->name_count && !usual->child};
	struct collecting *l = HEAP_NEW(struct collecting, 1);
	struct options o = *usual;
	int status, err;

	o.apart = a;
	o.save_file = NULL; /* the viewer writes it */
	status = session__open_targets(&l->s, &o);
	if (!status)
		status = session__check_limits(&l->s);
	l->samples_fd = a->samples;
	l->monitor = a->monitor_pid;
	err = status ? 0 : saved_writer__to(apart__take_samples(a), &head, &l->samples);
	if (err)
		status = collecting__write_failed(l, err);
	if (l->samples)
		status = observe(l);
	if (!status && l->s.child_ended && !l->s.stopped)
		status = child__exit_status(l->s.child_status);
	saved_writer__close(l->samples);
	first_look__free(l->look);
	session__close(&l->s);
	apart__close(a);
	free(l);
	return status;
}
