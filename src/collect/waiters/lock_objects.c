// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Locks that do not contain their futex word, or at an unknown distance from it. Their address is searched in
 * the registers and on the stack of the waiter, which needs it again when it is woken, and accepted if the
 * lock's own bytes lead back to the word.
 */
#include <stdlib.h>
#include <string.h>

#include "waits/wait.h"
#include "collect/waiters/lock_objects.h"
#include "collect/locks/lock_layout.h"
#include "util/array.h"
#include "util/heap.h"

/* musl, src/thread/pthread_cond_timedwait.c: struct waiter on the waiter's own stack, and pthread_cond_t. */
#define NODE_PREVIOUS 0
#define NODE_NEXT     8
#define NODE_WORD     20
#define COND_SHARED   0
#define COND_SEQUENCE 8
#define COND_HEAD     8
#define COND_TAIL     40
#define COND_BYTES    48
/* pthread_barrier_wait.c: struct instance on the first waiter's stack, and pthread_barrier_t. */
#define INSTANCE_LAST     4
#define INSTANCE_FINISHED 12
#define BARRIER_LIMIT     8
#define BARRIER_INSTANCE  24

/* parking_lot_core 0.9, src/parking_lot.rs: struct ThreadData; parking_lot 0.12: PARKED_BIT of raw_mutex.rs,
 * PARKED_BIT and WRITER_PARKED_BIT of raw_rwlock.rs. */
#define PARKED_WORDS 6
#define PARKED_BITS  3

#define SCAN_BYTES (8u << 20) /* of data, per snapshot */
#define SCAN_PIECE 65536

struct object {
	uint64_t address;
	uint64_t instance; /* of a barrier */
};

struct search {
	struct target *target;
	struct object *found;
	size_t count, room;
	size_t scanned; /* bytes */
};

static uint64_t u64_in(const uint8_t *bytes, size_t offset)
{
	uint64_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

static bool read_all(const struct search *s, uint64_t address, void *buf, size_t size)
{
	return process__read(s->target->process, address, buf, size) == (ssize_t)size;
}

static bool is_data(const struct search *s, uint64_t address)
{
	const struct mapping *m =
		address % 8 ? NULL : mappings__find(symbolizer__mappings(s->target->symbolizer), address);

	return m && m->writable;
}

static uint64_t keep(struct search *s, uint64_t address, uint64_t instance)
{
	*ARRAY_ADD(s->found, s->count, s->room) = (struct object){address, instance};
	return address;
}

static uint64_t known_among(const struct search *s, const uint64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < s->count; k++)
			if (s->found[k].address == values[i])
				return values[i];
	return 0;
}

/* The head and tail of a condition variable's list confirm the first and the last waiter; for those in
 * between, another waiter has confirmed the condition variable. */
static bool is_condvar_of(const struct search *s, uint64_t address, uint64_t node, const uint8_t *waiter)
{
	uint8_t cond[COND_BYTES];

	if (!is_data(s, address) || !read_all(s, address, cond, sizeof(cond)))
		return false;
	if (!u64_in(waiter, NODE_PREVIOUS) && u64_in(cond, COND_HEAD) != node)
		return false;
	return u64_in(waiter, NODE_NEXT) || u64_in(cond, COND_TAIL) == node;
}

static uint64_t find_condvar(struct search *s, uint64_t word, const uint64_t *values, size_t count)
{
	uint64_t known = known_among(s, values, count);
	uint8_t waiter[NODE_WORD];

	if (known || !read_all(s, word - NODE_WORD, waiter, sizeof(waiter)))
		return known;
	if (u64_in(waiter, NODE_PREVIOUS) && u64_in(waiter, NODE_NEXT))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (is_condvar_of(s, values[i], word - NODE_WORD, waiter))
			return keep(s, values[i], 0);
	return 0;
}

/* If shared between processes, it contains the futex word. */
static uint64_t find_shared_condvar(struct search *s, uint64_t word, const uint64_t *values, size_t count)
{
	uint64_t shared;

	for (size_t i = 0; i < count; i++)
		if (values[i] == word - COND_SEQUENCE && is_data(s, values[i]) &&
		    read_all(s, values[i] + COND_SHARED, &shared, sizeof(shared)) && shared == UINT64_MAX)
			return values[i];
	return 0;
}

static bool is_instance_of(uint64_t instance, uint64_t word)
{
	return instance && (instance == word - INSTANCE_LAST || instance == word - INSTANCE_FINISHED);
}

/* Its instance contains the word, and fewer threads have arrived than it waits for. */
static bool is_barrier_of(const struct search *s, uint64_t address, uint64_t word, uint64_t *ret_instance)
{
	uint32_t limit, reached;

	return is_data(s, address) && read_all(s, address + BARRIER_INSTANCE, ret_instance, 8) &&
	       is_instance_of(*ret_instance, word) && read_all(s, address + BARRIER_LIMIT, &limit, 4) &&
	       read_all(s, *ret_instance, &reached, 4) && reached <= limit;
}

/* A waiter does not need the barrier's address again: it is searched in variables and on the heap. */
static uint64_t scan_mapping(struct search *s, const struct mapping *m, uint64_t word, uint64_t *ret_instance)
{
	uint64_t piece[SCAN_PIECE / 8];

	for (uint64_t at = m->start; at < m->end && s->scanned < SCAN_BYTES; at += SCAN_PIECE) {
		size_t size = m->end - at < SCAN_PIECE ? m->end - at : SCAN_PIECE;
		ssize_t n = process__read(s->target->process, at, piece, size);

		s->scanned += size;
		for (ssize_t i = 0; i < n / 8; i++) {
			uint64_t address = at + (uint64_t)i * 8 - BARRIER_INSTANCE;

			if (is_instance_of(piece[i], word) && is_barrier_of(s, address, word, ret_instance))
				return address;
		}
	}
	return 0;
}

