// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/threads/walks.h"

#include <stdlib.h>
#include <string.h>

#include "thresholds.h"
#include "util/heap.h"
#include "util/table.h"
#include "util/u64_table.h"
#include "waits/wait.h"

/* New walks per sample: 10 us each once the rules are known. Other threads are classified by their lock, or
 * next time. The first sample may take longer: attaching has taken longer still.
 */
#define MAX_NEW_WALKS   256
#define MAX_FIRST_WALKS 4096
#define MAX_KEPT_PCS    64
#define KEPT_OUTER_PCS  16 /* of these, of the outer end */
/* Of so many, the tops of the stacks are read together. They take 4 KiB each meanwhile. */
#define MAX_COPIES 2048
/* Threads that nap for moments are walked although they will have moved on. */
#define MAX_NAPS 16

struct walk {
	uint64_t thread;   /* tgid << 32 | tid */
	uint64_t switches; /* switches at the walk: if unchanged, the thread has not run since */
	uint64_t sample;   /* when last used */
	enum stack_end end;
	bool unproven;    /* walked in this sample: the second pass must confirm that it did not run */
	bool again;       /* in this sample: it did, and sleeps at the same place again */
	uint64_t sp, pc;  /* of the walk's start */
	uint64_t *values; /* values from registers and stack, if it waits on a word; NULL once used */
	size_t value_count;
	size_t count;
	uint64_t *pcs;
	uint8_t *exact; /* behind pcs, in the same memory */
	uint64_t key;   /* of process, pcs, exact and end: the same for equal stacks */
	UT_hash_handle hh;
};

/* The stack of the first of several walks that are equal, with names, within one sample. */
struct named {
	const struct walk *walk;
	struct call_stack stack;
};

struct walks {
	struct targets *targets;
	struct walk *walks;
	uint64_t sample;
};

struct walks *walks__new(struct targets *t)
{
	struct walks *w = HEAP_NEW(struct walks, 1);

	w->targets = t;
	return w;
}

static void drop(struct walks *w, struct walk *k)
{
	HASH_DEL(w->walks, k);
	free(k->values);
	free(k->pcs);
	free(k);
}

void walks__free(struct walks *w)
{
	struct walk *k, *next;

	if (!w)
		return;
	HASH_ITER(hh, w->walks, k, next)
	drop(w, k);
	free(w);
}

void walks__forget(struct walks *w, pid_t pid)
{
	struct walk *k, *next;

	HASH_ITER(hh, w->walks, k, next)
	if (k->thread >> 32 == (uint64_t)pid)
		drop(w, k);
}

static uint64_t thread_key(const struct ts_thread *t)
{
	return (uint64_t)t->tgid << 32 | t->tid;
}

static void keep_values(struct walk *k, const struct target *t, const struct pass_thread *p, bool wanted)
{
	uint64_t values[THREAD_VALUES];

	free(k->values);
	k->value_count = wanted ? thread__values(t, p, values) : 0;
	k->values = k->value_count ? heap__copy(values, k->value_count * sizeof(*values)) : NULL;
}

static uint64_t mix(uint64_t key, const void *bytes, size_t size)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < size; i++) /* FNV-1a */
		key = (key ^ b[i]) * 0x100000001b3;
	return key;
}

/* Both ends of a deep stack, and how many frames are left out between them. */
static void leave_out(struct walk *k, const struct stack *s)
{
	const size_t first = MAX_KEPT_PCS - KEPT_OUTER_PCS, from = s->count - KEPT_OUTER_PCS;
	uint64_t left_out = 0;

	for (size_t i = first - 1; i < from; i++)
		left_out += s->exact[i] == STACK_LEFT_OUT ? s->pcs[i] : 1;
	k->pcs[first - 1] = left_out;
	k->exact[first - 1] = STACK_LEFT_OUT;
	memcpy(k->pcs + first, s->pcs + from, KEPT_OUTER_PCS * sizeof(*k->pcs));
	memcpy(k->exact + first, s->exact + from, KEPT_OUTER_PCS);
}

static void keep_stack(struct walk *k, const struct stack *s)
{
	pid_t pid = (pid_t)(k->thread >> 32);

	free(k->pcs);
	k->count = s->count < MAX_KEPT_PCS ? s->count : MAX_KEPT_PCS;
	k->end = s->end;
	k->pcs = heap__alloc(k->count * (sizeof(*k->pcs) + 1) + 1);
	k->exact = (uint8_t *)(k->pcs + k->count);
	memcpy(k->pcs, s->pcs, k->count * sizeof(*k->pcs));
	memcpy(k->exact, s->exact, k->count);
	if (s->count > MAX_KEPT_PCS)
		leave_out(k, s);
	k->key = mix(0xcbf29ce484222325, &pid, sizeof(pid));
	k->key = mix(k->key, &k->end, sizeof(k->end));
	k->key = mix(k->key, k->pcs, k->count * (sizeof(*k->pcs) + 1));
}

