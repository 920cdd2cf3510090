// SPDX-License-Identifier: GPL-2.0-or-later
#include "python/collect/python_stacks.h"

#include <stdlib.h>
#include <string.h>

#include "python/collect/python_merge.h"
#include "python/collect/python_private.h"
#include "util/clock.h"
#include "util/heap.h"

/* Frames read per reading, of all threads: some 10 us for 20 of them. */
#define FRAMES_BUDGET 200000

struct python_stacks *python_stacks__new(struct targets *t)
{
	struct python_stacks *p = HEAP_NEW(struct python_stacks, 1);

	p->targets = t;
	return p;
}

static void drop(struct python_stacks *p, struct python_kept *k)
{
	HASH_DEL(p->threads, k);
	free(k->places);
	free(k);
}

void python_stacks__forget(struct python_stacks *p, pid_t pid)
{
	struct python_kept *k, *next;

	HASH_ITER(hh, p->threads, k, next)
	if (k->thread >> 32 == (uint64_t)pid)
		drop(p, k);
}

void python_stacks__free(struct python_stacks *p)
{
	struct python_kept *k, *next;

	if (!p)
		return;
	HASH_ITER(hh, p->threads, k, next)
	drop(p, k);
	arena__free(&p->arena);
	arena__free(&p->arena_before);
	free(p);
}

/* ---- reading ---- */

struct python_kept *python_stacks__kept(struct python_stacks *p, uint32_t tgid, uint32_t tid)
{
	uint64_t key = (uint64_t)tgid << 32 | tid;
	struct python_kept *k;

	HASH_FIND(hh, p->threads, &key, sizeof(key), k);
	return k;
}

static struct python_kept *make(struct python_stacks *p, const struct ts_thread *t)
{
	struct python_kept *k = python_stacks__kept(p, t->tgid, t->tid);

	if (k)
		return k;
	k = HEAP_NEW(struct python_kept, 1);
	k->thread = (uint64_t)t->tgid << 32 | t->tid;
	HASH_ADD(hh, p->threads, thread, sizeof(k->thread), k);
	return k;
}

static void read_frames(struct python_stacks *p, const struct python_seen *v, const struct ts_thread *t,
			struct python_kept *k)
{
	struct python_place places[PYTHON_FRAMES];
	const struct python_thread *thread = python_look__find(&v->look, (pid_t)t->ns_tid);
	size_t max = p->budget < PYTHON_FRAMES ? p->budget : PYTHON_FRAMES;

	free(k->places);
	k->places = NULL;
	k->proven = false;
	k->count = thread ? python__frames(v->python, thread->frame, places, max, &k->whole) : 0;
	p->budget -= k->count;
	if (k->count)
		k->places = heap__copy(places, k->count * sizeof(*places));
}

/* All processes of the sample that have Python, and their threads. */
static void find_processes(struct python_stacks *p, const struct sample *s)
{
	pid_t last = 0;

	arena__free(&p->arena_before);
	p->arena_before = p->arena;
	p->arena = (struct arena){0};
	p->before = p->seen;
	p->before_count = p->seen_count;
	p->seen = ARENA_NEW(&p->arena, struct python_seen, s->process_count + 1);
	p->seen_count = 0;
	for (size_t i = 0; i < s->thread_count; i++) {
		struct python_seen *v = &p->seen[p->seen_count];

		if (s->threads[i].pid == last)
			continue;
		last = s->threads[i].pid;
		v->pid = last;
		v->python = p->seen_count < s->process_count ? targets__python(p->targets, last) : NULL;
		v->target = v->python ? targets__named(p->targets, last) : NULL;
		v->looked_ns = monotonic_ns();
		if (v->target && !python__look(v->python, &p->arena, &v->look))
			p->seen_count++;
	}
}

struct python_seen *python_stacks__seen(const struct python_stacks *p, pid_t pid)
{
	for (size_t i = 0; i < p->seen_count; i++)
		if (p->seen[i].pid == pid)
			return &p->seen[i];
	return NULL;
}

/* Threads of one process whose frames are read together. */
struct batch {
	const struct python_seen *v;
	const struct ts_thread *threads[PYTHON_AHEAD];
	struct python_kept *kept[PYTHON_AHEAD];
	size_t count;
};

