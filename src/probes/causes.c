// SPDX-License-Identifier: GPL-2.0-or-later
/* The pass over a process's threads that their cgroup may hold up. */
#include <errno.h>

#include "probes/probes_private.h"
#include "probes/records.h"
#include "probes/snapshot_object.h"

struct sink {
	cause_fn fn;
	void *arg;
};

static bool hand_out(void *arg, const void *record)
{
	const struct sink *s = arg;

	s->fn(s->arg, record);
	return false;
}

bool probes__pass_has_causes(const struct probes *p)
{
	return !p->light;
}

int probes__causes(struct probes *p, pid_t pid, cause_fn fn, void *arg)
{
	struct sink sink = {fn, arg};
	int program = p->light ? light__causes(p->light, pid) : -EOPNOTSUPP;

	return program < 0 ? program : records__read(program, pid, sizeof(struct ts_cause), hand_out, &sink);
}
