// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel side's totals as rows of a sample, sorted. */
#include <stdlib.h>
#include <string.h>

#include "collect/collector_private.h"
#include "util/array.h"
#include "util/budget.h"
#include "util/clock.h"

struct gather {
	struct collector *c;
	struct sample *s;
	size_t process_room, creator_room, lock_room, file_room, request_room;
};

static void take_process(void *arg, uint32_t tgid, const struct ts_process *t)
{
	struct gather *g = arg;
	struct sample_process *p = ARRAY_ADD(g->s->processes, g->s->process_count, g->process_room);

	*p = (struct sample_process){.pid = (pid_t)tgid,
				     .comm = "",
				     .created = t->created,
				     .exited = t->exited,
				     /* of one that has ended; others: with their threads */
				     .storage_known = g->c->storage_known,
				     .read_bytes = t->ended.read_bytes,
				     .dirtied_bytes = t->ended.dirtied_bytes,
				     .d_known = true,
				     .d_ns = t->ended.d_ns};
}

static void take_creator(void *arg, const struct ts_stack_key *k, const struct ts_creator *t)
{
	struct gather *g = arg;
	struct sample_creator *c = ARRAY_ADD(g->s->creators, g->s->creator_count, g->creator_room);

	*ARRAY_ADD(g->c->creator_keys, g->c->creator_key_count, g->c->creator_key_room) = *k;
	*c = (struct sample_creator){.pid = (pid_t)k->tgid,
				     .stack_id = stacks__settle(g->c->stacks, k->tgid, k->id),
				     .created = t->created,
				     .exited = t->exited};
}

static void take_lock(void *arg, const struct ts_lock_key *k, const struct ts_lock *t)
{
	struct gather *g = arg;
	struct sample_lock *l = ARRAY_ADD(g->s->locks, g->s->lock_count, g->lock_room);

	*l = (struct sample_lock){.pid = (pid_t)k->tgid,
				  .address = k->address,
				  .word = k->address,
				  .kind = LOCK_FUTEX,
				  .wait_ns = t->wait_ns,
				  .last_ns = t->last_ns,
				  .watched_ns =
					  t->since_ns > g->c->evicted_ns ? t->since_ns : g->c->evicted_ns,
				  .woken_ns = t->woken_ns,
				  .waker_tid = (pid_t)t->waker_tid,
				  .waits = t->waits};
}

static void take_file(void *arg, const struct ts_file_key *k, const struct ts_file *t)
{
	struct gather *g = arg;
	struct sample_file *f = ARRAY_ADD(g->s->files, g->s->file_count, g->file_room);

	*f = (struct sample_file){.key = *k, .path = "", .totals = *t};
}

static void take_request(void *arg, const struct ts_request_key *k, const struct ts_request *t)
{
	struct gather *g = arg;
	struct sample_request *r = ARRAY_ADD(g->s->requests, g->s->request_count, g->request_room);
	char name[TS_COMM_LEN + 1] = "";

	memcpy(name, t->comm, TS_COMM_LEN);
	*r = (struct sample_request){.id = *k,
				     .key = t->key,
				     .age_ns = gained_since(g->s->now_ns, t->start_ns),
				     .bytes = t->io_kind == TS_IO_WRITE ? t->bytes : 0,
				     .io_kind = t->io_kind,
				     .fd = t->fd,
				     .tid = (pid_t)t->tid,
				     .name = arena__string(&g->s->arena, name)};
}

static int by_pid(const void *a, const void *b)
{
	const struct sample_process *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static int by_creator(const void *a, const void *b)
{
	const struct sample_creator *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->stack_id < y->stack_id ? -1 : x->stack_id > y->stack_id;
}

static int by_file(const void *a, const void *b)
{
	return memcmp(&((const struct sample_file *)a)->key, &((const struct sample_file *)b)->key,
		      sizeof(struct ts_file_key));
}

/* The sample may outlive the data of an ended process. */
/* Merges equal stacks with several provisional ids into one row. */
static void merge_creators(struct collector *c, struct sample *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->creator_count; i++) {
		struct sample_creator *from = &s->creators[i], *to = kept ? &s->creators[kept - 1] : NULL;

		if (to && !by_creator(to, from)) {
			to->created += from->created;
			to->exited += from->exited;
		} else {
			s->creators[kept++] = *from;
		}
	}
	s->creator_count = kept;
	for (size_t i = 0; i < kept; i++) {
		struct sample_creator *k = &s->creators[i];
		struct call_stack stack = stacks__frames(c->stacks, (uint32_t)k->pid, k->stack_id);

		k->stack = call_stack__copy(&s->arena, &stack);
	}
}

int collect__files(struct collector *c, struct sample *s)
{
	struct gather g = {.c = c, .s = s};
	struct totals_sink sink = {.file = take_file, .arg = &g};
	int err = probes__totals(c->probes, &sink);

	if (s->file_count)
		qsort(s->files, s->file_count, sizeof(*s->files), by_file);
	return err;
}

int collect__totals(struct collector *c, struct sample *s)
{
	struct gather g = {.c = c, .s = s};
	struct totals_sink sink = {.process = take_process,
				   .creator = take_creator,
				   .lock = take_lock,
				   .request = take_request,
				   .arg = &g};
	int err;

	c->creator_key_count = 0;
	err = probes__totals(c->probes, &sink);
	budget__expect(s->process_count);
	if (s->process_count)
		qsort(s->processes, s->process_count, sizeof(*s->processes), by_pid);
	if (s->creator_count)
		qsort(s->creators, s->creator_count, sizeof(*s->creators), by_creator);
	lock_waiters__sort(s);
	merge_creators(c, s);
	return err;
}

struct sample_process *collect__find_process(struct sample *s, pid_t pid)
{
	struct sample_process key = {.pid = pid};

	return s->process_count ? bsearch(&key, s->processes, s->process_count, sizeof(key), by_pid) : NULL;
}
