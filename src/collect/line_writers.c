// SPDX-License-Identifier: GPL-2.0-or-later
/* Who writes the lines of a process: threads, goroutines, or tasks that move between threads. */
#include "collect/collector_private.h"
#include "waits/moving_tasks.h"

/* Another thread may have written into its line. */
static bool is_suspect(const struct sample *s, pid_t pid)
{
	for (size_t i = 0; i < s->file_count; i++)
		if (s->files[i].key.tgid == (uint32_t)pid &&
		    s->files[i].totals.torn_lines + s->files[i].totals.torn_unknown)
			return true;
	return false;
}

/* What was counted as torn so far was counted by threads. */
static void count_goroutines(struct collector *c, struct sample *s, pid_t pid, uint32_t goid_at)
{
	if (probes__add_go(c->probes, (uint32_t)pid, goid_at))
		return;
	for (size_t i = 0; i < s->file_count; i++) {
		struct ts_file *t = &s->files[i].totals;

		if (s->files[i].key.tgid != (uint32_t)pid || !t->partial_writes)
			continue;
		probes__forget_torn(c->probes, &s->files[i].key);
		t->torn_lines = t->torn_proven = t->torn_shared = 0;
	}
}

static enum line_writers look(struct collector *c, struct sample *s, pid_t pid)
{
	const struct goroutines_refusal *why;
	struct goroutines *r;

	if (!targets__get(c->targets, pid))
		return WRITERS_UNKNOWN;
	r = targets__goroutines(c->targets, pid, &why);
	if (!r && !*why->reason)
		return WRITERS_THREADS;
	if (!r)
		return why->is_go ? WRITERS_MOVE : WRITERS_UNKNOWN;
	count_goroutines(c, s, pid, goroutines__goid_at(r));
	return WRITERS_GOROUTINES;
}

static void find_moving_tasks(struct sample *s)
{
	size_t at = 0;

	for (size_t i = 0; i < s->thread_count; i++) {
		while (at < s->process_count && s->processes[at].pid < s->threads[i].pid)
			at++;
		if (at < s->process_count && s->processes[at].pid == s->threads[i].pid &&
		    s->processes[at].writers == WRITERS_THREADS && moving_tasks__runs(s->threads[i].name))
			s->processes[at].writers = WRITERS_MOVE;
	}
}

void collect__line_writers(struct collector *c, struct sample *s)
{
	for (size_t i = 0; i < s->process_count; i++) {
		struct sample_process *p = &s->processes[i];
		enum line_writers *known = pid_table__at(c->writers, p->pid);

		if (!*known && !p->ended && (!c->options.every_process || is_suspect(s, p->pid)))
			*known = look(c, s, p->pid);
		p->writers = *known;
	}
	find_moving_tasks(s);
	for (size_t i = 0; i < s->process_count; i++)
		*(enum line_writers *)pid_table__at(c->writers, s->processes[i].pid) =
			s->processes[i].writers;
}
