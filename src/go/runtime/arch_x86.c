/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows a function's code along every way, as Go's compiler writes it. Mutex.Lock is a compare-and-exchange
 * of 0 by 1 in the lock's word, with a call of the slow part where that fails; Unlock takes 1 off it;
 * RWMutex.RLock and RUnlock add 1 and -1 to the word of the readers (sync/mutex.go, sync/rwmutex.go).
 */
#include <stdlib.h>
#include <string.h>

#include "go/runtime/locking.h"
#include "go/runtime/x86_values.h"
#include "util/array.h"
#include "util/heap.h"

#define BLOCKS_MAX   4096
#define READER_COUNT 16 /* offset of the number of readers in an RWMutex */

/* What may be the case at a place: a set of these. 0: no way leads there. */
enum held {
	NOT_HELD = 1,
	HELD = 2,
	TRIED = 4,      /* behind the quick part: held, except in the slow one */
	TRIED_HELD = 8, /* the same of one that was held before */
	RELEASED = 16,  /* by this function */
};
#define FREE (NOT_HELD | RELEASED)

struct record {
	struct value lock;
	bool read;
	bool sure; /* its slow part is called, too, or Lock itself: no other compare-and-exchange */
	size_t at;
};

struct follower {
	const struct go_lock_code *c;
	size_t target;
	bool behind_call;
	int *block_at; /* by offset: index + 1; -1: a block begins there that was not reached */
	struct x86_values *blocks;
	size_t block_count, block_room;
	size_t *todo;
	size_t todo_count, todo_room;
	struct origins origins;
	struct record records[X86_RECORDS];
	size_t record_count;
	struct x86_values result;
	bool found, failed;
	size_t in_slow; /* the record whose slow part is called at the target; X86_RECORDS: none */
};

/* ---- locks -------------------------------------------------------------------------- */

static size_t record_of(struct follower *f, struct value lock, bool read, size_t at)
{
	if (lock.kind != VALUE_ADDRESS && lock.kind != VALUE_POINTER)
		return X86_RECORDS;
	for (size_t i = 0; i < f->record_count; i++)
		if (f->records[i].read == read && value__same(&f->records[i].lock, &lock))
			return i;
	if (f->record_count == X86_RECORDS)
		return X86_RECORDS;
	f->records[f->record_count] = (struct record){.lock = lock, .read = read, .at = at};
	return f->record_count++;
}

static void take_lock(struct follower *f, struct x86_values *s, size_t record, bool sure)
{
	if (record == X86_RECORDS)
		return;
	f->records[record].sure = f->records[record].sure || sure;
	s->held[record] = HELD;
}

static void try_lock(struct x86_values *s, size_t record)
{
	uint8_t held = record == X86_RECORDS ? 0 : s->held[record];

	if (held)
		s->held[record] = (uint8_t)((held & FREE ? TRIED : 0) | (held & ~FREE ? TRIED_HELD : 0));
}

static void release(struct x86_values *s, size_t record)
{
	if (record != X86_RECORDS)
		s->held[record] = RELEASED;
}

static void compare_exchange(struct follower *f, struct x86_values *s, const struct x86_insn *i, size_t at,
			     uint64_t next)
{
	const struct value *from = &s->regs[X86_RAX], *to = &s->regs[i->reg];

	if (i->wide || from->kind != VALUE_NUMBER || from->offset || to->kind != VALUE_NUMBER ||
	    to->offset != 1)
		return;
	try_lock(s, record_of(f, x86_values__operand(s, i, next), false, at));
}

static void exchange_add(struct follower *f, struct x86_values *s, const struct x86_insn *i, size_t at,
			 uint64_t next)
{
	struct value word = x86_values__operand(s, i, next), rw = word;
	const struct value *by = &s->regs[i->reg];

	if (i->wide || by->kind != VALUE_NUMBER)
		return;
	rw.offset = value__sum(rw.offset, -READER_COUNT);
	if ((int32_t)by->offset == -1) {
		release(s, record_of(f, word, false, at));
		release(s, record_of(f, rw, true, at));
	} else if ((int32_t)by->offset == 1) {
		try_lock(s, record_of(f, rw, true, at));
	}
}

