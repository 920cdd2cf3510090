/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines of the processes of an interval. */
#include "model/go/go_growth.h"
#include "views/json/json_build.h"

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
		       number_if(counted, p->watched_ns), "read_age_ns", number_if(p->read, p->read_age_ns),
		       "read_cpu_ns", number_if(p->read, p->read_cpu_ns), NULL);
}

static json_t *code(const struct frame *f, uint64_t goid)
{
	if (!f->function)
		return json_null();
	return json_of("function", json_text(f->function), "file", json_text_or_null(f->file), "line",
		       f->line > 0 ? json_integer(f->line) : json_null(), "goid",
		       goid ? json_number(goid) : json_null(), NULL);
}

static json_t *frames(const struct call_stack *stack)
{
	json_t *array = json_array();

	for (size_t i = 0; i < stack->count; i++) {
		const struct frame *f = &stack->frames[i];
		json_t *one = json_of("function", json_text_or_null(f->function), "file",
				      json_text_or_null(f->file), "line",
				      f->file && f->line > 0 ? json_integer(f->line) : json_null(), NULL);

		if (json_array_append_new(array, one)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *group_object(pid_t pid, const struct go_group_row *r)
{
	const struct go_group *g = &r->g;

	return json_of(
		"pid", json_integer(pid), "count", json_number(g->count), "state", json_text(g->state),
		"growth_per_s", r->span_ns ? json_real(r->growth_per_s) : json_null(), "span_ns",
		json_number(r->span_ns), "none_left_ns", number_if(r->kept, r->kept_ns), "leak",
		json_boolean(r->leak), "wait_min_ns", number_if(g->wait_known, g->wait_min_ns), "wait_max_ns",
		number_if(g->wait_known, g->wait_max_ns), "wait_known", json_number(g->wait_known),
		"wait_exact", json_boolean(g->wait_known && g->wait_exact == g->wait_known), "wait_at_least",
		json_boolean(g->wait_known && g->wait_least == g->wait_known), "stack", frames(&g->stack),
		"stack_end", json_text(stack_end__name(g->stack.end)), "created_by",
		code(&g->created_by, g->creator_goid), "stack_bytes", json_number(g->stack_bytes), NULL);
}

static json_t *creator_object(pid_t pid, const struct go_creator_row *c)
{
	return json_of("pid", json_integer(pid), "created_by", code(&c->created_by, 0), "count",
		       json_number(c->count), "growth_per_s",
		       c->span_ns ? json_real(c->growth_per_s) : json_null(), "span_ns",
		       json_number(c->span_ns), NULL);
}

void json_go_lists(struct json_writer *w, const struct interval_report *r)
{
	json_writer__array(w, "goroutine_groups");
	for (size_t i = 0; i < r->process_count; i++)
		for (size_t k = 0; r->processes[i].go && k < r->processes[i].go->group_count; k++)
			json_writer__element(
				w, group_object(r->processes[i].pid, &r->processes[i].go->groups[k]));
	json_writer__array_end(w);
	json_writer__array(w, "goroutine_creators");
	for (size_t i = 0; i < r->process_count; i++)
		for (size_t k = 0; r->processes[i].go && k < r->processes[i].go->creator_count; k++)
			json_writer__element(
				w, creator_object(r->processes[i].pid, &r->processes[i].go->creators[k]));
	json_writer__array_end(w);
}
