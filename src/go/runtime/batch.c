/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/runtime/batch.h"
#include "go/runtime/details.h"
#include "go/runtime/holders.h"
#include "go/runtime/leaks.h"
#include "go/runtime/receivers.h"

#include <errno.h>
#include <stdlib.h>

#include "util/heap.h"

#define BUFFER_BYTES (2u << 20)
#define STACK_BYTES  (1u << 20) /* of one stack, innermost first; deeper frames are truncated */
#define TRIES        6
/* For all stacks of one reading; beyond that, only the innermost part of each further stack is read. Only a
 * hostile program claims to use more, and reading it would take hours. */
#define STACKS_BYTES (16ull << 30)
#define SHORT_BYTES  4096

struct go_batch *go_batch__new(void)
{
	struct go_batch *b = HEAP_NEW(struct go_batch, 1);

	b->pieces = HEAP_NEW(struct memory_piece, GO_PIECES);
	b->buffer = heap__alloc(BUFFER_BYTES);
	b->again = heap__alloc((size_t)GO_BATCH * GO_AGAIN_BYTES);
	return b;
}

void go_batch__free(struct go_batch *b)
{
	if (!b)
		return;
	arena__free(&b->labels);
	go_semaphores__free(b->semaphores);
	free(b->pieces);
	free(b->buffer);
	free(b->again);
	free(b);
}

void go_batch__want(struct go_batch *b, uint64_t address, void *buf, size_t len)
{
	if (b->piece_count < GO_PIECES)
		b->pieces[b->piece_count++] =
			(struct memory_piece){.address = address, .buf = buf, .len = len};
}

void go_batch__fetch(struct goroutines *r, struct go_batch *b)
{
	for (size_t i = 0; i < b->piece_count; i++)
		b->pieces[i].got = 0;
	if (b->piece_count)
		r->memory.read_many(r->memory.arg, b->pieces, b->piece_count);
	b->piece_count = 0;
}

/* ---- one g -------------------------------------------------------------------------- */

/* The fields that do not change while a goroutine does not run. */
static bool same(const struct goroutines *r, const uint8_t *a, const uint8_t *b)
{
	const int32_t *off = r->layout.off;
	int32_t sched = off[GO_g_sched];

	return go_slot__status(r, a) == go_slot__status(r, b) &&
	       raw_u64(a, off[GO_g_stack]) == raw_u64(b, off[GO_g_stack]) &&
	       raw_u64(a, off[GO_g_stack] + 8) == raw_u64(b, off[GO_g_stack] + 8) &&
	       raw_u64(a, sched + off[GO_gobuf_sp]) == raw_u64(b, sched + off[GO_gobuf_sp]) &&
	       raw_u64(a, sched + off[GO_gobuf_pc]) == raw_u64(b, sched + off[GO_gobuf_pc]) &&
	       raw_u64(a, off[GO_g_syscallsp]) == raw_u64(b, off[GO_g_syscallsp]) &&
	       raw_u64(a, off[GO_g_goid]) == raw_u64(b, off[GO_g_goid]) &&
	       a[off[GO_g_trackingSeq]] == b[off[GO_g_trackingSeq]];
}

static bool is_stable(uint32_t status)
{
	return status == GOROUTINE_RUNNABLE || status == GOROUTINE_SYSCALL || status == GOROUTINE_PREEMPTED ||
	       go_status__waits(status);
}

static bool is_gone(uint32_t status)
{
	return status == GOROUTINE_IDLE || status == GOROUTINE_DEAD || status == 5 || status == 7 ||
	       status > GOROUTINE_LEAKED;
}

static const char *state(struct goroutines *r, const uint8_t *g)
{
	static const char *const names[] = {"idle",      "runnable",  "running", "syscall",
					    "waiting",   "moribund",  "dead",    "enqueue",
					    "copystack", "preempted", "leaked"};
	uint32_t status = go_slot__status(r, g), reason = g[r->layout.off[GO_g_waitreason]];
	const char *text = go_layout__wait_reason(&r->layout, reason);

	if (go_status__waits(status) && reason)
		return text && r->layout.known ? text : "unknown wait reason";
	return names[status];
}

