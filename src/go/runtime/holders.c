/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/holders.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "go/runtime/batch.h"
#include "go/runtime/locked_places.h"
#include "util/array.h"
#include "util/heap.h"
#include "util/text.h"

#define READS_MAX 65536 /* words of memory: a bound on the work for unusual programs */
/* As for receivers: a goroutine that runs has no stack, and one that makes short calls soon stands in one. */
#define RUNNING_TRIES 100
#define RUNNING_MAX   256
#define TRY_NS        100000

struct go_holders {
	const uint64_t *locks;
	size_t count;
	goroutine_holder_fn fn;
	void *arg;
	int answer;
	size_t reads;
	bool settled[GO_HOLDERS_LOCKS]; /* of the current goroutine: a frame further in has said */
	bool found[GO_HOLDERS_LOCKS];
	struct go_listed *running;
	size_t running_count, running_room;
};

/* A word of the goroutine's stack, or of any memory. */
static bool word_at(struct goroutines *r, const struct go_batch *b, const struct go_slot *s, uint64_t address,
		    uint64_t *ret)
{
	struct go_holders *h = r->holders;

	if (address >= s->stack_base && s->stack_len >= 8 && address - s->stack_base <= s->stack_len - 8) {
		memcpy(ret, b->buffer + s->stack_at + (address - s->stack_base), sizeof(*ret));
		return true;
	}
	return h->reads++ < READS_MAX && go_memory__u64(&r->memory, address, ret);
}

static bool address_of(struct goroutines *r, const struct go_batch *b, const struct go_slot *s,
		       const struct go_held *held, uint64_t sp, uint64_t *ret)
{
	uint64_t at = (uint64_t)held->base;

	if (held->from == GO_HELD_ADDRESS) {
		*ret = at;
		return true;
	}
	if (!word_at(r, b, s, held->from == GO_HELD_SLOT ? sp + at : at, &at))
		return false;
	for (size_t i = held->deref_count; i-- > 0;)
		if (!word_at(r, b, s, at + (uint64_t)held->derefs[i], &at))
			return false;
	*ret = at + (uint64_t)held->offset;
	return true;
}

static void take(struct goroutines *r, const struct go_slot *s, const struct go_held *held, uint64_t address,
		 uint64_t pc, bool is_return)
{
	struct go_holders *h = r->holders;

	for (size_t k = 0; k < h->count && !h->answer; k++) {
		const struct goroutine_holder holder = {.lock = k,
							.read = held->read,
							.pc = pc,
							.is_return = is_return,
							.locked_pc = held->locked_at,
							.of_receiver = held->of_receiver,
							.member = (uint64_t)held->member};

		if (h->locks[k] != address || h->settled[k])
			continue;
		h->settled[k] = true;
		if (held->released)
			continue;
		h->found[k] = true;
		h->answer = h->fn(&s->g, &holder, h->arg);
	}
}

/* The methods of the locks themselves, which have only a part of it while they wait. */
static bool is_lock(struct goroutines *r, uint64_t pc)
{
	const struct go_code *c = go_names__code(r->names, pc, false, true);
	const char *name = c->frame_count ? c->frames[c->frame_count - 1].function : "";

	return starts_with(name, "sync.(*Mutex)") || starts_with(name, "sync.(*RWMutex)") ||
	       starts_with(name, "internal/sync.(*Mutex)") || starts_with(name, "internal/poll.(*fdMutex)");
}

/* It has unlocked its lock, behind an interface, until it is woken. */
static bool is_condition(struct goroutines *r, uint64_t pc)
{
	const struct go_code *c = go_names__code(r->names, pc, false, true);

	for (uint32_t i = 0; i < c->frame_count; i++)
		if (!strcmp(c->frames[i].function, "sync.(*Cond).Wait"))
			return true;
	return false;
}

void go_holders__look(struct goroutines *r, struct go_batch *b, const struct go_slot *s)
{
	struct go_holders *h = r->holders;
	bool injected = false;
	enum stack_end end;
	struct go_walk walk;
	uint32_t count;

	go_slot__walk(r, b, s, &walk);
	count = go_unwind(r, &walk, b->pcs, b->sps, &end);
	memset(h->settled, 0, sizeof(h->settled));
	for (uint32_t i = 0; i < count && !h->answer; i++) {
		const struct go_code *c = go_names__code(r->names, b->pcs[i], injected, false);
		bool is_return = i && !injected, runtime = c->is_runtime;
		const struct go_held *list;
		size_t held;

		injected = go_code__injects(r, c);
		if (runtime || is_lock(r, b->pcs[i]))
			continue;
		if (is_condition(r, b->pcs[i]))
			return;
		held = go_locking__at(r, r->locking, b->pcs[i], is_return, &list);
		for (size_t k = 0; k < held; k++) {
			uint64_t address;

			if (address_of(r, b, s, &list[k], b->sps[i], &address))
				take(r, s, &list[k], address, b->pcs[i], is_return);
		}
	}
}

static int answer(const struct goroutine *g, void *arg)
{
	struct go_holders *h = arg;

	if (!g->system && (g->stack->end == STACK_RUNNING || g->moved) && h->running_count < RUNNING_MAX)
		*ARRAY_ADD(h->running, h->running_count, h->running_room) =
			(struct go_listed){g->index, g->address};
	return h->answer;
}

static bool all_found(const struct go_holders *h)
{
	for (size_t k = 0; k < h->count; k++)
		if (!h->found[k])
			return false;
	return true;
}

static int look_again(struct goroutines *r, struct go_holders *h)
{
	struct go_listed *list;
	size_t count;
	int err = 0;

	for (int i = 0; i < RUNNING_TRIES && !err && h->running_count && !all_found(h); i++) {
		nanosleep(&(struct timespec){.tv_nsec = TRY_NS}, NULL);
		list = h->running;
		count = h->running_count;
		h->running = NULL;
		h->running_count = h->running_room = 0;
		err = goroutines__read_some(r, list, count, GOROUTINES_FDS, answer, h);
		free(list);
	}
	return err;
}

int goroutines__holders(struct goroutines *r, const uint64_t *locks, size_t count, goroutine_holder_fn fn,
			void *arg)
{
	struct go_holders *h;
	int err;

	if (r->layout.arm64 || !r->layout.processor->search)
		return -ENODATA;
	h = HEAP_NEW(struct go_holders, 1);
	h->locks = locks;
	h->count = count < GO_HOLDERS_LOCKS ? count : GO_HOLDERS_LOCKS;
	h->fn = fn;
	h->arg = arg;
	if (!r->locking)
		r->locking = go_locking__new(r);
	r->holders = h;
	err = goroutines__read(r, GOROUTINES_FDS, answer, h, NULL);
	if (!err)
		err = look_again(r, h);
	r->holders = NULL;
	free(h->running);
	free(h);
	return err;
}
