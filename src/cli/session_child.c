// SPDX-License-Identifier: GPL-2.0-or-later
/* A session's command, from its output to its release. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/child.h"
#include "cli/session.h"
#include "cli/whole_file.h"
#include "util/clock.h"
#include "util/file_place.h"

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

/* One that was there stays as it is; who waits at a pipe of ours is woken. */
static int accept_ready_file(const struct file_place *p)
{
	struct stat st;
	int err = file_place__look(p, &st), fd;

	if (err)
		return err;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (!file_place__trusts(p, &st) || (S_ISREG(st.st_mode) && st.st_nlink != 1))
		return -EPERM;
	fd = openat(p->folder, p->name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int make_ready_file(const char *path)
{
	struct file_place p;
	int err = file_place__open(path, &p), fd;

	if (err)
		return err;
	fd = openat(p.folder, p.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
	else
		err = errno == EEXIST ? accept_ready_file(&p) : -errno;
	file_place__close(&p);
	return err;
}

static int create_ready_file(const struct session *s)
{
	const char *path = s->o->ready_file;
	int err = path ? make_ready_file(path) : 0;

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
