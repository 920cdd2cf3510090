// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/session.h"
#include "facts/sample.h"

static bool has_ended_in(const struct sample *s, pid_t pid)
{
	for (size_t i = 0; i < s->process_count; i++)
		if (s->processes[i].pid == pid)
			return s->processes[i].ended;
	return false;
}

bool session__is_last(const struct session *s, const struct sample *now)
{
	if (!s->child && !s->process_count)
		return false; /* with names, or every process: others may start */
	for (size_t i = 0; i < now->process_count; i++)
		if (!now->processes[i].ended)
			return false;
	for (size_t i = 0; i < s->process_count; i++)
		if (process__alive(s->processes[i]) && !has_ended_in(now, process__pid(s->processes[i])))
			return false;
	return now->process_count > 0;
}