static void call_of(struct follower *f, struct x86_values *s, uint64_t to, size_t at, bool is_target)
{
	const struct go_lock_call *call = NULL;
	struct value lock = s->regs[X86_RAX];
	bool read;
	size_t record;

	for (size_t i = 0; i < f->c->call_count && !call; i++)
		if (f->c->calls[i].to == to)
			call = &f->c->calls[i];
	if (!call)
		return;
	lock.offset = value__sum(lock.offset, call->offset);
	read = call->effect == GO_LOCK_RW
		       ? s->regs[X86_RBX].kind == VALUE_NUMBER && s->regs[X86_RBX].offset == 1
		       : call->read;
	record = record_of(f, lock, read, at);
	if (is_target && call->effect != GO_UNLOCK)
		f->in_slow = record;
	if (call->effect == GO_UNLOCK)
		release(s, record);
	else
		take_lock(f, s, record, true);
}

/* ---- ways --------------------------------------------------------------------------- */

static void go_to(struct follower *f, int64_t at, const struct x86_values *s)
{
	int *block;
	int met = 1;

	if (at < 0 || (size_t)at >= f->c->size)
		return;
	block = &f->block_at[at];
	if (*block <= 0) {
		f->failed = f->failed || f->block_count == BLOCKS_MAX;
		if (f->failed)
			return;
		*ARRAY_ADD(f->blocks, f->block_count, f->block_room) = *s;
		*block = (int)f->block_count;
	} else {
		met = x86_values__meet(&f->blocks[*block - 1], s);
	}
	f->failed = f->failed || met < 0;
	if (met > 0)
		*ARRAY_ADD(f->todo, f->todo_count, f->todo_room) = (size_t)at;
}

static bool is_target(const struct follower *f, size_t at, size_t next)
{
	return f->behind_call ? next == f->target : at == f->target;
}

static void apply(struct follower *f, struct x86_values *s, const struct x86_insn *i, size_t at, size_t next)
{
	uint64_t next_address = f->c->start + next;
	bool here = is_target(f, at, next), calls_any = !i->map && i->opcode == 0xff && (i->reg & 7) == 2;

	if (here) {
		f->found = true;
		f->result = *s;
		f->in_slow = X86_RECORDS;
	}
	if (x86_flow(i) == X86_CALL)
		call_of(f, s, next_address + (uint64_t)i->immediate, at, here);
	if (x86_flow(i) == X86_CALL || (calls_any && !i->vector)) {
		x86_values__call(s);
		return;
	}
	if (i->map == 1 && !i->vector && i->opcode == 0xb1)
		compare_exchange(f, s, i, at, next_address);
	if (i->map == 1 && !i->vector && i->opcode == 0xc1)
		exchange_add(f, s, i, at, next_address);
	f->failed = f->failed || !x86_values__apply(s, &f->origins, i, next_address);
}

static void follow(struct follower *f, size_t at)
{
	struct x86_values s = f->blocks[f->block_at[at] - 1];
	struct x86_insn i;
	enum x86_flow flow;
	size_t next;

	for (bool first = true; at < f->c->size && !f->failed; at = next, first = false) {
		if (!first && f->block_at[at]) { /* another way begins here, too */
			go_to(f, (int64_t)at, &s);
			return;
		}
		if (!x86_decode(f->c->code + at, f->c->size - at, &i)) {
			f->failed = true;
			return;
		}
		f->failed = f->failed || !*f->c->steps_left;
		*f->c->steps_left -= *f->c->steps_left != 0;
		next = at + i.length;
		apply(f, &s, &i, at, next);
		flow = x86_flow(&i);
		if (flow == X86_BRANCH || flow == X86_JUMP)
			go_to(f, (int64_t)next + i.immediate, &s);
		if (flow == X86_JUMP || flow == X86_ANYWHERE || flow == X86_NOWHERE)
			return;
	}
}

