// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exports.h"

#include <errno.h>
#include <string.h>

#include "cli/session.h"
#include "cli/whole_file.h"
#include "views/pprof.h"

static int complain_file(const char *path, int err)
{
	if (err == -ELOOP)
		return complain(STATUS_FAILED,
				"cannot write '%s': it is a symbolic link; name the file itself", path);
	if (err == -EPERM)
		return complain(STATUS_FAILED,
				"cannot write '%s': there is something that is no file; name another one",
				path);
	return complain(STATUS_FAILED, "cannot write '%s': %s", path, strerror(-err));
}

static int check(const char *path)
{
	int err = path ? whole_file__check(path) : 0;

	return err ? complain_file(path, err) : STATUS_DONE;
}

int exports__open(struct exports *e, const struct options *o)
{
	int status = check(o->pprof_file);

	*e = (struct exports){.o = o};
	if (!status && o->pprof_file) {
		e->profile = pprof__new(o->by_wait_time);
		if (!e->profile)
			status = complain(STATUS_FAILED, "out of memory");
	}
	return status;
}

void exports__add(struct exports *e, const struct snapshot_report *r)
{
	if (e->profile)
		pprof__add(e->profile, r);
}

static int write_profile(FILE *out, const void *arg)
{
	return profile__write(arg, out);
}

int exports__write(const struct exports *e)
{
	int err = e->profile ? whole_file__write(e->o->pprof_file, write_profile, e->profile) : 0;

	return err ? complain_file(e->o->pprof_file, err) : STATUS_DONE;
}

void exports__close(struct exports *e)
{
	profile__free(e->profile);
	*e = (struct exports){0};
}
