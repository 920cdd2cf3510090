// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_locks.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "go/runtime/holders.h"
#include "go/runtime/lock_waits.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define LOCKS_MAX 65536 /* that are counted */
#define WATCHED   4     /* waiters of a lock, the last that were read, that are looked at again */
#define LOOK_NS   10000000

/* Of a stack, which many share. */
struct stack_wait {
	bool waits;
	struct go_lock_wait wait;
};

struct waiter {
	uint64_t address, goid;
	uint8_t tracking_seq;
};

struct lock {
	struct go_lock row;
	struct waiter watched[WATCHED];
	uint64_t last_ns; /* when the last of these was read */
	uint64_t pc;      /* in the function that most call Lock in, by a majority vote */
	uint64_t votes;
};

struct candidate {
	size_t lock;
	uint64_t address, goid;
	uint8_t tracking_seq;
	struct go_holder holder;
	bool of_receiver; /* member: its offset in the receiver of the function at pc */
	uint64_t member, pc;
};

struct go_locks {
	struct goroutines *r;
	struct u64_table
		stacks; /* of struct stack_wait, by the stack's address and a bit of the semaphore's */
	struct u64_table locks; /* of size_t, index + 1, by address */
	struct lock *list;
	size_t count, room;
	/* during the search for holders */
	struct go_naming *naming;
	struct candidate *found;
	size_t found_count, found_room;
};

struct go_locks *go_locks__new(struct goroutines *r)
{
	struct go_locks *l = HEAP_NEW(struct go_locks, 1);

	l->r = r;
	return l;
}

void go_locks__free(struct go_locks *l)
{
	if (!l)
		return;
	u64_table__free(&l->stacks);
	u64_table__free(&l->locks);
	free(l->list);
	free(l->found);
	free(l);
}

/* ---- waiters ------------------------------------------------------------------------ */

/* NULL: it waits for none of these. */
static const struct go_lock_wait *wait_of(struct go_locks *l, const struct goroutine *go,
					  const struct go_wait *w)
{
	struct stack_wait *known;
	bool made;

	if (w->target != GO_TARGET_SEMAPHORE || !w->address || !go->stack->count)
		return NULL;
	known = u64_table__get(&l->stacks, sizeof(*known),
			       (uint64_t)(uintptr_t)go->stack + (w->address & 4) / 4, &made);
	if (made)
		known->waits = goroutines__lock_wait(l->r, go->stack, w->address, &known->wait);
	return known->waits ? &known->wait : NULL;
}

static struct lock *lock_at(struct go_locks *l, uint64_t address, enum go_lock_kind kind)
{
	bool made;
	size_t *index;

	if (l->count == LOCKS_MAX)
		return NULL;
	index = u64_table__get(&l->locks, sizeof(*index), address, &made);
	if (made) {
		*ARRAY_ADD(l->list, l->count, l->room) =
			(struct lock){.row = {.address = address, .kind = kind}};
		*index = l->count;
	}
	return &l->list[*index - 1];
}

/* The place of the majority, if there is one. */
static void vote(struct lock *lock, uint64_t pc)
{
	if (lock->pc == pc) {
		lock->votes++;
	} else if (lock->votes) {
		lock->votes--;
	} else {
		lock->pc = pc;
		lock->votes = 1;
	}
}

void go_locks__add(struct go_locks *l, const struct goroutine *go, const struct go_row *row)
{
	const struct go_lock_wait *w = wait_of(l, go, &row->wait);
	struct lock *lock = w ? lock_at(l, row->wait.address - (uint64_t)w->offset, w->kind) : NULL;
	struct go_lock *r;

	if (!lock)
		return;
	r = &lock->row;
	lock->watched[r->waiters % WATCHED] = (struct waiter){go->address, go->goid, go->tracking_seq};
	lock->last_ns = monotonic_ns();
	vote(lock, w->pc);
	if (w->kind == GO_LOCK_RWMUTEX)
		r->kind = GO_LOCK_RWMUTEX;
	r->waiters++;
	r->readers += w->read;
	if (r->goid_count < GROUP_GOIDS)
		r->goids[r->goid_count++] = go->goid;
	r->wait_known = r->wait_known || row->wait_known;
	if (row->wait_known && row->wait_ns > r->wait_max_ns)
		r->wait_max_ns = row->wait_ns;
	if ((row->wait_least || row->wait_exact) && row->wait_ns > r->wait_sure_ns)
		r->wait_sure_ns = row->wait_ns;
}