void go_slot__fill(struct goroutines *r, const struct go_batch *b, struct go_slot *s)
{
	const int32_t *off = r->layout.off;
	const uint8_t *g = s->before;
	uint32_t status = go_slot__status(r, g);
	uint64_t since = raw_u64(g, off[GO_g_waitsince]), m = raw_u64(g, off[GO_g_m]);
	const struct go_code *start;

	s->g = (struct goroutine){
		.index = s->index,
		.address = s->address,
		.goid = raw_u64(g, off[GO_g_goid]),
		.parent_goid = off[GO_g_parentGoid] < 0 ? 0 : raw_u64(g, off[GO_g_parentGoid]),
		.status = (enum goroutine_status)status,
		.state = state(r, g),
		.scanning = raw_u32(g, off[GO_g_atomicstatus]) & 0x1000,
		.locked = raw_u64(g, off[GO_g_lockedm]) != 0,
		.tracking_seq = g[off[GO_g_trackingSeq]],
		.stack_bytes = raw_u64(g, off[GO_g_stack] + 8) - raw_u64(g, off[GO_g_stack]),
		.m = m && s->m_procid ? (int64_t)s->m_id : -1,
		.tid = m ? (int32_t)s->m_procid : 0,
		.gopc = raw_u64(g, off[GO_g_gopc]),
		.startpc = raw_u64(g, off[GO_g_startpc]),
		.wait = s->wait,
		.labels = s->labels,
		.label_count = s->label_count,
	};
	s->g.wait_known = (status == GOROUTINE_WAITING || status == GOROUTINE_SYSCALL) && since;
	s->g.wait_since = s->g.wait_known ? since : 0;
	if (s->g.wait_known && since < b->now_ns)
		s->g.wait_ns = b->now_ns - since;
	start = go_names__code(r->names, s->g.startpc, true, false);
	s->g.system = start->is_runtime && !go_code__is(r, start, GO_FUNC_runtime_main) &&
		      !go_code__is(r, start, GO_FUNC_corostart) &&
		      !go_code__is(r, start, GO_FUNC_handleAsyncEvent);
	s->settled = true;
}

/* ---- stacks ---------------------------------------------------------------------------- */

static void registers(const struct goroutines *r, const uint8_t *g, struct go_walk *w)
{
	const int32_t *off = r->layout.off;
	int32_t sched = off[GO_g_sched];
	uint64_t syscallsp = raw_u64(g, off[GO_g_syscallsp]);

	*w = (struct go_walk){
		.sp = syscallsp, .pc = raw_u64(g, off[GO_g_syscallpc]), .syscall = syscallsp != 0};
	if (!syscallsp) {
		w->sp = raw_u64(g, sched + off[GO_gobuf_sp]);
		w->pc = raw_u64(g, sched + off[GO_gobuf_pc]);
		w->lr = raw_u64(g, sched + off[GO_gobuf_lr]);
	}
}

/* Reserves room for the stack of a slot. False: the buffer is full, wait for the next round. */
static bool plan_stack(const struct goroutines *r, struct go_batch *b, struct go_slot *s, size_t *used)
{
	uint64_t lo = raw_u64(s->before, r->layout.off[GO_g_stack]);
	uint64_t hi = raw_u64(s->before, r->layout.off[GO_g_stack] + 8);
	size_t max = b->stack_bytes < STACKS_BYTES ? STACK_BYTES : SHORT_BYTES;
	struct go_walk w;

	registers(r, s->before, &w);
	s->stack_len = 0;
	s->stack_base = w.sp;
	if (w.sp < lo || w.sp >= hi)
		return true; /* not readable */
	s->stack_len = hi - w.sp > max ? max : (size_t)(hi - w.sp);
	if (*used + s->stack_len > BUFFER_BYTES)
		return false;
	b->stack_bytes += s->stack_len;
	s->stack_at = *used;
	*used += s->stack_len;
	return true;
}