static uint64_t scan_data(struct search *s, uint64_t word, uint64_t *ret_instance)
{
	const struct mappings *maps = symbolizer__mappings(s->target->symbolizer);
	uint64_t found = 0;

	for (size_t i = 0; i < maps->count && !found; i++) {
		const struct mapping *m = &maps->list[i];

		if (m->writable && m->readable && (word < m->start || word >= m->end))
			found = scan_mapping(s, m, word, ret_instance);
	}
	return found;
}

static uint64_t find_barrier(struct search *s, uint64_t word, const uint64_t *values, size_t count)
{
	uint64_t instance, address;

	for (size_t k = 0; k < s->count; k++)
		if (is_instance_of(s->found[k].instance, word))
			return s->found[k].address;
	for (size_t i = 0; i < count; i++)
		if (is_barrier_of(s, values[i], word, &instance))
			return keep(s, values[i], instance);
	address = scan_data(s, word, &instance);
	return address ? keep(s, address, instance) : 0;
}

static enum lock_form form_of(const struct sample_thread *t)
{
	struct wait_evidence e = {.state = t->state,
				  .syscall = t->syscall,
				  .args = t->args,
				  .frames = t->stack.frames,
				  .frame_count = t->stack.count};

	return wait__lock_form(&e);
}

/* parking_lot_core's ThreadData, in which the word is: it has the address of the lock, which the waiter has,
 * too, and whose own bits say that somebody is parked. Rust orders the fields as it likes. */
static uint64_t find_parked_on(struct search *s, uint64_t word, const uint64_t *values, size_t count)
{
	uint64_t data[PARKED_WORDS];

	if (!read_all(s, word / 8 * 8 - (PARKED_WORDS - 1) * 8, data, sizeof(data)))
		return 0;
	for (size_t i = 0; i < PARKED_WORDS; i++) {
		const struct mapping *m =
			mappings__find(symbolizer__mappings(s->target->symbolizer), data[i]);
		uint8_t bits;
		bool has = false;

		for (size_t k = 0; k < count && !has; k++)
			has = values[k] == data[i];
		if (has && m && m->writable && read_all(s, data[i], &bits, 1) && bits & PARKED_BITS)
			return data[i];
	}
	return 0;
}

static uint64_t find_object(struct search *s, const struct sample_thread *t, const struct pass_thread *p)
{
	uint64_t values[THREAD_VALUES], shared;
	size_t count = thread__values(s->target, p, values);

	if (form_of(t) == FORM_PARKING_LOT)
		return find_parked_on(s, t->lock_address, values, count);

	if (t->kind == WAIT_BARRIER)
		return find_barrier(s, t->lock_address, values, count);
	shared = find_shared_condvar(s, t->lock_address, values, count);
	return shared ? shared : find_condvar(s, t->lock_address, values, count);
}

static bool waits_elsewhere(const struct sample_thread *t)
{
	return t->blocked && t->lock_address && lock_layout__on_stack(t->kind, form_of(t));
}

void lock_objects__find(struct locks *locks, struct targets *targets, struct sample *s,
			const struct pass *pass)
{
	struct search search = {0};
	uint64_t *found = HEAP_NEW(uint64_t, s->thread_count + 1);

	/* Twice: waiters in the middle of a list depend on those at its ends. */
	for (size_t i = 0; i < 2 * s->thread_count; i++) {
		size_t at = i % s->thread_count;
		const struct sample_thread *t = &s->threads[at];

		if (found[at] || !waits_elsewhere(t))
			continue;
		search.target = targets__named(targets, t->pid);
		if (search.target)
			found[at] = find_object(&search, t, &pass->threads[at]);
	}
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		uint64_t values[THREAD_VALUES];

		if (waits_elsewhere(t)) {
			enum lock_form form = form_of(t);

			t->lock_address = found[i];
			if (found[i])
				locks__learn(locks, t->pid, found[i], t->kind,
					     form == FORM_PARKING_LOT ? form : FORM_UNKNOWN);
		} else if (t->blocked && t->lock_address && t->kind == WAIT_CONDVAR) {
			search.target = targets__get(targets, t->pid);
			if (search.target)
				locks__hint(locks, t->pid, t->lock_address, values,
					    thread__values(search.target, &pass->threads[i], values));
		}
	}
	free(found);
	free(search.found);
}

void lock_objects__place(struct locks *locks, struct targets *targets, const struct sample *s,
			 const struct pass *pass)
{
	struct search search = {0};

	/* Twice, as above. */
	for (size_t i = 0; i < 2 * s->thread_count; i++) {
		size_t at = i < s->thread_count ? i : i - s->thread_count;
		const struct sample_thread *t = &s->threads[at];
		const struct pass_thread *p = &pass->threads[at];
		uint64_t address;

		if (!t->steady || !waits_elsewhere(t) ||
		    locks__placed(locks, t->pid, t->lock_address, p->t.switches))
			continue;
		search.target = targets__named(targets, t->pid);
		address = search.target ? find_object(&search, t, p) : 0;
		if (address || i >= s->thread_count)
			locks__place(locks, t->pid, t->lock_address, address, p->t.switches);
	}
	free(search.found);
}
