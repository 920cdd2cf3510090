// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/rows/crowd.h"

#include <stdlib.h>
#include <string.h>

#include "facts/kinds.h"
#include "util/text.h"
#include "waits/stall.h"
#include "waits/wait.h"

/* The kernel's thread that works on requests of this TID's rings (io_uring/io-wq.c: io_wq_worker). */
#define RING_WORKER "iou-wrk-"

struct word {
	pid_t pid;
	uint64_t address;
};

/* Sorted lists, with an entry for each thread that is counted. */
struct crowd {
	pid_t *behind, *requests;
	size_t behind_count, request_count;
	struct word *words;
	size_t word_count;
	const struct sample_lock *locks; /* the sample's */
	size_t lock_count;
};

static int by_number(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

static int by_word(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* The first element of a sorted list that is above the key, or not below it. */
static size_t bound(const void *list, size_t count, size_t size, const void *key, bool above,
		    int (*compare)(const void *, const void *))
{
	size_t low = 0;

	for (size_t high = count; low < high;) {
		size_t middle = (low + high) / 2;
		int order = compare((const char *)list + middle * size, key);

		if (order < 0 || (above && !order))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t count_equal(const void *list, size_t count, size_t size, const void *key,
			  int (*compare)(const void *, const void *))
{
	return bound(list, count, size, key, true, compare) - bound(list, count, size, key, false, compare);
}

static bool in_write_or_sync(const struct call_stack *kernel)
{
	enum stall_part part = stall__of_stack(kernel);

	return part != STALL_UNKNOWN && part != STALL_OTHER;
}

/* The submitter of the request that a ring's worker is in; 0: none. */
static pid_t works_for(const struct sample_thread *t)
{
	if (t->syscall >= 0 || !t->blocked || !starts_with(t->name, RING_WORKER))
		return 0;
	return in_write_or_sync(&t->kernel_stack) ? (pid_t)atoi(t->name + strlen(RING_WORKER)) : 0;
}

static void sort(void *list, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	if (count)
		qsort(list, count, size, compare);
}

const struct crowd *crowd__of(struct arena *a, const struct sample *s)
{
	struct crowd *c = ARENA_NEW(a, struct crowd, 1);

	c->locks = s->locks;
	c->lock_count = s->lock_count;
	c->behind = ARENA_NEW(a, pid_t, s->thread_count + s->lock_count + 1);
	c->words = ARENA_NEW(a, struct word, s->thread_count + 1);
	c->requests = ARENA_NEW(a, pid_t, s->thread_count + s->request_count + 1);
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];
		pid_t served = works_for(t);

		if (t->blocked && t->blocked_by > 0 && wait__exclusive(wait__lock_kind(t->kind)))
			c->behind[c->behind_count++] = t->blocked_by;
		if (t->blocked && t->lock_address)
			c->words[c->word_count++] = (struct word){t->pid, t->lock_address};
		if (served > 0)
			c->requests[c->request_count++] = served;
	}
	/* Its waiters ran while the locks were read, so that they name no owner; or it keeps none. */
	for (size_t i = 0; i < s->lock_count; i++) {
		const struct sample_lock *l = &s->locks[i];

		if (l->owner_tid > 0 && wait__exclusive(l->kind))
			c->behind[c->behind_count++] = l->owner_tid;
		else if (l->owner_tid <= 0 && l->likely_tid > 0)
			c->behind[c->behind_count++] = l->likely_tid;
	}
	/* What is sent to a slow client holds nobody up but that client. */
	for (size_t i = 0; i < s->request_count; i++)
		if (file_kind__is_file(s->requests[i].key.kind))
			c->requests[c->request_count++] = s->requests[i].tid;
	sort(c->behind, c->behind_count, sizeof(*c->behind), by_number);
	sort(c->words, c->word_count, sizeof(*c->words), by_word);
	sort(c->requests, c->request_count, sizeof(*c->requests), by_number);
	return c;
}

size_t crowd__behind(const struct crowd *c, const struct sample_thread *t)
{
	return count_equal(c->behind, c->behind_count, sizeof(*c->behind), &t->tid, by_number);
}

size_t crowd__same_word(const struct crowd *c, const struct sample_thread *t)
{
	const struct word key = {t->pid, t->lock_address};

	return t->lock_address ? count_equal(c->words, c->word_count, sizeof(*c->words), &key, by_word) : 0;
}

static int by_lock(const void *key, const void *element)
{
	const struct word *k = key;
	const struct sample_lock *l = element;
	const struct word word = {l->pid, l->word};

	return by_word(k, &word);
}

static const struct sample_lock *lock_of(const struct crowd *c, const struct sample_thread *t)
{
	const struct word key = {t->pid, t->lock_address};

	return t->lock_address && c->lock_count
		       ? bsearch(&key, c->locks, c->lock_count, sizeof(*c->locks), by_lock)
		       : NULL;
}

const char *crowd__symbol(const struct crowd *c, const struct sample_thread *t)
{
	const struct sample_lock *l = lock_of(c, t);

	return l ? l->symbol : NULL;
}

bool crowd__as_lock(const struct crowd *c, const struct sample_thread *t)
{
	const struct sample_lock *l = lock_of(c, t);

	return l && l->as_lock;
}

bool crowd__has_request(const struct crowd *c, const struct sample_thread *t)
{
	return count_equal(c->requests, c->request_count, sizeof(*c->requests), &t->tid, by_number) > 0;
}
