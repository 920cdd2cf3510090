// SPDX-License-Identifier: GPL-2.0-or-later
/* A session's command, from its output to its release. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/apart.h"
#include "cli/child.h"
#include "cli/monitor.h"
#include "cli/ready_file.h"
#include "cli/session.h"
#include "cli/whole_file.h"
#include "util/clock.h"
#include "util/progress.h"

void session__close_outputs(struct session *s)
{
	if (s->outputs[0] >= 0)
		close(s->outputs[0]);
	if (s->outputs[1] >= 0 && s->outputs[1] != s->outputs[0])
		close(s->outputs[1]);
	s->outputs[0] = s->outputs[1] = -1;
}

int session__prepare_child(struct session *s)
{
	int err = 0;

	for (int i = 0; s->o->apart && i < 2; i++)
		s->outputs[i] = fcntl(s->o->apart->streams[i], F_DUPFD_CLOEXEC, 3);
	if (s->o->output_file) {
		session__close_outputs(s);
		err = whole_file__begin(s->o->output_file, &s->outputs[0]);
	}
	if (err)
		return complain_file(s->o->output_file, err);
	if (s->o->output_file)
		s->outputs[1] = s->outputs[0];
	err = child__prepare(s->o->child, s->outputs, &s->child, &s->gate);
	session__close_outputs(s);
	if (!err)
		progress__command(s->child);
	return err ? complain(STATUS_FAILED, "cannot start '%s': %s", s->o->child[0], strerror(-err))
		   : STATUS_DONE;
}

static int create_ready_file(const struct session *s)
{
	const char *path = s->o->ready_file;
	int err = !path ? 0 : s->monitor >= 0 ? monitor__ready(s->monitor) : ready_file__make(path);

	if (err == -ELOOP || err == -EPERM)
		return complain_file(path, err);
	return err ? complain(STATUS_FAILED, "cannot create the ready file '%s': %s", path, strerror(-err))
		   : STATUS_DONE;
}

int session__start(struct session *s)
{
	int status, err;

	s->started_ns = monotonic_ns();
	status = create_ready_file(s);
	if (!status && s->child) {
		err = child__release(&s->gate, s->child);
		if (err)
			status = complain(STATUS_NO_TARGET, "cannot start '%s': %s", s->o->child[0],
					  strerror(-err));
	}
	return status;
}
