// SPDX-License-Identifier: GPL-2.0-or-later
/* The threads of the virtual machine, and its GVLs. */
#include <errno.h>
#include <stdlib.h>

#include "ruby/runtime/reader.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define THREADS_MAX 65536u
#define PID_LIMIT   (1 << 22)

struct raw_thread {
	uint8_t bytes[THREAD_BYTES];
};

/*
 * Threads are a chain, but mostly the same as in the last look: those are read in one request, which was made
 * before. A new one is read when the chain comes to it.
 */
struct threads {
	struct raw_thread *list;
	bool *valid;
	size_t known;
	struct u64_table by_address; /* size_t: index in list */
	struct ruby_thread *found;
	struct raw_thread *raw; /* of found */
	size_t count, room;
};

static void read_known(const struct ruby *r, struct threads *t)
{
	struct memory_piece *pieces = HEAP_NEW(struct memory_piece, r->known_count + 1);
	bool made;

	t->list = HEAP_NEW(struct raw_thread, r->known_count + 1);
	t->valid = HEAP_NEW(bool, r->known_count + 1);
	t->known = r->known_count;
	for (size_t i = 0; i < t->known; i++) {
		pieces[i] = (struct memory_piece){r->known[i], t->list[i].bytes, THREAD_BYTES, 0};
		*(size_t *)u64_table__get(&t->by_address, sizeof(size_t), r->known[i], &made) = i;
	}
	ruby__read_many(r, pieces, t->known);
	for (size_t i = 0; i < t->known; i++)
		t->valid[i] = ruby__whole(&pieces[i]);
	free(pieces);
}

static void free_threads(struct threads *t)
{
	u64_table__free(&t->by_address);
	free(t->list);
	free(t->valid);
	free(t->found);
	free(t->raw);
}

static bool read_thread(const struct ruby *r, const struct threads *t, uint64_t address,
			struct raw_thread *ret)
{
	const size_t *known = u64_table__find(&t->by_address, sizeof(*known), address);

	if (known && t->valid[*known]) {
		*ret = t->list[*known];
		return true;
	}
	return !(address & 7) && ruby__read(r, address, ret->bytes, THREAD_BYTES);
}

static pid_t plausible(uint32_t tid)
{
	return tid > 0 && tid <= PID_LIMIT ? (pid_t)tid : 0;
}

static void keep(struct threads *t, uint64_t address, uint64_t ractor, const struct raw_thread *raw)
{
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->found = heap__resize(t->found, t->room, sizeof(*t->found));
		t->raw = heap__resize(t->raw, t->room, sizeof(*t->raw));
	}
	t->raw[t->count] = *raw;
	t->found[t->count++] = (struct ruby_thread){.address = address,
						    .ractor = ractor,
						    .own_tid = plausible(raw_u32(raw->bytes, THREAD_TID)),
						    .name = raw_u64(raw->bytes, THREAD_NAME),
						    .mutex = raw_u64(raw->bytes, THREAD_LOCKING_MUTEX)};
}

/* The chain from the list's head on: as long as all that is in it is of this machine and Ractor. */
static void read_threads(const struct ruby *r, struct threads *t, uint64_t vm, uint64_t ractor,
			 const uint8_t *raw_ractor)
{
	uint64_t head = ractor + RACTOR_THREADS, address = raw_u64(raw_ractor, RACTOR_THREADS);
	struct raw_thread raw;

	while (address != head && t->count < THREADS_MAX && read_thread(r, t, address, &raw) &&
	       raw_u64(raw.bytes, THREAD_VM) == vm && raw_u64(raw.bytes, THREAD_RACTOR) == ractor) {
		keep(t, address, ractor, &raw);
		address = raw_u64(raw.bytes, 0);
	}
}

/* ---- the GVL ---- */

/* Numbers the threads in the queue, first comes first; NULL: the chain has another node. */
static void number_queue(struct threads *t, size_t first, const uint8_t *raw_ractor, uint64_t ractor)
{
	uint64_t head = ractor + RACTOR_GVL + GVL_WAITQ, node = raw_u64(raw_ractor, RACTOR_GVL + GVL_WAITQ);
	struct u64_table by_node = {0}; /* size_t: index in found */
	bool made;

	for (size_t i = first; i < t->count; i++)
		*(size_t *)u64_table__get(&by_node, sizeof(size_t), t->found[i].address + THREAD_QUEUE_NODE,
					  &made) = i;
	for (size_t place = 1; node != head && place <= t->count - first; place++) {
		const size_t *at = u64_table__find(&by_node, sizeof(*at), node);

		if (!at || t->found[*at].queued)
			break;
		t->found[*at].queued = place;
		node = raw_u64(t->raw[*at].bytes, THREAD_QUEUE_NODE);
	}
	u64_table__free(&by_node);
}

static void read_ractors(const struct ruby *r, uint64_t vm, const uint8_t *raw_vm, struct threads *t,
			 struct ruby_look *l)
{
	uint64_t head = vm + VM_RACTORS, node = raw_u64(raw_vm, VM_RACTORS);

