/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the goroutines of tests/go/torture.go until it has seen COUNT whole
 * stacks of its workers, and looks at each whether it can be: goroutines_torture PID COUNT.
 * A torn one, made of two instants, has frames in an order that the program cannot make. Every second reading
 * takes the stacks of those that have not run from the one before (GOROUTINES_KNOWN): the next must find the
 * same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "go/runtime/goroutines.h"

static struct {
	struct goroutines *r;
	uint64_t whole, torn, moved, running, truncated, compared, stale;
	bool known; /* the reading in progress */
} t;

#define MAX_COMPARED 65536
static struct { /* as the last reading with GOROUTINES_KNOWN had them */
	uint64_t goid, since;
	const struct goroutine_stack *stack;
	uint8_t runs;
} last[MAX_COMPARED];

static void compare(const struct goroutine *g)
{
	if (g->index >= MAX_COMPARED)
		return;
	if (t.known) {
		last[g->index].goid = g->goid;
		last[g->index].since = g->wait_since;
		last[g->index].stack = g->stack;
		last[g->index].runs = g->tracking_seq;
	} else if (last[g->index].goid == g->goid && g->wait_since && last[g->index].since == g->wait_since &&
		   last[g->index].runs == g->tracking_seq && g->stack->count && last[g->index].stack->count) {
		t.compared++;
		t.stale += last[g->index].stack != g->stack;
	}
}

static void show(const struct goroutine *g, const struct frame *list, size_t n)
{
	printf("torn: goroutine %" PRIu64 " [%s] %s\n", g->goid, g->state, stack_end__name(g->stack->end));
	for (size_t i = 0; i < n; i++)
		printf("  %s\n", list[i].function);
}

/* From outside: goexit, worker, then even and odd in turns, and nothing of the two after something else. */
static bool makes_sense(const struct frame *list, size_t n)
{
	static const char *const turns[] = {"main.even", "main.odd"};
	size_t depth = 0;

	if (n < 2 || strcmp(list[n - 1].function, "runtime.goexit"))
		return false;
	for (n--; n && !strncmp(list[n - 1].function, "main.worker", 11); n--)
		;
	for (; n && !strcmp(list[n - 1].function, turns[depth % 2]); n--)
		depth++;
	for (; n; n--)
		if (!strcmp(list[n - 1].function, turns[0]) || !strcmp(list[n - 1].function, turns[1]) ||
		    !strncmp(list[n - 1].function, "main.worker", 11))
			return false;
	return depth <= 121;
}

static int look(const struct goroutine *g, void *arg)
{
	static struct frame list[4096];
	struct frame start;
	size_t n;

	(void)arg;
	if (!goroutines__code(t.r, g->startpc, false, &start) || strncmp(start.function, "main.worker", 11))
		return 0;
	t.moved += g->moved;
	t.running += g->stack->end == STACK_RUNNING;
	compare(g);
	if (!g->stack->count)
		return 0;
	n = goroutines__frames(t.r, g->stack, list, 4096);
	t.truncated += g->stack->end != STACK_COMPLETE;
	t.whole++;
	if (g->stack->end != STACK_COMPLETE || !makes_sense(list, n)) {
		if (!t.torn++)
			show(g, list, n);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct goroutines_refusal why;
	struct process *p;
	uint64_t wanted;
	int err;

	if (argc != 3 || process__open(atoi(argv[1]), &p))
		return 2;
	wanted = strtoull(argv[2], NULL, 10);
	err = goroutines__open(p, &t.r, &why);
	if (err) {
		fprintf(stderr, "%d %s\n", err, why.reason);
		return 4;
	}
	while (!err && t.whole < wanted) {
		t.known = !t.known;
		err = goroutines__read(t.r, t.known ? GOROUTINES_KNOWN : GOROUTINES_LABELS | GOROUTINES_FDS,
				       look, NULL, NULL);
	}
	printf("%" PRIu64 " whole, %" PRIu64 " torn, %" PRIu64 " moved, %" PRIu64 " running, %" PRIu64
	       " not run between two readings, of them %" PRIu64 " with another stack\n",
	       t.whole, t.torn, t.moved, t.running, t.compared, t.stale);
	goroutines__close(t.r);
	process__close(p);
	return err || t.torn || t.stale || !t.compared || t.whole < wanted;
}
