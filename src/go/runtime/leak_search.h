/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by leaks.c, leak_roots.c and leak_conditions.c: one reading. */
#ifndef TS_GO_RUNTIME_LEAK_SEARCH_H
#define TS_GO_RUNTIME_LEAK_SEARCH_H

#include "go/runtime/batch.h"
#include "go/runtime/heap_marks.h"
#include "go/runtime/leaks.h"
#include "util/u64_table.h"

/* A goroutine that waits for something that another one has to do. */
struct go_blocked {
	struct goroutine_leaked who;
	uint64_t target;     /* channel or lock; 0: to be found, for a condition */
	uint64_t next_case;  /* sudog, of a select; 0: none */
	bool live;           /* something can wake it, as far as is known */
	size_t words;        /* what its stack and its g point to in the heap */
	uint32_t word_count; /* of these, those of the stack first, innermost first */
};

/* An object of the heap that a goroutine waits for. */
struct go_awaited {
	size_t blocked;
	size_t next; /* of the same object, + 1; 0: none */
};

struct go_leak_search {
	struct go_marks marks;
	struct go_blocked *blocked;
	size_t blocked_count, blocked_room;
	uint64_t *words;
	size_t word_count, word_room;
	struct go_awaited *awaited;
	size_t awaited_count, awaited_room;
	struct u64_table objects; /* of size_t, the first awaited + 1, by object */
	struct u64_table looked;  /* g's whose stack was seen: no data of its own */
	uint64_t *whole;          /* g's whose whole stack counts: they run */
	size_t whole_count, whole_room;
	uint64_t *running; /* numbers of those that ran, without a saved stack */
	size_t running_count, running_room;
	size_t *woken; /* blocked ones that are live, and not yet followed */
	size_t woken_count, woken_room;
	uint64_t waiting;
};

/* It is live: what it can reach is reached. */
void go_leaks__wake(struct go_leak_search *l, size_t blocked);
/* It waits for what is at this address, too. */
void go_leaks__await(struct go_leak_search *l, size_t blocked, uint64_t address);

/* Reads the stacks of those that run, the variables of the program, its Ps and finalizers. */
void go_leaks__roots(struct goroutines *r, struct go_leak_search *l);
/* The variables once more. False: they lead to nothing new. */
bool go_leaks__variables(struct goroutines *r, struct go_leak_search *l);
/* The other channels of those in a select. */
void go_leaks__cases(struct goroutines *r, struct go_leak_search *l);
/* Before 1.26 a goroutine does not record the condition that it waits for. */
void go_leaks__conditions(struct goroutines *r, struct go_leak_search *l);

#endif
