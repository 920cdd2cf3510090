// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/named_processes.h"

#include <fnmatch.h>

#include "cli/apart.h"
#include "target/process.h"

struct matches {
	const struct options *o;
	pid_t *pids;
	size_t count; /* including processes that did not fit */
};

static int match(pid_t pid, const char *comm, void *arg)
{
	struct matches *m = arg;

	for (size_t i = 0; i < m->o->name_count; i++) {
		if (apart__is_own(pid) || fnmatch(m->o->names[i], comm, 0))
			continue;
		if (m->count < MAX_TARGETS)
			m->pids[m->count] = pid;
		m->count++;
		break;
	}
	return 0;
}

size_t named_processes__find(const struct options *o, pid_t pids[MAX_TARGETS])
{
	struct matches m = {.o = o, .pids = pids};

	processes__each(match, &m);
	return m.count;
}
