// SPDX-License-Identifier: GPL-2.0-or-later
/* Goroutines in a saved sample: the groups. */
#include "facts/goroutines.h"
#include "facts/sample.h"
#include "facts/saved/save_values.h"

static json_t *wait(struct saver *w, const struct go_wait *from)
{
	json_t *j = json_object();

	save__put_number(w, j, "target", from->target);
	save__put_address(w, j, "address", from->address);
	save__put_number(w, j, "len", from->len);
	save__put_number(w, j, "cap", from->cap);
	save__put_flag(w, j, "closed", from->closed);
	save__put_number(w, j, "cases", from->cases);
	save__put_number(w, j, "fd_plus_1", (uint64_t)((int64_t)from->fd + 1));
	save__put_flag(w, j, "fd_write", from->fd_write);
	save__put_text(w, j, "file", from->file);
	save__put_text(w, j, "peer", from->peer);
	return j;
}

static json_t *labels(struct saver *w, const struct go_group *g)
{
	json_t *list = json_array();

	for (size_t i = 0; i < g->label_count; i++) {
		json_t *j = json_object();

		save__put_text(w, j, "key", g->labels[i].key);
		save__put_text(w, j, "value", g->labels[i].value);
		save__put_number(w, j, "count", g->labels[i].count);
		save__push(w, list, j);
	}
	return list;
}

static json_t *group(struct saver *w, const struct go_group *g)
{
	json_t *j = json_object(), *goids = json_array(), *tids = json_array();
	struct call_stack creator = {
		.frames = &g->created_by, .count = g->created_by.function ? 1 : 0, .end = STACK_COMPLETE};

	for (size_t i = 0; i < g->goid_count; i++)
		save__push(w, goids, save__number(g->goids[i]));
	for (size_t i = 0; i < g->tid_count; i++)
		save__push(w, tids, save__number((uint64_t)g->tids[i]));
	save__put_address(w, j, "id", g->id);
	save__put_text(w, j, "state", g->state);
	save__put_flag(w, j, "system", g->system);
	save__put_number(w, j, "count", g->count);
	save__put(w, j, "goids", goids);
	save__put_number(w, j, "wait_known", g->wait_known);
	save__put_number(w, j, "wait_exact", g->wait_exact);
	save__put_number(w, j, "wait_least", g->wait_least);
	save__put_number(w, j, "wait_min_ns", g->wait_min_ns);
	save__put_number(w, j, "wait_max_ns", g->wait_max_ns);
	save__put(w, j, "wait", wait(w, &g->wait));
	save__put_number(w, j, "targets", g->targets);
	save__put_flag(w, j, "targets_more", g->targets_more);
	save__put_text(w, j, "peer", g->peer);
	save__put_number(w, j, "behind", g->behind);
	save__put_number(w, j, "locked", g->locked);
	save__put_flag(w, j, "compared", g->compared);
	save__put_number(w, j, "left", g->left);
	save__put_number(w, j, "stack_bytes", g->stack_bytes);
	save__put_stack(w, j, "stack", &g->stack);
	save__put_stack(w, j, "created_by", &creator);
	save__put_number(w, j, "creator_goid", g->creator_goid);
	save__put_flag(w, j, "creators_differ", g->creators_differ);
	save__put(w, j, "labels", labels(w, g));
	save__put_number(w, j, "labels_more", g->labels_more);
	save__put(w, j, "tids", tids);
	return j;
}

static json_t *scheduler(struct saver *w, const struct go_scheduler *s)
{
	json_t *j = json_object();

	save__put_flag(w, j, "known", s->known);
	save__put_number(w, j, "goroutines", s->goroutines);
	save__put_number(w, j, "system", s->system);
	save__put_number(w, j, "procs", s->procs);
	save__put_number(w, j, "idle_procs", s->idle_procs);
	save__put_number(w, j, "threads", s->threads);
	save__put_number(w, j, "idle_threads", s->idle_threads);
	save__put_number(w, j, "queued_global", s->queued_global);
	save__put_number(w, j, "queued_local", s->queued_local);
	save__put_flag(w, j, "gc_known", s->gc_known);
	save__put_flag(w, j, "gc_running", s->gc_running);
	return j;
}

json_t *save__live(struct saver *w, const void *element)
{
	const struct sample_go *g = element;
	json_t *j = json_object();

	save__put_number(w, j, "pid", (uint64_t)g->pid);
	save__put_text(w, j, "version", g->version);
	save__put_text(w, j, "problem", g->problem);
	save__put_number(w, j, "count", g->count);
	save__put_number(w, j, "system", g->system);
	save__put_number(w, j, "made", g->made);
	save__put_flag(w, j, "exact", g->exact);
	save__put_number(w, j, "read_cpu_ns", g->read_cpu_ns);
	if (g->report)
		save__put(w, j, "report", save__goroutines(w, g->report));
	return j;
}

static json_t *reader(struct saver *w, const struct go_reader *one)
{
	json_t *j = json_object();

	save__put_number(w, j, "goid", one->goid);
	save__put_text(w, j, "state", one->state);
	save__put_text(w, j, "function", one->function);
	save__put_number(w, j, "tid", (uint64_t)one->tid);
	save__put(w, j, "wait", wait(w, &one->wait));
	save__put_flag(w, j, "wait_known", one->wait_known);
	save__put_number(w, j, "wait_ns", one->wait_ns);
	return j;
}

static json_t *queue(struct saver *w, const struct go_queue *q)
{
	json_t *j = json_object(), *readers = json_array();

	for (size_t i = 0; i < q->reader_count; i++)
		save__push(w, readers, reader(w, &q->readers[i]));
	save__put_address(w, j, "address", q->address);
	save__put_number(w, j, "len", q->len);
	save__put_number(w, j, "cap", q->cap);
	save__put_number(w, j, "senders", q->senders);
	save__put_flag(w, j, "wait_known", q->wait_known);
	save__put_number(w, j, "wait_max_ns", q->wait_max_ns);
	save__put_text(w, j, "evidence", q->evidence);
	save__put_flag(w, j, "likely", q->likely);
	save__put(w, j, "readers", readers);
	save__put_number(w, j, "readers_more", q->readers_more);
	return j;
}

json_t *save__goroutines(struct saver *w, const struct go_reading *r)
{
	json_t *j = json_object(), *groups = json_array(), *states = json_array(), *queues = json_array();

	for (size_t i = 0; i < r->group_count; i++)
		save__push(w, groups, group(w, &r->groups[i]));
	for (size_t i = 0; i < r->state_count; i++) {
		json_t *state = json_object();

		save__put_text(w, state, "state", r->states[i].state);
		save__put_number(w, state, "count", r->states[i].count);
		save__push(w, states, state);
	}
	save__put_text(w, j, "version", r->version);
	save__put_text(w, j, "problem", r->problem);
	save__put_flag(w, j, "unsure", r->unsure);
	save__put_number(w, j, "total", r->total);
	save__put_number(w, j, "system", r->system);
	save__put(w, j, "scheduler", scheduler(w, &r->scheduler));
	save__put(w, j, "groups", groups);
	for (size_t i = 0; i < r->queue_count; i++)
		save__push(w, queues, queue(w, &r->queues[i]));
	save__put(w, j, "states", states);
	save__put(w, j, "queues", queues);
	save__put_number(w, j, "queues_more", r->queues_more);
	save__put_number(w, j, "lost_moved", r->lost_moved);
	save__put_number(w, j, "lost_unreadable", r->lost_unreadable);
	save__put_number(w, j, "lost_stacks", r->lost_stacks);
	save__put_number(w, j, "lost_more", r->lost_more);
	return j;
}
