// SPDX-License-Identifier: GPL-2.0-or-later
/* What processes read from storage, wrote to it, and slept in state D within an interval. */
#include "model/interval/model_private.h"
#include "util/clock.h"
#include "util/heap.h"

/* The sums of a process that was not seen before are of this interval if it began in it. */
static bool is_new(const struct model *m, const struct process_row *row, const struct sample_process *p)
{
	uint64_t age_ns = row->origin.uptime_ns;

	if (p->ended) /* its age is not known, but where all are seen it began after the sample before */
		return m->every_process;
	return age_ns && age_ns <= m->report.interval_ns;
}

/* Takes what a sum has gained over its most so far, which becomes that of now. */
static uint64_t gained_over(uint64_t *most, uint64_t now)
{
	uint64_t gained = gained_since(now, *most);

	*most += gained;
	return gained;
}

void model__storage(struct model *m, struct process_row *rows)
{
	const struct sample *s = m->now;

	m->sums = ARENA_NEW(&m->arena, struct sums_memory, s->process_count + 1);
	for (size_t i = 0; i < s->process_count; i++) {
		const struct sample_process *p = &s->processes[i],
					    *b = model__find_process(m->before, p->pid);
		struct sums_memory *most = &m->sums[i];
		struct process_row *row = &rows[i];

		if (b && b->ended)
			b = NULL; /* another process had the PID */
		if (b)
			*most = m->last->sums[b - m->before->processes];
		row->read_bytes = gained_over(&most->read_bytes, p->read_bytes);
		row->dirtied_bytes = gained_over(&most->dirtied_bytes, p->dirtied_bytes);
		row->d_ns = gained_over(&most->d_ns, p->d_ns);
		row->storage_known = p->storage_known && (b ? b->storage_known : is_new(m, row, p));
		row->d_known = p->d_known && (b ? b->d_known : is_new(m, row, p));
	}
}

void model__storage_base(struct model *m, const struct sample *base)
{
	m->sums = ARENA_NEW(&m->arena, struct sums_memory, base->process_count + 1);
	for (size_t i = 0; i < base->process_count; i++) {
		const struct sample_process *p = &base->processes[i];

		m->sums[i] = (struct sums_memory){
			.read_bytes = p->read_bytes, .dirtied_bytes = p->dirtied_bytes, .d_ns = p->d_ns};
	}
}

void model__storage_only(struct sample *base, const struct sample *s)
{
	base->processes = HEAP_NEW(struct sample_process, s->process_count + 1);
	base->process_count = s->process_count;
	for (size_t i = 0; i < s->process_count; i++) {
		const struct sample_process *p = &s->processes[i];

		base->processes[i] = (struct sample_process){.pid = p->pid,
							     .comm = "",
							     .ended = p->ended,
							     .storage_known = p->storage_known,
							     .read_bytes = p->read_bytes,
							     .dirtied_bytes = p->dirtied_bytes,
							     .d_known = p->d_known,
							     .d_ns = p->d_ns};
	}
}
