/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of the processes of an interval. */
#include "model/goroutine_growth.h"
#include "views/json_build.h"

static json_t *number_if(bool known, uint64_t number)
{
	return known ? json_number(number) : json_null();
}

json_t *json_go_count(const struct go_process *p)
{
	return p && !p->problem ? json_number(p->count) : json_null();
}

json_t *json_go_process(const struct go_process *p)
{
	bool counted = p && !p->problem, changes = counted && p->changes_known;

	if (!p)
		return json_null();
	return json_of("version", json_text(p->version), "problem", json_text(p->problem), "system",
		       number_if(counted, p->system), "created", number_if(changes, p->created), "ended",
		       number_if(changes, p->ended), "created_total", number_if(changes, p->created_total),
		       "ended_total", number_if(changes, p->ended_total), "exact",
		       changes ? json_boolean(p->exact) : json_null(), "growth_per_s",
		       changes ? json_real(p->growth_per_s) : json_null(), "watched_ns",
		       number_if(counted, p->watched_ns), NULL);
}
