// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/stops.h"

#include "model/rows/rows.h"
#include "waits/wait.h"

static enum stop_cause cause_of(const struct sample_thread *t)
{
	if (!t->blocked || t->kind != WAIT_STOPPED)
		return STOP_NONE;
	if (t->frozen)
		return STOP_CGROUP;
	return t->state == 'T' ? STOP_SIGNAL : STOP_TRACER;
}

struct stop_row stop__of(const struct sample_thread *threads, size_t count)
{
	struct stop_row s = {.by = STOP_NONE, .duration_ns = UINT64_MAX};

	for (size_t i = 0; i < count; i++) {
		enum stop_cause cause = cause_of(&threads[i]);

		if (wait__ended(threads[i].state))
			continue;
		if (!cause && (!threads[i].blocked || threads[i].state != 'D'))
			return (struct stop_row){.by = STOP_NONE};
		if (!cause)
			continue;
		if (cause > s.by) {
			s.by = cause;
			s.halt = row__halt(&threads[i]);
		}
		if (threads[i].blocked_ns < s.duration_ns)
			s.duration_ns = threads[i].blocked_ns;
	}
	return s.by ? s : (struct stop_row){.by = STOP_NONE};
}
