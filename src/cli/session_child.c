// SPDX-License-Identifier: GPL-2.0-or-later
/* A session's command, from its output to its release. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/session.h"
#include "cli/whole_file.h"
#include "util/clock.h"

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

	if (s->o->output_file)
		err = whole_file__begin(s->o->output_file, &s->outputs[0]);
	if (err)
		return complain_file(s->o->output_file, err);
	if (s->o->output_file)
		s->outputs[1] = s->outputs[0];
	err = child__prepare(s->o->child, s->outputs, &s->child, &s->gate);
	session__close_outputs(s);
	return err ? complain(STATUS_FAILED, "cannot start '%s': %s", s->o->child[0], strerror(-err))
		   : STATUS_DONE;
}

static int create_ready_file(const struct session *s)
{
	int fd;

	if (!s->o->ready_file)
		return STATUS_DONE;
	fd = open(s->o->ready_file, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		  0644);
	if (fd < 0)
		return complain(STATUS_FAILED, "cannot create the ready file '%s': %s", s->o->ready_file,
				strerror(errno));
	close(fd);
	return STATUS_DONE;
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