bool go_locks__any(const struct go_locks *l)
{
	return l->count > 0;
}

/* ---- holders ------------------------------------------------------------------------ */

static uint64_t waits_for(struct go_locks *l, const struct goroutine *go)
{
	const struct go_lock_wait *w = wait_of(l, go, &go->wait);

	return w && w->kind != GO_LOCK_WAIT_GROUP ? go->wait.address - (uint64_t)w->offset : 0;
}

static int take_holder(const struct goroutine *go, const struct goroutine_holder *found, void *arg)
{
	struct go_locks *l = arg;
	struct candidate *c = ARRAY_ADD(l->found, l->found_count, l->found_room);
	struct frame at;

	*c = (struct candidate){.lock = found->lock,
				.address = go->address,
				.goid = go->goid,
				.tracking_seq = go->tracking_seq,
				.of_receiver = found->of_receiver,
				.member = found->member,
				.pc = found->pc,
				.holder = {.who = go_reader__of(l->naming, go, found->pc),
					   .read = found->read,
					   .waits_for = waits_for(l, go)}};
	if (goroutines__code(l->r, found->locked_pc, false, &at))
		c->holder.locked_at = frame__copy(l->naming->a, &at);
	return l->found_count >= GO_LOCKS_MAX * GO_LOCKS_MAX;
}

static bool shows(const struct go_lock *row, const struct go_holder *h, bool some_stay)
{
	if (row->state_known && !row->locked)
		return false; /* it is being handed on */
	if (some_stay && !h->stays)
		return false;
	if (row->kind == GO_LOCK_FILE) /* two locks in one: that which they wait for */
		return h->read == (row->readers * 2 > row->waiters);
	if (row->kind == GO_LOCK_RWMUTEX && row->state_known && h->read)
		return row->active_readers > 0;
	return true;
}

/* By the type of what the holder's function is a method of. */
static void name_member(struct go_locks *l, const struct candidate *c, struct go_lock *row)
{
	char name[512];
	struct frame f;

	if (!row->name && c->of_receiver && l->naming->symbolizer &&
	    goroutines__code(l->r, c->pc, true, &f) && f.function &&
	    symbolizer__go_receiver(l->naming->symbolizer, c->pc, f.function, c->member, name, sizeof(name)))
		row->name = arena__string(l->naming->a, name);
}

static void add_holders(struct go_locks *l, size_t lock, struct go_lock *row)
{
	bool some_stay = false;

	for (size_t i = 0; i < l->found_count; i++)
		some_stay = some_stay || (l->found[i].lock == lock && l->found[i].holder.stays);
	for (size_t i = 0; i < l->found_count; i++) {
		const struct candidate *c = &l->found[i];

		if (c->lock == lock)
			name_member(l, c, row);
		if (c->lock != lock || !shows(row, &c->holder, some_stay))
			continue;
		if (row->holder_count < LOCK_HOLDERS)
			row->holders[row->holder_count++] = c->holder;
		else
			row->holders_more++;
	}
}

/* Wait groups have no holder. */
static void search(struct go_locks *l, const struct go_lock *rows, size_t count)
{
	uint64_t addresses[GO_LOCKS_MAX] = {0};
	size_t places[GO_LOCKS_MAX] = {0}, locks = 0;

	for (size_t i = 0; i < count; i++)
		if (rows[i].kind != GO_LOCK_WAIT_GROUP) {
			places[locks] = i;
			addresses[locks++] = rows[i].address;
		}
	if (locks)
		goroutines__holders(l->r, addresses, locks, take_holder, l);
	for (size_t i = 0; i < l->found_count; i++)
		l->found[i].lock = places[l->found[i].lock];
}