/* The walk of a thread that has not run since, or a new walk within the budget. */
static struct walk *walk_thread(struct walks *w, const struct pass_thread *p, bool on_word, size_t *budget)
{
	uint64_t key = thread_key(&p->t);
	struct stack stack;
	struct target *t;
	struct walk *k;

	HASH_FIND(hh, w->walks, &key, sizeof(key), k);
	if (k)
		k->again = false;
	if (k && k->switches == p->t.switches) {
		k->sample = w->sample;
		return k;
	}
	t = *budget ? targets__named(w->targets, (pid_t)p->t.tgid) : NULL;
	if (!t)
		return NULL;
	if (!k) {
		k = HEAP_NEW(struct walk, 1);
		k->thread = key;
		HASH_ADD(hh, w->walks, thread, sizeof(k->thread), k);
	}
	(*budget)--;
	thread__walk(t, p, true, &stack);
	k->switches = p->t.switches;
	k->sample = w->sample;
	k->unproven = true;
	k->sp = p->t.regs.r[TS_REG_SP];
	k->pc = p->t.regs.r[TS_REG_PC];
	keep_stack(k, &stack);
	keep_values(k, t, p, on_word);
	return k;
}

struct candidate {
	size_t index;
	bool idle;
	uint64_t blocked_ns;
};

/* Longest first, but idle threads last. */
static int by_interest(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->idle != y->idle)
		return x->idle - y->idle;
	if (x->blocked_ns != y->blocked_ns)
		return x->blocked_ns > y->blocked_ns ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static size_t find_candidates(const struct sample *s, struct candidate *list)
{
	size_t count = 0;

	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];

		if (t->blocked)
			list[count++] = (struct candidate){i, wait__idle(t->kind), t->blocked_ns};
	}
	qsort(list, count, sizeof(*list), by_interest);
	return count;
}

static bool naps(const struct sample_thread *t)
{
	return t->kind == WAIT_SLEEP && t->blocked_ns < NS_OF_MS(STACK_OF_WAIT_MS);
}

/* Its stack shows what it waits for: it has waited for long, or is one of the first in the list, or of those
 * that nap. */
static bool wants_stack(const struct candidate *c, const struct sample_thread *t, size_t place,
			size_t stack_count, size_t *naps_left)
{
	if (place < stack_count || (stack_count && c->blocked_ns >= NS_OF_MS(STACK_OF_WAIT_MS)))
		return true;
	return stack_count && naps(t) && *naps_left && (*naps_left)--;
}

static bool was_walked(const struct walks *w, const struct ts_thread *t)
{
	uint64_t key = thread_key(t);
	const struct walk *k;

	HASH_FIND(hh, w->walks, &key, sizeof(key), k);
	return k && k->switches == t->switches;
}

/* Reads the stacks of threads that are to be walked, process by process. */
static void copy_stacks(struct walks *w, struct pass *pass, const bool *wanted)
{
	bool *chosen = HEAP_NEW(bool, pass->count + 1);
	size_t copies = 0;

	for (size_t i = 0, first = 0; i < pass->count; i++) {
		const struct ts_thread *t = &pass->threads[i].t;
		struct target *target;

		chosen[i] = wanted[i] && copies < MAX_COPIES && !was_walked(w, t);
		copies += chosen[i];
		if (i + 1 < pass->count && pass->threads[i + 1].t.tgid == t->tgid)
			continue;
		target = memchr(chosen + first, true, i + 1 - first)
				 ? targets__named(w->targets, (pid_t)t->tgid)
				 : NULL;
		if (target)
			pass__copy_stacks(pass, target, first, i + 1 - first, chosen);
		first = i + 1;
	}
	free(chosen);
}

