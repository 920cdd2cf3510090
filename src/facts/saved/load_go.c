// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>

#include "facts/goroutines.h"
#include "facts/saved/load_values.h"
#include "facts/sample.h"

static struct go_wait load_wait(struct loader *l, const json_t *j)
{
	return (struct go_wait){
		.target = (enum go_target)load__take(l, j, "target", GO_TARGET_FD),
		.address = load__take_u64(l, j, "address"),
		.len = load__take_u64(l, j, "len"),
		.cap = load__take_u64(l, j, "cap"),
		.closed = load__take_flag(l, j, "closed"),
		.cases = load__take_u32(l, j, "cases"),
		.fd = (int)((int64_t)load__take(l, j, "fd_plus_1", INT_MAX) - 1),
		.fd_write = load__take_flag(l, j, "fd_write"),
		.file = load__take_text(l, j, "file"),
		.peer = load__take_text(l, j, "peer"),
	};
}

static void load_labels(struct loader *l, const json_t *list, struct go_group *g)
{
	if (json_array_size(list) > GROUP_LABELS) {
		l->bad = true;
		return;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *j = json_array_get(list, i);

		g->labels[g->label_count++] =
			(struct go_label){load__need_text(l, j, "key"), load__need_text(l, j, "value"),
					  load__take_u64(l, j, "count")};
	}
}

static void load_lists(struct loader *l, const json_t *j, struct go_group *g)
{
	const json_t *goids = load__take_list(l, j, "goids"), *tids = load__take_list(l, j, "tids");

	if (json_array_size(goids) > GROUP_GOIDS || !json_array_size(goids)) {
		l->bad = true;
		return;
	}
	for (size_t i = 0; i < json_array_size(goids); i++)
		g->goids[g->goid_count++] = load__as_number(l, json_array_get(goids, i), UINT64_MAX);
	g->tids = ARENA_NEW(l->arena, pid_t, json_array_size(tids) + 1);
	for (size_t i = 0; i < json_array_size(tids); i++)
		g->tids[g->tid_count++] = (pid_t)load__as_number(l, json_array_get(tids, i), INT_MAX);
}

static void load_group(struct loader *l, const json_t *j, struct go_group *g)
{
	struct call_stack creator = load__take_stack(l, j, "created_by");

	g->id = load__take_u64(l, j, "id");
	g->state = load__need_text(l, j, "state");
	g->system = load__take_flag(l, j, "system");
	g->count = load__take_u64(l, j, "count");
	g->wait_known = load__take_u64(l, j, "wait_known");
	g->wait_exact = load__take_u64(l, j, "wait_exact");
	g->wait_least = load__take_u64(l, j, "wait_least");
	g->wait_min_ns = load__take_u64(l, j, "wait_min_ns");
	g->wait_max_ns = load__take_u64(l, j, "wait_max_ns");
	g->wait = load_wait(l, json_object_get(j, "wait"));
	g->targets = load__take(l, j, "targets", GROUP_TARGETS);
	g->targets_more = load__take_flag(l, j, "targets_more");
	g->peer = load__take_text(l, j, "peer");
	g->behind = load__take_u64(l, j, "behind");
	g->locked = load__take_u64(l, j, "locked");
	g->compared = load__take_flag(l, j, "compared");
	g->left = load__take_u64(l, j, "left");
	g->stack_bytes = load__take_u64(l, j, "stack_bytes");
	g->stack = load__take_stack(l, j, "stack");
	if (creator.count)
		g->created_by = creator.frames[0];
	g->creator_goid = load__take_u64(l, j, "creator_goid");
	g->creators_differ = load__take_flag(l, j, "creators_differ");
	load_labels(l, load__take_list(l, j, "labels"), g);
	g->labels_more = load__take_u64(l, j, "labels_more");
	load_lists(l, j, g);
}

static void load_scheduler(struct loader *l, const json_t *j, struct go_scheduler *s)
{
	s->known = load__take_flag(l, j, "known");
	s->goroutines = load__take_u64(l, j, "goroutines");
	s->system = load__take_u64(l, j, "system");
	s->procs = load__take_u64(l, j, "procs");
	s->idle_procs = load__take_u64(l, j, "idle_procs");
	s->threads = load__take_u64(l, j, "threads");
	s->idle_threads = load__take_u64(l, j, "idle_threads");
	s->queued_global = load__take_u64(l, j, "queued_global");
	s->queued_local = load__take_u64(l, j, "queued_local");
	s->gc_known = load__take_flag(l, j, "gc_known");
	s->gc_running = load__take_flag(l, j, "gc_running");
}