/* Where branches lead to, each a block. Go's code has nothing but instructions in it. */
static void mark_blocks(struct follower *f)
{
	struct x86_insn i;

	for (size_t at = 0; at < f->c->size; at += i.length) {
		enum x86_flow flow;
		int64_t to;

		if (!x86_decode(f->c->code + at, f->c->size - at, &i))
			return;
		flow = x86_flow(&i);
		if (flow != X86_BRANCH && flow != X86_JUMP)
			continue;
		to = (int64_t)(at + i.length) + i.immediate;
		if (to >= 0 && (size_t)to < f->c->size)
			f->block_at[to] = -1;
	}
}

static void follow_all(struct follower *f)
{
	struct x86_values entry;

	mark_blocks(f);
	x86_values__start(&entry, &f->origins);
	memset(entry.held, NOT_HELD, sizeof(entry.held));
	go_to(f, 0, &entry);
	while (f->todo_count && !f->failed)
		follow(f, f->todo[--f->todo_count]);
}

/* ---- the result --------------------------------------------------------------------- */

/* The slot that holds the pointer or what it comes from; false: none does any more. */
static bool locate(const struct follower *f, struct value lock, struct go_held *ret)
{
	const struct x86_values *s = &f->result;

	ret->offset = lock.offset;
	ret->deref_count = 0;
	ret->of_receiver = f->origins.list[lock.origin].kind == ORIGIN_ARGUMENT &&
			   f->origins.list[lock.origin].at == 0 && lock.offset >= 0;
	ret->member = lock.offset;
	for (;;) {
		const struct origin *o = &f->origins.list[lock.origin];

		for (size_t i = 0; i < s->slot_count; i++) {
			const struct value *v = &s->slots[i].value;

			if (v->kind != VALUE_POINTER || v->origin != lock.origin)
				continue;
			ret->from = GO_HELD_SLOT;
			ret->base = s->slots[i].key + s->depth;
			if (ret->deref_count)
				ret->derefs[ret->deref_count - 1] -= v->offset;
			else
				ret->offset -= v->offset;
			return true;
		}
		if (o->kind == ORIGIN_WORD) {
			ret->from = GO_HELD_WORD;
			ret->base = o->at;
			return true;
		}
		if (o->kind != ORIGIN_FIELD || ret->deref_count == GO_DEREFS_MAX)
			return false;
		ret->derefs[ret->deref_count++] = o->at;
		lock.origin = o->from;
	}
}

/* On every way to the place it was locked and not unlocked; or unlocked, and not locked again. */
static bool is_known(const struct follower *f, size_t record, bool *ret_released)
{
	uint8_t held = f->result.held[record];

	*ret_released = held == RELEASED || (f->in_slow == record && held && !(held & (HELD | TRIED_HELD)));
	if (*ret_released)
		return true;
	if (!f->records[record].sure || !held)
		return false;
	return f->in_slow == record ? !(held & (FREE | TRIED)) : !(held & FREE);
}

static size_t results(const struct follower *f, struct go_held *list)
{
	size_t count = 0;

	for (size_t i = 0; i < f->record_count; i++) {
		const struct record *r = &f->records[i];
		struct go_held *h = &list[count];

		bool released;

		if (!is_known(f, i, &released))
			continue;
		*h = (struct go_held){.read = r->read, .released = released, .locked_at = r->at};
		if (r->lock.kind == VALUE_ADDRESS) {
			h->from = GO_HELD_ADDRESS;
			h->base = r->lock.offset;
			count++;
		} else if (locate(f, r->lock, h)) {
			count++;
		}
	}
	return count;
}

size_t go_locking__held(const struct go_lock_code *c, size_t at, bool behind_call, struct go_held *list)
{
	struct follower f = {.c = c, .target = at, .behind_call = behind_call, .in_slow = X86_RECORDS};
	size_t count;

	f.block_at = HEAP_NEW(int, c->size + 1);
	follow_all(&f);
	count = f.found && !f.failed ? results(&f, list) : 0;
	free(f.block_at);
	free(f.blocks);
	free(f.todo);
	return count;
}
