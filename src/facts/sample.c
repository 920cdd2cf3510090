// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "facts/fields.h"
#include "util/heap.h"

static void *append(void *list, size_t count, const void *more, size_t more_count, size_t size)
{
	if (!more_count)
		return list;
	list = heap__resize(list, count + more_count, size);
	memcpy((char *)list + count * size, more, more_count * size);
	return list;
}

#define JOIN(list, number)                                                                   \
	(s->list = append(s->list, s->number, other->list, other->number, sizeof(*s->list)), \
	 s->number += other->number)

/* They are numbered from 1 in each sample. */
static void renumber_links(struct sample *other, size_t before)
{
	for (size_t i = 0; i < other->thread_count; i++)
		other->threads[i].link += other->threads[i].link ? before : 0;
	for (size_t i = 0; i < other->link_count; i++)
		other->links[i].next += other->links[i].next ? before : 0;
}

void sample__join(struct sample *s, struct sample *other)
{
	renumber_links(other, s->link_count);
	JOIN(links, link_count);
	JOIN(processes, process_count);
	JOIN(threads, thread_count);
	JOIN(locks, lock_count);
	JOIN(live, live_count);
	s->lost_threads += other->lost_threads;
	if (s->unread_files < other->unread_files)
		s->unread_files = other->unread_files;
	if (s->unread_memory < other->unread_memory)
		s->unread_memory = other->unread_memory;
	s->parser_died_on = s->parser_died_on ? s->parser_died_on : other->parser_died_on;
	for (size_t i = 0; i < TS_LOSS_COUNT; i++)
		s->losses[i] += other->losses[i];
	s->cpu_ns = other->cpu_ns;
	s->rss_bytes = other->rss_bytes;
	arena__join(&s->arena, &other->arena);
	sample__free(other);
}

uint64_t sample_thread__waited_ns(const struct sample_thread *t)
{
	return t->waiting_ns > t->blocked_ns ? t->waiting_ns : t->blocked_ns;
}

static int by_ids(const void *a, const void *b)
{
	const struct sample_thread *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

const struct ts_account *sample__account(const struct sample *s, pid_t pid, pid_t tid)
{
	const struct sample_thread key = {.pid = pid, .tid = tid};
	const struct sample_thread *t =
		s->thread_count ? bsearch(&key, s->threads, s->thread_count, sizeof(key), by_ids) : NULL;

	return t ? &t->account : NULL;
}

/* The lists that are OWNED by their rows; all else is in the arena. */
void sample__free(struct sample *s)
{
	const struct field_table *t = &facts_tables[FACTS_sample];
	void *list;

	if (!s)
		return;
	for (size_t i = 0; i < t->count; i++)
		if (t->fields[i].owned) {
			memcpy(&list, (const char *)s + t->fields[i].offset, sizeof(list));
			free(list);
		}
	arena__free(&s->arena);
	free(s);
}

size_t sample__bytes(const struct sample *s)
{
	const struct field_table *t = &facts_tables[FACTS_sample];
	size_t bytes = sizeof(*s) + arena__bytes(&s->arena), count;

	for (size_t i = 0; i < t->count; i++)
		if (t->fields[i].owned) {
			memcpy(&count, (const char *)s + t->fields[i].count_offset, sizeof(count));
			bytes += count * t->fields[i].size;
		}
	return bytes;
}
