/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The goroutines of a snapshot. One of the full list is written at a time. */
#include <string.h>

#include "report/go_rows.h"
#include "views/json/json_build.h"

static json_t *frame(const struct frame *f)
{
	return json_of("function", json_text_or_null(f->function), "file", json_text_or_null(f->file), "line",
		       f->file && f->line > 0 ? json_integer(f->line) : json_null(), "address",
		       json_address(f->address), "offset", json_number(f->offset), "inlined",
		       json_boolean(f->inlined), NULL);
}

static json_t *frames(const struct call_stack *stack)
{
	json_t *array = json_array();

	for (size_t i = 0; i < stack->count; i++) {
		if (json_array_append_new(array, frame(&stack->frames[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *creator(const struct go_group *g, uint64_t goid)
{
	if (!g->created_by.function)
		return json_null();
	return json_of("function", json_text(g->created_by.function), "file",
		       json_text_or_null(g->created_by.file), "line",
		       g->created_by.line > 0 ? json_integer(g->created_by.line) : json_null(), "goid",
		       goid ? json_number(goid) : json_null(), NULL);
}

static json_t *channel(const struct go_wait *w)
{
	if ((w->target != GO_TARGET_CHAN && w->target != GO_TARGET_SELECT) || !w->address)
		return json_null();
	return json_of("address", json_address(w->address), "len", json_number(w->len), "cap",
		       json_number(w->cap), "closed", json_boolean(w->closed), NULL);
}

static json_t *semaphore(const struct go_wait *w, uint64_t waiters)
{
	if (w->target != GO_TARGET_SEMAPHORE || !w->address)
		return json_null();
	return json_of("address", json_address(w->address), "waiters",
		       waiters ? json_number(waiters) : json_null(), NULL);
}

static json_t *descriptor(const struct go_wait *w)
{
	if (w->target != GO_TARGET_FD || w->fd < 0)
		return json_null();
	return json_of("fd", json_fd(w->fd), "for", json_text(w->fd_write ? "write" : "read"), "file",
		       json_text_or_null(w->file), "peer", json_text_or_null(w->peer), NULL);
}

static json_t *labels(const struct go_label *list, size_t count, bool counted)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *l =
			counted ? json_of("key", json_text(list[i].key), "value", json_text(list[i].value),
					  "count", json_number(list[i].count), NULL)
				: json_of("key", json_text(list[i].key), "value", json_text(list[i].value),
					  NULL);

		if (json_array_append_new(array, l)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *numbers(const uint64_t *list, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		if (json_array_append_new(array, json_number(list[i]))) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *number_if(bool known, uint64_t number)
{
	return known ? json_number(number) : json_null();
}

static json_t *group(const struct go_group_row *r)
{
	const struct go_group *g = &r->g;
	static const struct go_wait none = {.fd = -1};
	const struct go_wait *w = g->targets == 1 && !g->targets_more ? &g->wait : &none;
	bool call = r->same_call;

	return json_of("count", json_number(g->count), "state", json_text(g->state), "system",
		       json_boolean(g->system), "wait_min_ns", number_if(g->wait_known, g->wait_min_ns),
		       "wait_max_ns", number_if(g->wait_known, g->wait_max_ns), "wait_known",
		       json_number(g->wait_known), "wait_exact",
		       json_boolean(g->wait_known && g->wait_exact == g->wait_known), "wait_at_least",
		       json_boolean(g->wait_known && g->wait_least == g->wait_known), "goids",
		       numbers(g->goids, g->goid_count), "tids", json_tids(g->tids, g->tid_count), "stack",
		       frames(&g->stack), "stack_end", json_text(stack_end__name(g->stack.end)), "created_by",
		       creator(g, g->creator_goid), "chan", channel(w), "select_cases",
		       number_if(g->wait.target == GO_TARGET_SELECT, g->wait.cases), "semaphore",
		       semaphore(w, g->behind), "descriptor", descriptor(w), "targets",
		       g->targets_more ? json_null() : json_number(g->targets), "peer",
		       json_text_or_null(g->peer), "syscall", json_text_or_null(call ? r->syscall : NULL),
		       "file", json_text_or_null(call ? r->file : NULL), "locked_to_thread",
		       json_number(g->locked), "stack_bytes", json_number(g->stack_bytes), "labels",
		       labels(g->labels, g->label_count, true), "labels_more", json_number(g->labels_more),
		       NULL);
}

static json_t *row(const struct go_report *r, const struct go_row *i)
{
	const struct go_group *g = &r->groups[i->group].g;

	return json_of("goid", json_number(i->goid), "state", json_text(g->state), "system",
		       json_boolean(g->system), "wait_ns", number_if(i->wait_known, i->wait_ns), "wait_exact",
		       json_boolean(i->wait_exact), "wait_at_least", json_boolean(i->wait_least),
		       "locked_to_thread", json_boolean(i->locked), "tid", json_tid(i->tid), "stack",
		       frames(&g->stack), "stack_end", json_text(stack_end__name(g->stack.end)), "created_by",
		       creator(g, i->parent), "chan", channel(&i->wait), "semaphore", semaphore(&i->wait, 0),
		       "descriptor", descriptor(&i->wait), "labels", labels(i->labels, i->label_count, false),
		       "moved", json_boolean(i->moved), NULL);
}

static json_t *states(const struct go_report *r)
{
	json_t *object = json_object();

	for (size_t i = 0; i < r->reading->state_count; i++) {
		if (json_object_set_new(object, r->reading->states[i].state,
					json_number(r->reading->states[i].count))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *scheduler(const struct go_scheduler *s)
{
	if (!s->known)
		return json_null();
	return json_of("goroutines", json_number(s->goroutines), "system", json_number(s->system), "procs",
		       json_number(s->procs), "idle_procs", json_number(s->idle_procs), "threads",
		       json_number(s->threads), "idle_threads", json_number(s->idle_threads), "queued_global",
		       json_number(s->queued_global), "queued_local", json_number(s->queued_local),
		       "gc_running", s->gc_known ? json_boolean(s->gc_running) : json_null(), NULL);
}

static void thread_roles(struct json_writer *w, const struct go_report *r)
{
	json_writer__array(w, "threads");
	for (size_t i = 0; i < r->thread_groups; i++) {
		const struct go_threads *t = &r->threads[i];

		json_writer__element(w, json_of("count", json_number(t->count), "does",
						json_text(t->syscall   ? "syscall"
							  : t->running ? "running"
								       : "idle"),
						"syscall", json_text_or_null(t->syscall), "file",
						json_text_or_null(t->file), "wait_max_ns",
						number_if(t->syscall != NULL, t->longest_ns), NULL));
	}
	json_writer__array_end(w);
}

static json_t *reader(const struct go_reader_row *row)
{
	const struct go_reader *i = &row->r;

	return json_of("goid", json_number(i->goid), "state", json_text(i->state), "tid", json_tid(i->tid),
		       "function", json_text_or_null(i->function), "call", json_text_or_null(row->call),
		       "file", json_text_or_null(row->file), "wait_ns", number_if(i->wait_known, i->wait_ns),
		       "wait_exact", json_boolean(i->wait_exact), NULL);
}

static json_t *queue(const struct go_queue_row *row)
{
	const struct go_queue *q = row->q;
	json_t *readers = json_array();

	for (size_t i = 0; i < q->reader_count; i++) {
		if (json_array_append_new(readers, reader(&row->readers[i]))) {
			json_decref(readers);
			return NULL;
		}
	}
	return json_of("address", json_address(q->address), "len", json_number(q->len), "cap",
		       json_number(q->cap), "senders", json_number(q->senders), "wait_max_ns",
		       number_if(q->wait_known, q->wait_max_ns), "readers", readers, "readers_more",
		       json_number(q->readers_more), "evidence", json_text_or_null(q->evidence), "certain",
		       json_boolean(q->evidence && !q->likely), NULL);
}

static json_t *lost(const struct go_report *r)
{
	return json_of("moved", json_number(r->reading->lost_moved), "unreadable",
		       json_number(r->reading->lost_unreadable), "stacks",
		       json_number(r->reading->lost_stacks), "more", json_number(r->reading->lost_more),
		       NULL);
}

void json_goroutines(struct json_writer *w, const struct snapshot_report *s)
{
	const struct go_report *r = s->go;

	if (!r) {
		json_writer__member(w, "goroutines", json_null());
		return;
	}
	json_writer__object(w, "goroutines");
	json_writer__member(w, "problem", json_text_or_null(r->reading->problem));
	json_writer__member(w, "total", json_number(r->reading->total));
	json_writer__member(w, "system", json_number(r->reading->system));
	json_writer__member(w, "by_state", states(r));
	json_writer__member(w, "threads_m",
			    number_if(r->reading->scheduler.known, r->reading->scheduler.threads));
	json_writer__member(w, "procs_p",
			    number_if(r->reading->scheduler.known, r->reading->scheduler.procs));
	json_writer__member(w, "scheduler", scheduler(&r->reading->scheduler));
	thread_roles(w, r);
	json_writer__array(w, "groups");
	for (size_t i = 0; i < r->group_count; i++)
		json_writer__element(w, group(&r->groups[i]));
	json_writer__array_end(w);
	json_writer__array(w, "queues");
	for (size_t i = 0; i < r->queue_count; i++)
		json_writer__element(w, queue(&r->queues[i]));
	json_writer__array_end(w);
	json_writer__member(w, "queues_more", json_number(r->reading->queues_more));
	if (r->reading->list) {
		json_writer__array(w, "list");
		for (size_t i = 0; i < r->reading->list_count; i++)
			json_writer__element(w, row(r, &r->reading->list[i]));
		json_writer__array_end(w);
	}
	json_writer__member(w, "lost", lost(r));
	json_writer__object_end(w);
}