	while (node != head && l->gvl_count < RUBY_RACTORS) {
		uint64_t ractor = node - RACTOR_NODE, gvl = ractor + RACTOR_GVL;
		size_t first = t->count;
		uint8_t raw[RACTOR_BYTES + 8];

		if (ractor & 7 || !ruby__read(r, ractor, raw, sizeof(raw)))
			break;
		read_threads(r, t, vm, ractor, raw);
		number_queue(t, first, raw, ractor);
		l->gvls[l->gvl_count++] = (struct ruby_gvl){.ractor = ractor,
							    .address = gvl,
							    .owner = raw_u64(raw, RACTOR_GVL + GVL_OWNER),
							    .yields = gvl + GVL_SWITCH_COND,
							    .end = gvl + GVL_NEED_YIELD};
		node = raw_u64(raw, RACTOR_NODE);
	}
}

/* ---- what is in other structures ---- */

struct beside {
	uint8_t (*ecs)[EC_BYTES];
	uint32_t *tids;
};

static void read_beside(const struct ruby *r, const struct threads *t, struct beside *b,
			struct memory_piece *pieces)
{
	for (size_t i = 0; i < t->count; i++) {
		const uint8_t *raw = t->raw[i].bytes;

		pieces[2 * i] = (struct memory_piece){raw_u64(raw, THREAD_EC), b->ecs[i], EC_BYTES, 0};
		pieces[2 * i + 1] = (struct memory_piece){raw_u64(raw, THREAD_PTHREAD) + GLIBC_TID,
							  &b->tids[i], sizeof(*b->tids), 0};
	}
	ruby__read_many(r, pieces, 2 * t->count);
}

/* Keeps the threads whose execution context says that it is theirs. Without a context it has ended, or not
 * begun. */
static void check_beside(struct threads *t, struct beside *b, const struct memory_piece *pieces)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		uint64_t ec = pieces[2 * i].address;

		if (!ruby__whole(&pieces[2 * i]) || raw_u64(b->ecs[i], EC_THREAD) != t->found[i].address ||
		    raw_u64(b->ecs[i], EC_FIBER) + FIBER_EC != ec)
			continue;
		if (ruby__whole(&pieces[2 * i + 1]))
			t->found[i].libc_tid = plausible(b->tids[i]);
		t->found[kept] = t->found[i];
		memmove(b->ecs[kept++], b->ecs[i], EC_BYTES);
	}
	t->count = kept;
}

static void complete(const struct ruby *r, struct arena *a, struct threads *t)
{
	struct memory_piece *pieces = HEAP_NEW(struct memory_piece, 2 * t->count + 1);
	struct beside b = {heap__array(t->count + 1, EC_BYTES), HEAP_NEW(uint32_t, t->count + 1)};

	read_beside(r, t, &b, pieces);
	check_beside(t, &b, pieces);
	ruby__read_mutexes(r, t->found, t->count);
	ruby__read_frames(r, a, t->found, (const uint8_t(*)[EC_BYTES])b.ecs, t->count);
	free(b.tids);
	free(b.ecs);
	free(pieces);
}

/* ---- the look ---- */

static void keep_known(struct ruby *r, const struct ruby_look *l)
{
	free(r->known);
	r->known = HEAP_NEW(uint64_t, l->count + 1);
	r->known_count = l->count;
	for (size_t i = 0; i < l->count; i++)
		r->known[i] = l->threads[i].address;
}

int ruby__look(struct ruby *r, struct arena *a, struct ruby_look *ret)
{
	struct ruby_look l = {0};
	struct threads t = {0};
	uint8_t raw_vm[VM_BYTES];
	uint64_t vm;

	if (!ruby__read(r, r->vm_pointer, &vm, sizeof(vm)) || vm & 7 ||
	    !ruby__read(r, vm, raw_vm, sizeof(raw_vm)))
		return -EFAULT;
	read_known(r, &t);
	read_ractors(r, vm, raw_vm, &t, &l);
	complete(r, a, &t);
	l.threads = arena__copy(a, t.found, t.count * sizeof(*t.found));
	l.count = t.count;
	free_threads(&t);
	if (!l.count)
		return -EFAULT;
	keep_known(r, &l);
	*ret = l;
	return 0;
}

const struct ruby_thread *ruby_look__find(const struct ruby_look *l, pid_t ns_tid)
{
	for (size_t i = 0; i < l->count && ns_tid > 0; i++)
		if (l->threads[i].libc_tid == ns_tid)
			return &l->threads[i];
	for (size_t i = 0; i < l->count && ns_tid > 0; i++)
		if (!l->threads[i].libc_tid && l->threads[i].own_tid == ns_tid)
			return &l->threads[i];
	return NULL;
}

const struct ruby_thread *ruby_look__by_address(const struct ruby_look *l, uint64_t address)
{
	for (size_t i = 0; i < l->count && address; i++)
		if (l->threads[i].address == address)
			return &l->threads[i];
	return NULL;
}

const struct ruby_gvl *ruby_look__gvl(const struct ruby_look *l, uint64_t ractor)
{
	for (size_t i = 0; i < l->gvl_count; i++)
		if (l->gvls[i].ractor == ractor)
			return &l->gvls[i];
	return NULL;
}

bool ruby_thread__sleeps_on(const struct ruby_thread *t, uint64_t word)
{
	return word - t->address >= THREAD_COND && word - t->address < THREAD_COND_END;
}
