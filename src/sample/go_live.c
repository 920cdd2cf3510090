// SPDX-License-Identifier: GPL-2.0-or-later
#include "sample/go_live.h"

#include <stdlib.h>

#include <uthash.h>

#include "goroutines/goroutines.h"

#define WAIT_MAX 64 /* samples between two tries */

struct watched {
	pid_t pid;
	unsigned wait, next; /* it could not be read: how many samples to the next try, and to the one after
			      */
	UT_hash_handle hh;
};

struct go_live {
	struct targets *targets;
	struct watched *table;
};

struct go_live *go_live__new(struct targets *t)
{
	struct go_live *l = calloc(1, sizeof(*l));

	if (l)
		l->targets = t;
	return l;
}

static void forget(struct go_live *l, struct watched *w)
{
	HASH_DEL(l->table, w);
	free(w);
}

void go_live__free(struct go_live *l)
{
	struct watched *w, *next;

	if (!l)
		return;
	HASH_ITER(hh, l->table, w, next)
	{
		/* cppcheck-suppress uninitvar ; it does not see through HASH_ITER */
		forget(l, w);
	}
	free(l);
}

void go_live__forget(struct go_live *l, pid_t pid)
{
	struct watched *w;

	HASH_FIND_INT(l->table, &pid, w);
	if (w)
		forget(l, w);
}

static struct watched *watch(struct go_live *l, pid_t pid)
{
	struct watched *w;

	HASH_FIND_INT(l->table, &pid, w);
	if (w)
		return w;
	w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	w->pid = pid;
	w->next = 1;
	HASH_ADD_INT(l->table, pid, w);
	return w;
}

/* A program that has just begun has nothing to read yet: another try, ever more rarely. */
static void try_again(struct go_live *l, struct watched *w)
{
	if (w->wait--)
		return;
	targets__forget_goroutines(l->targets, w->pid);
	w->wait = w->next;
	w->next = w->next < WAIT_MAX ? 2 * w->next : WAIT_MAX;
}

/* False: it is no Go program. */
static bool count(struct go_live *l, pid_t pid, struct arena *a, struct sample_go *ret)
{
	struct goroutines_count c;
	const char *problem;
	struct goroutines *r = targets__goroutines(l->targets, pid, &problem);

	if (!r && !*problem)
		return false;
	if (!r) {
		ret->problem = arena__string(a, problem);
		try_again(l, watch(l, pid));
		return true;
	}
	ret->version = arena__string(a, goroutines__version(r));
	if (goroutines__count(r, &c)) {
		ret->problem = "the variables of its scheduler were not found, or cannot be read any more";
		return true;
	}
	ret->count = c.count;
	ret->system = c.system;
	ret->made = c.made;
	ret->exact = c.exact;
	return true;
}

void go_live__read(struct go_live *l, struct sample *s)
{
	s->live = calloc(s->process_count + 1, sizeof(*s->live));
	if (!s->live)
		abort();
	for (size_t i = 0; i < s->process_count; i++) {
		struct sample_go *go = &s->live[s->live_count];

		*go = (struct sample_go){.pid = s->processes[i].pid};
		if (!s->processes[i].ended && count(l, go->pid, &s->arena, go))
			s->live_count++;
	}
}
