// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exports.h"

#include <errno.h>
#include <string.h>

#include "cli/monitor.h"
#include "cli/session.h"
#include "cli/whole_file.h"
#include "views/export/flamegraph.h"
#include "views/export/pprof.h"
#include "views/export/pprof_goroutines.h"

static int check(const char *path)
{
	int err = path ? whole_file__check(path) : 0;

	return err ? complain_file(path, err) : STATUS_DONE;
}

/* Each file is replaced as a whole, so of two with one name only the second would be left. */
int exports__check_apart(const struct options *o)
{
	const struct {
		const char *option, *path;
	} files[] = {{"--save", o->save_file},
		     {"replay", o->replay_file},
		     {"--output", o->output_file},
		     {"--pprof", o->pprof_file},
		     {"--flamegraph", o->flamegraph_file}};
	const size_t count = sizeof(files) / sizeof(files[0]);

	for (size_t i = 0; i < count; i++)
		for (size_t k = i + 1; k < count; k++)
			if (files[i].path && files[k].path && whole_file__same(files[i].path, files[k].path))
				return complain(STATUS_USAGE,
						"%s and %s name the same file, '%s'; give each its own",
						files[i].option, files[k].option, files[k].path);
	return STATUS_DONE;
}

int exports__open(struct exports *e, const struct options *o, int monitor)
{
	int status = exports__check_apart(o);

	*e = (struct exports){.o = o, .monitor = monitor};
	if (!status)
		status = check(o->pprof_file);
	if (!status)
		status = check(o->flamegraph_file);
	if (status)
		return status;
	if (o->pprof_file && o->goroutines == GOROUTINES_PROFILE)
		e->profile = pprof_goroutines__new();
	if (o->flamegraph_file)
		e->flamegraph = flamegraph__new(o->weight, o->idle);
	return STATUS_DONE;
}

static size_t shown_value(const struct options *o)
{
	return o->weight == WEIGHT_OFF_CPU ? 2 : o->weight == WEIGHT_WAIT_TIME;
}

void exports__add(struct exports *e, const struct snapshot_report *r, bool last)
{
	bool threads = e->o->pprof_file && e->o->goroutines != GOROUTINES_PROFILE;

	if (threads && !e->profile)
		e->profile = pprof__new(r->of > 1, shown_value(e->o));
	if (threads)
		pprof__add(e->profile, r, last);
	else if (e->profile && last) /* goroutines are counted at one instant */
		pprof_goroutines__add(e->profile, r, e->o->all);
	if (e->flamegraph)
		flamegraph__add(e->flamegraph, r, last);
}

static int write_profile(FILE *out, const void *arg)
{
	return profile__write(arg, out);
}

static int write_flamegraph(FILE *out, const void *arg)
{
	return flamegraph__write(arg, out);
}

static int write_file(const struct exports *e, enum monitor_file which,
		      int (*write)(FILE *out, const void *arg), const void *arg)
{
	return e->monitor >= 0
		       ? monitor__write(e->monitor, which, write, arg)
		       : whole_file__write(which == MONITOR_PPROF ? e->o->pprof_file : e->o->flamegraph_file,
					   write, arg);
}

int exports__write(struct exports *e)
{
	int err = 0;

	if (e->o->pprof_file && !e->profile)
		e->profile = pprof__new(false, 0);
	if (e->profile)
		err = write_file(e, MONITOR_PPROF, write_profile, e->profile);
	if (err)
		return complain_file(e->o->pprof_file, err);
	if (e->flamegraph)
		err = write_file(e, MONITOR_FLAMEGRAPH, write_flamegraph, e->flamegraph);
	return err ? complain_file(e->o->flamegraph_file, err) : STATUS_DONE;
}

void exports__close(struct exports *e)
{
	profile__free(e->profile);
	flamegraph__free(e->flamegraph);
	*e = (struct exports){0};
}