void go_slot__walk(const struct goroutines *r, const struct go_batch *b, const struct go_slot *s,
		   struct go_walk *w)
{
	registers(r, s->before, w);
	w->stack = b->buffer + s->stack_at;
	w->base = s->stack_base;
	w->len = s->stack_len;
}

/* While user code runs in it, Go counts the finalizer goroutine as the user's. */
static bool runs_user_code(struct goroutines *r, const struct go_slot *s, const uint64_t *pcs, uint32_t count)
{
	const struct go_code *start = go_names__code(r->names, s->g.startpc, true, false);

	if (go_code__is(r, start, GO_FUNC_runCleanups))
		return r->layout.off[GO_g_runningCleanups] >= 0 &&
		       s->before[r->layout.off[GO_g_runningCleanups]];
	if (!go_code__is(r, start, GO_FUNC_runfinq) && !go_code__is(r, start, GO_FUNC_runFinalizers))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!go_names__code(r->names, pcs[i], false, false)->is_runtime)
			return true;
	return false;
}

static void walk_stack(struct goroutines *r, struct go_batch *b, struct go_slot *s,
		       struct goroutines_lost *lost)
{
	enum stack_end end;
	struct go_walk w;
	uint32_t count;

	if (b->want & GOROUTINES_NO_STACKS || !s->stack_read) {
		s->g.stack = go_stacks__none(s->stack_read ? STACK_TRUNCATED : STACK_UNREADABLE);
		return;
	}
	go_slot__walk(r, b, s, &w);
	count = go_unwind(r, &w, b->pcs, NULL, &end);
	s->g.system = s->g.system && !runs_user_code(r, s, b->pcs, count);
	s->g.stack = go_stacks__intern(r->stacks, b->pcs, count, end);
	if (!s->g.stack) {
		s->g.stack = go_stacks__none(STACK_TRUNCATED);
		lost->stacks++;
	}
}

/* ---- a try ----------------------------------------------------------------------------- */

/* Reads the Ms that they are on. */
static void want_thread(const struct goroutines *r, struct go_batch *b, struct go_slot *s)
{
	uint64_t m = raw_u64(s->before, r->layout.off[GO_g_m]);

	s->m_id = s->m_procid = 0;
	if (!m)
		return;
	go_batch__want(b, m + (uint64_t)r->layout.off[GO_m_procid], &s->m_procid, 8);
	go_batch__want(b, m + (uint64_t)r->layout.off[GO_m_id], &s->m_id, 8);
}

static void read_stacks(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n)
{
	size_t stacks = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i]->stack_len) {
			go_batch__want(b, list[i]->stack_base, b->buffer + list[i]->stack_at,
				       list[i]->stack_len);
			stacks++;
		}
	for (size_t i = 0; i < n; i++)
		want_thread(r, b, list[i]);
	go_batch__fetch(r, b);
	for (size_t i = 0, k = 0; i < n; i++)
		list[i]->stack_read = list[i]->stack_len && k < stacks && go_piece__whole(&b->pieces[k++]);
}

/* Reads the state of these goroutines; those that did not run meanwhile are settled. */
static void try_some(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n,
		     struct goroutines_lost *lost)
{
	size_t size = (size_t)r->layout.off[GO_sizeof_g];

	read_stacks(r, b, list, n);
	go_waits__read(r, b, list, n);
	if (b->want & GOROUTINES_FDS)
		go_details__fds(r, b, list, n);
	for (size_t i = 0; i < n && b->want & GOROUTINES_LABELS; i++)
		go_details__labels(r, list[i], &b->labels);
	for (size_t i = 0; i < n; i++)
		go_batch__want(b, list[i]->address, list[i]->after, size);
	go_again__want(r, b, list, n);
	go_batch__fetch(r, b);
	for (size_t i = 0; i < n; i++) {
		struct go_slot *s = list[i];

		if (!go_piece__whole(&b->pieces[i])) {
			s->skip = true;
			lost->unreadable++;
		} else if (same(r, s->before, s->after) && go_again__same(r, b, s, i)) {
			go_slot__fill(r, b, s);
			walk_stack(r, b, s, lost);
		} else {
			memcpy(s->before, s->after, size);
		}
	}
	for (size_t i = 0; i < n && r->leaks; i++)
		if (list[i]->settled && list[i]->stack_read)
			go_leaks__look(r, b, list[i]);
	for (size_t i = 0; i < n && r->receivers; i++)
		if (list[i]->settled && list[i]->stack_read)
			go_receivers__look(r, b, list[i]);
	for (size_t i = 0; i < n && r->holders; i++)
		if (list[i]->settled && list[i]->stack_read)
			go_holders__look(r, b, list[i]);
}

