// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/go_groups.h"

#include <stdlib.h>
#include <string.h>

#include "go/collect/go_labels.h"
#include "go/collect/go_reading.h"
#include "util/array.h"
#include "util/heap.h"
#include "util/table.h"

#define FRAMES_MAX 512
#define TIDS_MAX   4096
#define STATES_MAX 128

struct key {
	const struct goroutine_stack *stack;
	const char *state;
	uint64_t gopc;
	uint64_t system;
};

struct group {
	struct key key;
	size_t index;
	struct go_group row;
	uint64_t targets[GROUP_TARGETS];
	size_t target_count;
	struct go_label_sets *sets;
	UT_hash_handle hh;
};

/* The number of waiters on an address. */
struct waiters {
	uint64_t address, count;
	UT_hash_handle hh;
};

struct go_groups {
	struct goroutines *r;
	struct arena *a;
	struct group *table;
	struct group **order;
	size_t count, room;
	struct waiters *waiters;
	struct go_state states[STATES_MAX];
	size_t state_count;
	uint64_t total, system;
	uint64_t stackless;              /* in code that no table of the program covers */
	size_t sets_left;                /* 0: not requested, or too many */
	struct frame frames[FRAMES_MAX]; /* of the stack that is being named */
};

struct go_groups *go_groups__new(struct goroutines *r, struct arena *a, bool label_sets)
{
	struct go_groups *g = HEAP_NEW(struct go_groups, 1);

	g->r = r;
	g->a = a;
	g->sets_left = label_sets ? LABEL_SETS_MAX : 0;
	return g;
}

void go_groups__free(struct go_groups *g)
{
	struct waiters *w, *next;

	if (!g)
		return;
	HASH_CLEAR(hh, g->table);
	for (size_t i = 0; i < g->count; i++) {
		go_labels__free(g->order[i]->sets);
		free(g->order[i]);
	}
	HASH_ITER(hh, g->waiters, w, next)
	{
		HASH_DEL(g->waiters, w);
		free(w);
	}
	free(g->order);
	free(g);
}

/* ---- states -------------------------------------------------------------------- */

/* Equal texts may have different pointers. */
static const char *count_state(struct go_groups *g, const char *state, bool system)
{
	size_t i = 0;

	while (i < g->state_count && strcmp(g->states[i].state, state))
		i++;
	if (i == g->state_count) {
		if (i == STATES_MAX)
			return arena__string(g->a, state);
		g->states[g->state_count++].state = arena__string(g->a, state);
	}
	g->states[i].count += !system;
	return g->states[i].state;
}

/* ---- groups ---------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

/* The same in every reading of the process. */
static uint64_t id_of(const struct key *key)
{
	uint64_t hash = mix(mix(0xcbf29ce484222325u, key->gopc), key->system);

	for (const char *c = key->state; *c; c++)
		hash = mix(hash, (uint8_t)*c);
	for (uint32_t i = 0; key->stack && i < key->stack->count; i++)
		hash = mix(hash, key->stack->pcs[i]);
	return mix(hash, key->stack ? key->stack->end : UINT64_MAX);
}

static struct group *find_group(struct go_groups *g, const struct goroutine *go, const char *state)
{
	struct key key = {go->stack, state, go->gopc, go->system};
	struct group *found;

	HASH_FIND(hh, g->table, &key, sizeof(key), found);
	if (found)
		return found;
	if (g->count >= GO_GROUPS_MAX) {
		/* The overflow group of a state, without other details. */
		key = (struct key){NULL, state, 0, go->system};
		HASH_FIND(hh, g->table, &key, sizeof(key), found);
		if (found)
			return found;
	}
	found = HEAP_NEW(struct group, 1);
	found->key = key;
	found->row.id = id_of(&key);
	found->row.state = state;
	found->row.system = go->system;
	found->row.wait.fd = -1;
	found->index = g->count;
	*ARRAY_ADD(g->order, g->count, g->room) = found;
	HASH_ADD(hh, g->table, key, sizeof(found->key), found);
	return found;
}

static void count_waiter(struct go_groups *g, uint64_t address)
{
	struct waiters *w;

	HASH_FIND(hh, g->waiters, &address, sizeof(address), w);
	if (!w) {
		w = HEAP_NEW(struct waiters, 1);
		w->address = address;
		HASH_ADD(hh, g->waiters, address, sizeof(w->address), w);
	}
	w->count++;
}

/* Address or descriptor of its wait; 0: none. */
static uint64_t target_of(const struct go_wait *w)
{
	if (w->target == GO_TARGET_FD)
		return w->fd >= 0 ? (uint64_t)w->fd + 1 : 0;
	return w->address;
}

static void add_target(struct go_groups *g, struct group *group, const struct go_wait *w)
{
	uint64_t target = target_of(w);

	if (group->row.count == 1 || (!target_of(&group->row.wait) && target))
		group->row.wait = *w;
	if (!target)
		return;
	if (w->target == GO_TARGET_SEMAPHORE)
		count_waiter(g, w->address);
	for (size_t i = 0; i < group->target_count; i++)
		if (group->targets[i] == target)
			return;
	if (group->target_count < GROUP_TARGETS)
		group->targets[group->target_count++] = target;
	else
		group->row.targets_more = true;
	group->row.targets = group->target_count;
}