void load__live(struct loader *l, const json_t *j, void *element)
{
	struct sample_go *g = element;

	g->pid = load__take_pid(l, j, "pid");
	g->version = load__take_text(l, j, "version");
	g->problem = load__take_text(l, j, "problem");
	g->count = load__take_u64(l, j, "count");
	g->system = load__take_u64(l, j, "system");
	g->made = load__take_u64(l, j, "made");
	g->exact = load__take_flag(l, j, "exact");
	g->read_cpu_ns = load__take_u64(l, j, "read_cpu_ns");
	g->report = load__take_goroutines(l, j, "report");
}

static void load_queue(struct loader *l, const json_t *j, struct go_queue *q)
{
	const json_t *readers = load__take_list(l, j, "readers");

	*q = (struct go_queue){.address = load__take_u64(l, j, "address"),
			       .len = load__take_u64(l, j, "len"),
			       .cap = load__take_u64(l, j, "cap"),
			       .senders = load__take_u64(l, j, "senders"),
			       .wait_known = load__take_flag(l, j, "wait_known"),
			       .wait_max_ns = load__take_u64(l, j, "wait_max_ns"),
			       .evidence = load__take_text(l, j, "evidence"),
			       .likely = load__take_flag(l, j, "likely"),
			       .readers_more = load__take_u64(l, j, "readers_more")};
	if (json_array_size(readers) > QUEUE_READERS) {
		l->bad = true;
		return;
	}
	for (; q->reader_count < json_array_size(readers); q->reader_count++) {
		const json_t *one = json_array_get(readers, q->reader_count);

		q->readers[q->reader_count] =
			(struct go_reader){.goid = load__take_u64(l, one, "goid"),
					   .state = load__need_text(l, one, "state"),
					   .function = load__take_text(l, one, "function"),
					   .tid = (pid_t)load__take(l, one, "tid", INT_MAX),
					   .wait = load_wait(l, json_object_get(one, "wait")),
					   .wait_known = load__take_flag(l, one, "wait_known"),
					   .wait_ns = load__take_u64(l, one, "wait_ns")};
	}
}

static void load_queues(struct loader *l, const json_t *j, struct go_reading *r)
{
	const json_t *queues = load__take_list(l, j, "queues");

	r->queues = ARENA_NEW(l->arena, struct go_queue, json_array_size(queues) + 1);
	for (; r->queue_count < json_array_size(queues); r->queue_count++)
		load_queue(l, json_array_get(queues, r->queue_count), &r->queues[r->queue_count]);
	r->queues_more = load__take_u64(l, j, "queues_more");
}

struct go_reading *load__take_goroutines(struct loader *l, const json_t *o, const char *key)
{
	const json_t *j = json_object_get(o, key), *groups = load__take_list(l, j, "groups"),
		     *states = load__take_list(l, j, "states");
	struct go_reading *r;

	if (!j)
		return NULL;
	r = ARENA_NEW(l->arena, struct go_reading, 1);
	r->version = load__take_text(l, j, "version");
	r->problem = load__take_text(l, j, "problem");
	r->unsure = load__take_flag(l, j, "unsure");
	r->total = load__take_u64(l, j, "total");
	r->system = load__take_u64(l, j, "system");
	load_scheduler(l, json_object_get(j, "scheduler"), &r->scheduler);
	r->groups = ARENA_NEW(l->arena, struct go_group, json_array_size(groups) + 1);
	for (; r->group_count < json_array_size(groups); r->group_count++)
		load_group(l, json_array_get(groups, r->group_count), &r->groups[r->group_count]);
	r->states = ARENA_NEW(l->arena, struct go_state, json_array_size(states) + 1);
	for (; r->state_count < json_array_size(states); r->state_count++) {
		const json_t *state = json_array_get(states, r->state_count);

		r->states[r->state_count] = (struct go_state){load__need_text(l, state, "state"),
							      load__take_u64(l, state, "count")};
	}
	load_queues(l, j, r);
	r->lost_moved = load__take_u64(l, j, "lost_moved");
	r->lost_unreadable = load__take_u64(l, j, "lost_unreadable");
	r->lost_stacks = load__take_u64(l, j, "lost_stacks");
	r->lost_more = load__take_u64(l, j, "lost_more");
	return r;
}