size_t walks__walk(struct walks *w, const struct sample *s, struct pass *pass, size_t stack_count)
{
	struct candidate *list = HEAP_NEW(struct candidate, s->thread_count + 1);
	size_t all = w->sample ? MAX_NEW_WALKS : MAX_FIRST_WALKS, budget = all, naps_left = MAX_NAPS, count;
	bool *wanted = HEAP_NEW(bool, s->thread_count + 1);

	w->sample++;
	count = find_candidates(s, list);
	for (size_t i = 0; i < count; i++) {
		const struct sample_thread *t = &s->threads[list[i].index];

		wanted[list[i].index] =
			t->lock_address || wants_stack(&list[i], t, i, stack_count, &naps_left);
	}
	copy_stacks(w, pass, wanted);
	for (size_t i = 0; i < count; i++) {
		const struct sample_thread *t = &s->threads[list[i].index];

		if (wanted[list[i].index])
			walk_thread(w, &pass->threads[list[i].index], t->lock_address != 0, &budget);
	}
	free(wanted);
	free(list);
	return all - budget;
}

/*
 * A thread that naps in a loop has run between any two looks. If it sleeps in the same call at the same place
 * of its stack again, and two walks are equal, then both are the stack that it has whenever it sleeps there.
 */
static bool sleeps_again(struct walks *w, const struct walk *k, const struct pass_thread *p)
{
	struct target *t;
	struct stack stack;

	if (!thread__blocked(&p->t) || !wait__sleeps((long)p->t.syscall) || k->sp != p->t.regs.r[TS_REG_SP] ||
	    k->pc != p->t.regs.r[TS_REG_PC])
		return false;
	t = targets__named(w->targets, (pid_t)p->t.tgid);
	if (!t)
		return false;
	thread__walk(t, p, true, &stack);
	return stack.count == k->count && stack.end == k->end &&
	       !memcmp(stack.pcs, k->pcs, k->count * sizeof(*k->pcs));
}

void walks__prove(struct walks *w, const struct pass *again)
{
	const struct pass_thread *p;
	struct walk *k, *next;

	HASH_ITER(hh, w->walks, k, next)
	{
		if (!k->unproven)
			continue;
		k->unproven = false;
		p = pass__find(again, (uint32_t)(k->thread >> 32), (uint32_t)k->thread);
		if (p && p->t.switches == k->switches && thread__off_cpu(&p->t))
			continue;
		if (p && sleeps_again(w, k, p))
			k->again = true;
		else
			drop(w, k);
	}
}

/* Walks of threads that have run or gone since. */
static void expire(struct walks *w)
{
	struct walk *k, *next;

	HASH_ITER(hh, w->walks, k, next)
	if (k->sample != w->sample)
		drop(w, k);
}

/* The start of the condition variable that it waits for, which the word alone does not show. */
static void use_values(struct walk *k, const struct sample_thread *t, struct locks *locks)
{
	if (k->values && t->lock_address && t->kind == WAIT_CONDVAR)
		locks__hint(locks, t->pid, t->lock_address, k->values, k->value_count);
	free(k->values);
	k->values = NULL;
}

static bool equal_walks(const struct walk *x, const struct walk *y)
{
	return x->thread >> 32 == y->thread >> 32 && x->end == y->end && x->count == y->count &&
	       !memcmp(x->pcs, y->pcs, x->count * (sizeof(*x->pcs) + 1));
}

/* Many threads wait at few places: each place is named once, and its frames are shared. */
static struct call_stack name_stack(struct target *target, struct arena *a, struct u64_table *places,
				    const struct walk *k)
{
	struct named *n;
	bool made;

	n = u64_table__get(places, sizeof(*n), k->key, &made);
	if (!made && equal_walks(n->walk, k))
		return n->stack;
	n->walk = k;
	n->stack = target__frames(target, a, k->pcs, k->exact, k->count, k->end);
	return n->stack;
}

void walks__use(struct walks *w, struct sample *s, const struct pass *pass, struct locks *locks,
		size_t stack_count)
{
	struct candidate *list = HEAP_NEW(struct candidate, s->thread_count + 1);
	size_t count = find_candidates(s, list);
	struct u64_table places = {0};

	for (size_t i = 0; i < count; i++) {
		const struct ts_thread *now = &pass->threads[list[i].index].t;
		struct sample_thread *t = &s->threads[list[i].index];
		uint64_t key = thread_key(now);
		struct target *target;
		struct walk *k;

		HASH_FIND(hh, w->walks, &key, sizeof(key), k);
		/* One that has run since the pass is as the second pass shows it, and its stack was another.
		 */
		target = k && (t->newer ? k->again : k->switches == now->switches)
				 ? targets__named(w->targets, t->pid)
				 : NULL;
		if (!target)
			continue;
		t->stack = name_stack(target, &s->arena, &places, k);
		thread__classify(t, locks);
		use_values(k, t, locks);
		if (!stack_count)
			t->stack = (struct call_stack){0};
	}
	u64_table__free(&places);
	expire(w);
	free(list);
}
