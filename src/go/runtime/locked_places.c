/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program's functions hold where; each place is followed once. */
#include "go/runtime/locked_places.h"

#include <stdlib.h>

#include "util/heap.h"
#include "util/u64_table.h"

#define CODE_BYTES 32768       /* of a function; larger ones are not followed */
#define STEPS_MAX  (64u << 20) /* instructions, of all places together */
#define PLACES_MAX 65536

struct place {
	size_t count;
	struct go_held list[GO_HELD_KEPT];
};

struct go_locking {
	struct go_lock_call calls[32];
	size_t call_count;
	size_t steps_left;
	struct u64_table functions; /* of bool, by entry: it calls one of these */
	struct u64_table places;    /* of struct place, by pc * 2 + is_return */
	uint8_t *code;
};

static const struct {
	const char *name;
	struct go_lock_call call;
} CALLS[] = {
	{"sync.(*Mutex).lockSlow", {.effect = GO_LOCK_SLOW}},
	{"internal/sync.(*Mutex).lockSlow", {.effect = GO_LOCK_SLOW}},
	{"sync.(*Mutex).Lock", {.effect = GO_LOCK}},
	{"internal/sync.(*Mutex).Lock", {.effect = GO_LOCK}},
	{"sync.(*Mutex).Unlock", {.effect = GO_UNLOCK}},
	{"internal/sync.(*Mutex).Unlock", {.effect = GO_UNLOCK}},
	{"sync.(*RWMutex).Lock", {.effect = GO_LOCK}},
	{"sync.(*RWMutex).Unlock", {.effect = GO_UNLOCK}},
	{"sync.(*RWMutex).RLock", {.effect = GO_LOCK, .read = true}},
	{"sync.(*RWMutex).RUnlock", {.effect = GO_UNLOCK, .read = true}},
	/* The slow part of RLock, with the address of the readers' semaphore. */
	{"sync.runtime_SemacquireRWMutexR", {.effect = GO_LOCK_SLOW, .offset = -12, .read = true}},
	{"sync.runtime_SemacquireMutex", {.effect = GO_LOCK_SLOW, .offset = -12, .read = true}},
	{"internal/poll.(*FD).writeLock", {.effect = GO_LOCK}},
	{"internal/poll.(*FD).readLock", {.effect = GO_LOCK, .read = true}},
	{"internal/poll.(*FD).writeUnlock", {.effect = GO_UNLOCK}},
	{"internal/poll.(*FD).readUnlock", {.effect = GO_UNLOCK, .read = true}},
	{"internal/poll.(*fdMutex).rwlock", {.effect = GO_LOCK_RW}},
};
#define CALL_COUNT (sizeof(CALLS) / sizeof(CALLS[0]))

struct go_locking *go_locking__new(struct goroutines *r)
{
	struct go_locking *l = HEAP_NEW(struct go_locking, 1);
	struct go_place places[CALL_COUNT] = {0};

	for (size_t i = 0; i < CALL_COUNT; i++)
		places[i].name = CALLS[i].name;
	go_functions__find(r, places, CALL_COUNT);
	for (size_t i = 0; i < CALL_COUNT; i++)
		if (places[i].start) {
			l->calls[l->call_count] = CALLS[i].call;
			l->calls[l->call_count++].to = places[i].start;
		}
	l->steps_left = STEPS_MAX;
	l->code = heap__alloc(CODE_BYTES);
	return l;
}

void go_locking__free(struct go_locking *l)
{
	if (!l)
		return;
	u64_table__free(&l->functions);
	u64_table__free(&l->places);
	free(l->code);
	free(l);
}

struct search {
	const struct go_locking *l;
	bool found;
};

static void take_call(void *arg, size_t at, uint64_t to)
{
	struct search *s = arg;

	(void)at;
	for (size_t i = 0; i < s->l->call_count; i++)
		s->found = s->found || s->l->calls[i].to == to;
}

static void take_read(void *arg, size_t variable)
{
	(void)arg, (void)variable;
}

/* Most functions lock nothing. */
static bool locks(struct goroutines *r, struct go_locking *l, const struct go_function *f, size_t bytes)
{
	struct search s = {.l = l};
	const struct go_code_search search = {.call = take_call, .read = take_read, .arg = &s};
	bool made, *known = u64_table__get(&l->functions, sizeof(*known), f->entry, &made);

	if (made && go_cache__read(r->cache, f->entry, l->code, bytes)) {
		r->layout.processor->search(&search, l->code, bytes, f->entry);
		*known = s.found;
	}
	return *known;
}

static void follow(struct goroutines *r, struct go_locking *l, uint64_t pc, bool is_return, struct place *ret)
{
	struct go_held list[GO_HELD_MAX];
	struct go_function f;
	struct go_lock_code code;
	size_t bytes;

	if (!go_module__function(go_module__of(r, pc), is_return ? pc - 1 : pc, &f) || f.end <= f.entry)
		return;
	bytes = (size_t)(f.end - f.entry);
	if (bytes > CODE_BYTES || pc < f.entry || !locks(r, l, &f, bytes) ||
	    !go_cache__read(r->cache, f.entry, l->code, bytes))
		return;
	code = (struct go_lock_code){.code = l->code,
				     .size = bytes,
				     .start = f.entry,
				     .calls = l->calls,
				     .call_count = l->call_count,
				     .steps_left = &l->steps_left};
	ret->count = go_locking__held(&code, (size_t)(pc - f.entry), is_return, list);
	if (ret->count > GO_HELD_KEPT)
		ret->count = GO_HELD_KEPT;
	for (size_t i = 0; i < ret->count; i++) {
		ret->list[i] = list[i];
		ret->list[i].locked_at += (size_t)f.entry;
	}
}

size_t go_locking__at(struct goroutines *r, struct go_locking *l, uint64_t pc, bool is_return,
		      const struct go_held **ret)
{
	struct place *p;
	bool made;

	if (l->places.count > PLACES_MAX)
		u64_table__free(&l->places);
	p = u64_table__get(&l->places, sizeof(*p), pc * 2 + is_return, &made);
	if (made)
		follow(r, l, pc, is_return, p);
	*ret = p->list;
	return p->count;
}