void go_groups__add_wait(struct go_groups *g, const struct go_row *w)
{
	struct go_group *row = &g->order[w->group]->row;

	if (!w->wait_known)
		return;
	if (!row->wait_known || w->wait_ns < row->wait_min_ns)
		row->wait_min_ns = w->wait_ns;
	if (!row->wait_known || w->wait_ns > row->wait_max_ns)
		row->wait_max_ns = w->wait_ns;
	row->wait_known++;
	row->wait_exact += w->wait_exact;
	row->wait_least += w->wait_least;
}

static void add_thread(struct go_groups *g, struct go_group *row, pid_t tid)
{
	if (!tid || row->tid_count == TIDS_MAX)
		return;
	/* Doubles when full; the old memory stays in the arena. */
	if (!(row->tid_count & (row->tid_count - 1))) {
		pid_t *bigger = ARENA_NEW(g->a, pid_t, row->tid_count ? 2 * row->tid_count : 1);

		if (row->tid_count)
			memcpy(bigger, row->tids, row->tid_count * sizeof(*bigger));
		row->tids = bigger;
	}
	row->tids[row->tid_count++] = tid;
}

size_t go_groups__find(struct go_groups *g, const struct goroutine *go, uint64_t *ret_id)
{
	const struct group *group = find_group(g, go, count_state(g, go->state, go->system));

	*ret_id = group->row.id;
	return group->index;
}

void go_groups__add(struct go_groups *g, const struct goroutine *go, const struct go_row *row)
{
	struct group *group = g->order[row->group];
	struct go_group *to = &group->row;

	g->total += !go->system;
	g->system += go->system;
	to->count++;
	if (to->goid_count < GROUP_GOIDS)
		to->goids[to->goid_count++] = go->goid;
	if (to->count == 1)
		to->creator_goid = go->parent_goid;
	else if (to->creator_goid != go->parent_goid)
		to->creators_differ = true;
	to->locked += go->locked;
	to->stack_bytes += go->stack_bytes;
	add_target(g, group, &row->wait);
	go_labels__count(g->a, to, go);
	if (g->sets_left || group->sets)
		go_labels__count_set(g->a, &group->sets, &g->sets_left, go);
	add_thread(g, to, row->tid);
}

/* ---- names ------------------------------------------------------------------------- */

/* The stacks of the runtime's own goroutines have only frames that Go hides elsewhere. */
static struct call_stack name_stack(struct go_groups *g, const struct goroutine_stack *s, bool system)
{
	struct frame *list = g->frames;
	struct call_stack stack = {.end = STACK_UNREADABLE};
	size_t count = s ? goroutines__frames(g->r, s, list, FRAMES_MAX) : 0, shown = 0;
	struct frame *frames;

	if (!s)
		return stack;
	stack.end = s->end;
	if (count > FRAMES_MAX) {
		count = FRAMES_MAX;
		stack.end = STACK_TRUNCATED;
	}
	frames = ARENA_NEW(g->a, struct frame, count + 1);
	for (size_t i = 0; i < count; i++)
		if (system || !list[i].hidden)
			frames[shown++] = frame__copy(g->a, &list[i]);
	stack.frames = frames;
	stack.count = shown;
	return stack;
}

static void name_group(struct go_groups *g, struct group *group)
{
	struct go_group *row = &group->row;
	struct frame creator;
	struct waiters *w = NULL;

	go_labels__finish(g->a, group->sets, row);
	row->stack = name_stack(g, group->key.stack, row->system);
	if (!row->system && !row->stack.count && group->key.stack && row->stack.end == STACK_TRUNCATED)
		g->stackless += row->count;
	/* As Go prints it: not for the first goroutine, nor if the runtime created it. */
	if (group->key.gopc && row->goids[0] != 1 &&
	    goroutines__code(g->r, group->key.gopc, true, &creator) && (row->system || !creator.hidden))
		row->created_by = frame__copy(g->a, &creator);
	if (row->creators_differ)
		row->creator_goid = 0;
	if (row->wait.target == GO_TARGET_SEMAPHORE && row->wait.address)
		HASH_FIND(hh, g->waiters, &row->wait.address, sizeof(row->wait.address), w);
	row->behind = w ? w->count : 0;
}

/* The largest groups first, the runtime's own last; the order is total. */
static int by_interest(const void *a, const void *b)
{
	const struct go_group *x = &(*(struct group *const *)a)->row, *y = &(*(struct group *const *)b)->row;
	int order;

	if (x->system != y->system)
		return x->system ? 1 : -1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	order = strcmp(x->state, y->state);
	if (order)
		return order;
	return x->goids[0] < y->goids[0] ? -1 : x->goids[0] > y->goids[0];
}

static int by_count(const void *a, const void *b)
{
	const struct go_state *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->state, y->state);
}

size_t *go_groups__finish(struct go_groups *g, struct go_reading *ret)
{
	size_t *places = ARENA_NEW(g->a, size_t, g->count + 1);

	if (g->count)
		qsort(g->order, g->count, sizeof(struct group *), by_interest);
	ret->total = g->total;
	ret->system = g->system;
	ret->groups = ARENA_NEW(g->a, struct go_group, g->count + 1);
	ret->group_count = g->count;
	for (size_t i = 0; i < g->count; i++) {
		name_group(g, g->order[i]);
		places[g->order[i]->index] = i;
		ret->groups[i] = g->order[i]->row;
	}
	ret->lost_stacks += g->stackless;
	ret->states = ARENA_NEW(g->a, struct go_state, g->state_count + 1);
	for (size_t i = 0; i < g->state_count; i++)
		if (g->states[i].count)
			ret->states[ret->state_count++] = g->states[i];
	if (ret->state_count)
		qsort(ret->states, ret->state_count, sizeof(*ret->states), by_count);
	return places;
}
