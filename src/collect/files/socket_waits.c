// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/files/socket_waits.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

#include "collect/files/socket_names.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"

#define SHARE    100 /* of the time, for a process with very many sockets */
#define FRESH_NS 500000000ull

struct socket_waits {
	struct probes *probes;
	struct socket_end *list; /* by inode; all that were wanted at the last search */
	size_t count;
	uint64_t found_ns, next_ns;
};

struct wanted {
	pid_t pid;
	uint64_t inode;
};

struct socket_waits *socket_waits__new(struct probes *p)
{
	struct socket_waits *w = HEAP_NEW(struct socket_waits, 1);

	w->probes = p;
	return w;
}

void socket_waits__free(struct socket_waits *w)
{
	if (!w)
		return;
	free(w->list);
	free(w);
}

static int by_pid(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Each process's own sockets; the lists together are sorted again. */
static void find_all(struct socket_waits *w, struct wanted *wanted, size_t count)
{
	size_t found = 0, next;

	free(w->list);
	w->list = HEAP_NEW(struct socket_end, count);
	qsort(wanted, count, sizeof(*wanted), by_pid);
	for (size_t at = 0; at < count; at = next) {
		for (next = at; next < count && wanted[next].pid == wanted[at].pid; next++)
			w->list[found + next - at].inode = wanted[next].inode;
		found += socket_names__find(w->probes, wanted[at].pid, w->list + found, next - at);
		for (size_t i = found; i < count; i++)
			w->list[i] = (struct socket_end){0};
	}
	w->count = found;
	socket_names__sort(w->list, w->count);
}

static bool all_known(const struct socket_waits *w, const struct wanted *wanted, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!socket_names__known(w->list, w->count, wanted[i].inode))
			return false;
	return true;
}

static void refresh(struct socket_waits *w, struct wanted *wanted, size_t count)
{
	uint64_t now = monotonic_ns(), before = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	if (now < w->next_ns)
		return;
	/* A socket may be connected later, or its number be that of another one. */
	if (now - w->found_ns < FRESH_NS && all_known(w, wanted, count))
		return;
	find_all(w, wanted, count);
	w->found_ns = now;
	w->next_ns = now + SHARE * (clock_ns(CLOCK_THREAD_CPUTIME_ID) - before);
}

void socket_waits__name(struct socket_waits *w, struct sample *s)
{
	struct wanted *wanted = HEAP_NEW(struct wanted, s->thread_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < s->thread_count; i++)
		if (socket_path__inode(s->threads[i].path))
			wanted[count++] =
				(struct wanted){s->threads[i].pid, socket_path__inode(s->threads[i].path)};
	if (count)
		refresh(w, wanted, count);
	for (size_t i = 0; count && i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		const struct socket_end *e =
			socket_names__get(w->list, w->count, socket_path__inode(t->path));
		char name[SOCKET_NAME_BYTES];

		t->unanswered = e && e->syn_sent && (t->kind == WAIT_CONNECT || t->kind == WAIT_POLL);
		if (e)
			t->path = arena__string(&s->arena, e->peer && t->syscall == SYS_connect
								   ? e->text
								   : socket_name(name, e));
	}
	free(wanted);
}
