// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/queue_memory.h"

#include <stdlib.h>
#include <string.h>

#include "util/duration.h"
#include "util/heap.h"
#include "util/pid_table.h"

#define KEPT 64 /* channels of a process: as many as a reading has */

struct watched {
	struct {
		uint64_t address, since_ns;
		bool of_log;
	} list[KEPT];
	size_t count;
	struct {
		uint64_t address, since_ns;
	} locks[KEPT];
	size_t lock_count;
	uint64_t read_ns;
	struct arena arena; /* of the findings */
	struct finding *found;
	size_t found_count;
};

struct queue_memory {
	struct pid_table *table; /* of struct watched */
};

static void end_watch(void *piece)
{
	arena__free(&((struct watched *)piece)->arena);
}

struct queue_memory *queue_memory__new(void)
{
	struct queue_memory *m = HEAP_NEW(struct queue_memory, 1);

	m->table = pid_table__new(sizeof(struct watched), end_watch);
	return m;
}

void queue_memory__free(struct queue_memory *m)
{
	if (!m)
		return;
	pid_table__free(m->table);
	free(m);
}

void queue_memory__forget(struct queue_memory *m, pid_t pid)
{
	pid_table__forget(m->table, pid);
}

void queue_memory__compare(struct queue_memory *m, pid_t pid, struct go_queue_row *rows, size_t count,
			   uint64_t now_ns)
{
	const struct watched *w = pid_table__at(m->table, pid);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < w->count; k++)
			if (w->list[k].address == rows[i].q->address) {
				rows[i].lasts_ns = now_ns - w->list[k].since_ns;
				rows[i].was_of_log = w->list[k].of_log;
			}
}

void queue_memory__keep(struct queue_memory *m, pid_t pid, const struct go_queue_row *rows, size_t row_count,
			const struct finding *list, size_t count, uint64_t now_ns)
{
	struct watched *w = pid_table__at(m->table, pid);

	w->count = 0;
	for (size_t i = 0; i < row_count && w->count < KEPT; i++) {
		w->list[w->count].address = rows[i].q->address;
		w->list[w->count].since_ns = now_ns - rows[i].lasts_ns;
		w->list[w->count++].of_log = rows[i].of_log;
	}
	w->read_ns = now_ns;
	arena__free(&w->arena);
	w->found = ARENA_NEW(&w->arena, struct finding, count + 1);
	w->found_count = count;
	for (size_t i = 0; i < count; i++) {
		w->found[i] = list[i];
		w->found[i].summary = arena__string(&w->arena, list[i].summary);
		w->found[i].path = arena__string(&w->arena, list[i].path);
		w->found[i].tids =
			arena__copy(&w->arena, list[i].tids, list[i].tid_count * sizeof(*list[i].tids));
	}
}

/* A lock that nobody else waits for: one waiter now and one a second ago may be chance. */
static bool is_crowded(const struct go_lock_row *row)
{
	return row->l->waiters >= 2;
}

void queue_memory__compare_locks(struct queue_memory *m, pid_t pid, struct go_lock_row *rows, size_t count,
				 uint64_t now_ns)
{
	const struct watched *w = pid_table__at(m->table, pid);

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < w->lock_count && is_crowded(&rows[i]); k++)
			if (w->locks[k].address == rows[i].l->address)
				rows[i].lasts_ns = now_ns - w->locks[k].since_ns;
}

void queue_memory__keep_locks(struct queue_memory *m, pid_t pid, const struct go_lock_row *rows, size_t count,
			      uint64_t now_ns)
{
	struct watched *w = pid_table__at(m->table, pid);

	w->lock_count = 0;
	for (size_t i = 0; i < count && w->lock_count < KEPT; i++) {
		if (!is_crowded(&rows[i]))
			continue;
		w->locks[w->lock_count].address = rows[i].l->address;
		w->locks[w->lock_count++].since_ns = now_ns - rows[i].lasts_ns;
	}
}

void queue_memory__repeat(struct queue_memory *m, pid_t pid, struct findings *f, uint64_t now_ns)
{
	const struct watched *w = pid_table__at(m->table, pid);
	char age[DURATION_TEXT];

	for (size_t i = 0; i < w->found_count; i++) {
		struct finding again = w->found[i];

		again.summary = arena__format(f->arena, "%s (read %s ago)", again.summary,
					      duration_format(age, sizeof(age), now_ns - w->read_ns));
		again.path = arena__string(f->arena, again.path);
		again.tids = arena__copy(f->arena, again.tids, again.tid_count * sizeof(*again.tids));
		findings__add(f, &again);
	}
}
