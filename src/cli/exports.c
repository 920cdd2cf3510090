// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exports.h"

#include <errno.h>
#include <string.h>

#include "cli/session.h"
#include "cli/whole_file.h"
#include "views/export/flamegraph.h"
#include "views/export/pprof.h"
#include "views/export/pprof_goroutines.h"

static int complain_file(const char *path, int err)
{
	if (err == -ELOOP)
		return complain(STATUS_FAILED,
				"cannot write '%s': it is a symbolic link; give the path of the file itself",
				path);
	if (err == -EPERM)
		return complain(STATUS_FAILED, "cannot write '%s': not a regular file; give another path",
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
	if (!status)
		status = check(o->flamegraph_file);
	if (status)
		return status;
	if (o->pprof_file && o->goroutines == GOROUTINES_PROFILE)
		e->profile = pprof_goroutines__new();
	else if (o->pprof_file)
		e->profile = pprof__new(o->by_wait_time);
	if (o->flamegraph_file)
		e->flamegraph = flamegraph__new(o->by_wait_time);
	return STATUS_DONE;
}

void exports__add(struct exports *e, const struct snapshot_report *r)
{
	if (e->profile && e->o->goroutines == GOROUTINES_PROFILE)
		pprof_goroutines__add(e->profile, r, e->o->all);
	else if (e->profile)
		pprof__add(e->profile, r);
	if (e->flamegraph)
		flamegraph__add(e->flamegraph, r);
}

static int write_profile(FILE *out, const void *arg)
{
	return profile__write(arg, out);
}

static int write_flamegraph(FILE *out, const void *arg)
{
	return flamegraph__write(arg, out);
}

int exports__write(const struct exports *e)
{
	int err = e->profile ? whole_file__write(e->o->pprof_file, write_profile, e->profile) : 0;

	if (err)
		return complain_file(e->o->pprof_file, err);
	if (e->flamegraph)
		err = whole_file__write(e->o->flamegraph_file, write_flamegraph, e->flamegraph);
	return err ? complain_file(e->o->flamegraph_file, err) : STATUS_DONE;
}

void exports__close(struct exports *e)
{
	profile__free(e->profile);
	flamegraph__free(e->flamegraph);
	*e = (struct exports){0};
}