/*
 * The runtime does not say since when they wait. Of a lock that is only busy, other goroutines wait a moment
 * later. Two must be the same, as their counts of runs are modulo 256.
 */
static void watch(const struct go_locks *l, struct go_lock *rows, size_t count)
{
	uint64_t now_ns = monotonic_ns(), since_ns = 0;

	for (size_t i = 0; i < count; i++)
		if (rows[i].kind != GO_LOCK_WAIT_GROUP && rows[i].wait_sure_ns < LOOK_NS &&
		    l->list[i].last_ns > since_ns)
			since_ns = l->list[i].last_ns;
	if (!since_ns)
		return;
	if (now_ns < since_ns + LOOK_NS)
		nanosleep(&(struct timespec){.tv_nsec = (long)(since_ns + LOOK_NS - now_ns)}, NULL);
	now_ns = monotonic_ns();
	for (size_t i = 0; i < count; i++) {
		size_t watched = rows[i].waiters < WATCHED ? rows[i].waiters : WATCHED, same = 0;

		for (size_t k = 0; k < watched; k++)
			same += goroutines__stays(l->r, l->list[i].watched[k].address,
						  l->list[i].watched[k].goid,
						  l->list[i].watched[k].tracking_seq);
		if (same && (same > 1 || watched == 1) && now_ns - l->list[i].last_ns > rows[i].wait_sure_ns)
			rows[i].wait_sure_ns = now_ns - l->list[i].last_ns;
	}
}

static void find_holders(struct go_locks *l, struct go_lock *rows, size_t count)
{
	struct go_lock_state state;

	search(l, rows, count);
	watch(l, rows, count);
	for (size_t i = 0; i < count; i++) {
		rows[i].state_known = goroutines__lock_state(l->r, rows[i].kind, rows[i].address, &state);
		if (!rows[i].state_known)
			continue;
		rows[i].locked = state.locked;
		rows[i].active_readers = state.active_readers;
		rows[i].counter = state.counter;
	}
	for (size_t i = 0; i < l->found_count; i++) {
		struct candidate *c = &l->found[i];

		c->holder.stays = goroutines__stays(l->r, c->address, c->goid, c->tracking_seq);
	}
	for (size_t i = 0; i < count; i++)
		add_holders(l, i, &rows[i]);
}

/* ---- the report --------------------------------------------------------------------- */

static void name_lock(struct go_naming *n, const struct lock *lock, struct go_lock *row)
{
	char name[512];
	struct frame f;

	if (n->symbolizer && symbolizer__go_variable(n->symbolizer, row->address, name, sizeof(name)))
		row->name = arena__string(n->a, name);
	else if (n->symbolizer && !symbolizer__data(n->symbolizer, row->address, &f) && f.function)
		row->name =
			f.offset ? arena__format(n->a, "%s+0x%llx", f.function, (unsigned long long)f.offset)
				 : arena__string(n->a, f.function);
	if (lock->pc && goroutines__code(n->r, lock->pc, true, &f) && f.function)
		row->function = arena__string(n->a, f.function);
}

static int by_waiters(const void *a, const void *b)
{
	const struct lock *x = a, *y = b;

	if (x->row.waiters != y->row.waiters)
		return x->row.waiters > y->row.waiters ? -1 : 1;
	return x->row.address < y->row.address ? -1 : x->row.address > y->row.address;
}

void go_locks__find(struct go_locks *l, struct go_naming *n, struct go_reading *report)
{
	size_t count = l->count > GO_LOCKS_MAX ? GO_LOCKS_MAX : l->count;
	struct go_lock *rows;

	if (!l->count)
		return;
	qsort(l->list, l->count, sizeof(*l->list), by_waiters);
	rows = ARENA_NEW(n->a, struct go_lock, count);
	l->naming = n;
	for (size_t i = 0; i < count; i++) {
		rows[i] = l->list[i].row;
		name_lock(n, &l->list[i], &rows[i]);
	}
	find_holders(l, rows, count);
	report->locks = rows;
	report->lock_count = count;
	report->locks_more = l->count - count;
}