static void read_batch(struct python_stacks *p, struct batch *b)
{
	uint64_t frames[PYTHON_AHEAD];

	for (size_t i = 0; i < b->count; i++) {
		const struct python_thread *t = python_look__find(&b->v->look, (pid_t)b->threads[i]->ns_tid);

		frames[i] = t ? t->frame : 0;
	}
	if (b->count > 1)
		python__read_ahead(b->v->python, frames, b->count);
	for (size_t i = 0; i < b->count; i++)
		read_frames(p, b->v, b->threads[i], b->kept[i]);
	if (b->count > 1)
		python__read_ahead(b->v->python, NULL, 0);
	b->count = 0;
}

bool python_stacks__look(struct python_stacks *p, const struct sample *s, const struct pass *pass)
{
	const struct python_seen *v = NULL;
	struct batch b = {0};

	p->reading++;
	p->budget = FRAMES_BUDGET;
	find_processes(p, s);
	for (size_t i = 0; p->seen_count && i < pass->count; i++) {
		const struct ts_thread *t = &pass->threads[i].t;
		struct python_kept *k;

		if (!v || v->pid != (pid_t)t->tgid)
			v = python_stacks__seen(p, (pid_t)t->tgid);
		if (!v)
			continue;
		k = make(p, t);
		k->reading = p->reading;
		/* It has not run since: neither have its frames changed. */
		if (k->proven && k->switches == t->switches && thread__blocked(t))
			continue;
		k->switches = t->switches;
		if (b.count && (b.v != v || b.count == PYTHON_AHEAD))
			read_batch(p, &b);
		b.v = v;
		b.threads[b.count] = t;
		b.kept[b.count++] = k;
	}
	read_batch(p, &b);
	return p->seen_count > 0;
}

static bool equal(const struct python_kept *k, const struct python_place *places, size_t count)
{
	if (k->count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (k->places[i].frame != places[i].frame || k->places[i].code != places[i].code ||
		    k->places[i].instr != places[i].instr || k->places[i].last != places[i].last)
			return false;
	return true;
}

/* It has run: what was read before the walk must still hold. */
static void read_again(struct python_stacks *p, const struct python_seen *v, const struct ts_thread *t,
		       struct python_kept *k)
{
	struct python_kept first = *k;

	k->places = NULL;
	k->count = 0;
	read_frames(p, v, t, k);
	k->proven = first.count && equal(k, first.places, first.count);
	free(first.places);
}

void python_stacks__prove(struct python_stacks *p, const struct sample *s, const struct pass *pass,
			  const struct pass *after)
{
	const struct python_seen *v = NULL;

	for (size_t i = 0; i < p->seen_count; i++)
		python_holding__compare(p, &p->seen[i]);
	for (size_t i = 0; i < s->thread_count && i < pass->count; i++) {
		const struct ts_thread *t = &pass->threads[i].t;
		struct python_kept *k;

		if (!v || v->pid != (pid_t)t->tgid)
			v = python_stacks__seen(p, (pid_t)t->tgid);
		k = v ? python_stacks__kept(p, t->tgid, t->tid) : NULL;
		if (!k || k->proven)
			continue;
		if (k->switches == t->switches && thread__blocked(t) &&
		    thread__did_not_run(t, pass__find(after, t->tgid, t->tid))) {
			k->proven = true;
		} else {
			read_again(p, v, t, k);
			k->switches = 0; /* the next reading is another */
		}
	}
}

/* ---- names ---- */

static void expire(struct python_stacks *p)
{
	struct python_kept *k, *next;

	HASH_ITER(hh, p->threads, k, next)
	if (k->reading != p->reading)
		drop(p, k);
}

void python_stacks__use(struct python_stacks *p, struct sample *s)
{
	struct python_merge *merge = NULL;
	const struct python_seen *v = NULL;

	for (size_t i = 0; p->seen_count && i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		const struct python_kept *k;

		if (!v || v->pid != t->pid) {
			python_merge__free(merge);
			v = python_stacks__seen(p, t->pid);
			merge = v ? python_merge__new(v->python, &s->arena) : NULL;
		}
		k = merge && t->stack.count ? python_stacks__kept(p, (uint32_t)t->pid, (uint32_t)t->tid)
					    : NULL;
		if (k && k->proven && k->count)
			python_merge__into(merge, &t->stack, k->places, k->count, k->whole);
	}
	python_merge__free(merge);
	expire(p);
}