/* Without a stack: running on a thread, or changed each time. */
static void settle_bare(struct goroutines *r, struct go_batch *b, struct go_slot *s, enum stack_end end)
{
	s->wait = (struct go_wait){.fd = -1};
	s->label_count = 0;
	if (b->want & GOROUTINES_LABELS)
		go_details__labels(r, s, &b->labels);
	go_slot__fill(r, b, s);
	s->g.stack = go_stacks__none(end);
	s->g.moved = end == STACK_MOVED;
}

/* Goroutines on a thread need no second check: there is no stack to confirm. */
static void settle_running(struct goroutines *r, struct go_batch *b)
{
	struct go_slot *list[GO_BATCH];
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++) {
		struct go_slot *s = &b->slots[i];

		if (s->skip || s->settled)
			continue;
		if (is_gone(go_slot__status(r, s->before)))
			s->skip = true;
		else if (go_slot__status(r, s->before) == GOROUTINE_RUNNING)
			list[n++] = s;
	}
	for (size_t i = 0; i < n; i++)
		want_thread(r, b, list[i]);
	go_batch__fetch(r, b);
	for (size_t i = 0; i < n; i++)
		settle_bare(r, b, list[i], STACK_RUNNING);
}

/* True if some goroutines moved. */
static bool try_all(struct goroutines *r, struct go_batch *b, struct goroutines_lost *lost)
{
	bool left = false;
	size_t i = 0;

	settle_running(r, b);
	while (i < b->count) {
		struct go_slot *list[GO_BATCH];
		size_t n = 0, used = 0;

		for (; i < b->count; i++) {
			struct go_slot *s = &b->slots[i];

			if (s->skip || s->settled)
				continue;
			left = true;
			if (!is_stable(go_slot__status(r, s->before))) {
				/* copystack: it may be unchanged at the next try */
				go_batch__want(b, s->address, s->before, (size_t)r->layout.off[GO_sizeof_g]);
				continue;
			}
			if (!plan_stack(r, b, s, &used))
				break;
			list[n++] = s;
		}
		go_batch__fetch(r, b);
		if (n)
			try_some(r, b, list, n, lost);
	}
	return left;
}

void go_batch__read(struct goroutines *r, struct go_batch *b, struct goroutines_lost *lost)
{
	size_t size = (size_t)r->layout.off[GO_sizeof_g];

	arena__free(&b->labels);
	for (size_t i = 0; i < b->count; i++)
		go_batch__want(b, b->slots[i].address, b->slots[i].before, size);
	go_batch__fetch(r, b);
	for (size_t i = 0; i < b->count; i++) {
		struct go_slot *s = &b->slots[i];

		s->settled = false;
		s->label_count = 0;
		s->skip = !go_piece__whole(&b->pieces[i]) || !go_g__is(r, s->before, s->address);
		lost->unreadable += s->skip;
	}
	go_known__settle(r, b);
	for (int i = 0; i < TRIES && try_all(r, b, lost); i++)
		;
	for (size_t i = 0; i < b->count; i++) {
		struct go_slot *s = &b->slots[i];

		if (s->skip || s->settled)
			continue;
		if (is_gone(go_slot__status(r, s->before))) {
			s->skip = true;
			continue;
		}
		settle_bare(r, b, s, STACK_MOVED);
		lost->moved++;
	}
	go_known__keep(r, b);
}
