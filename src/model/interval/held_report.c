// SPDX-License-Identifier: GPL-2.0-or-later
/* How long reports live: each with the sample that it points into. */
#include "model/interval/model_private.h"

const struct interval_report *interval_report__hold(const struct interval_report *r)
{
	__atomic_add_fetch(&((struct held_report *)r)->holders, 1, __ATOMIC_RELAXED);
	return r;
}

void interval_report__release(const struct interval_report *r)
{
	struct held_report *held = (struct held_report *)r;
	struct arena arena;

	/* What the other holders have read of it comes before it is freed. */
	if (!held || __atomic_sub_fetch(&held->holders, 1, __ATOMIC_ACQ_REL))
		return;
	arena = held->arena; /* held is in it, too */
	sample__free(held->sample);
	arena__free(&arena);
}

const struct sample *interval_report__sample(const struct interval_report *r)
{
	return ((const struct held_report *)r)->sample;
}

size_t interval_report__bytes(const struct interval_report *r)
{
	const struct held_report *held = (const struct held_report *)r;

	return arena__bytes(&held->arena) + sample__bytes(held->sample);
}

const struct interval_report *model__hold(struct model *m, struct sample *s)
{
	struct held_report *held = ARENA_NEW(&m->arena, struct held_report, 1);

	*held = (struct held_report){.report = m->report,
				     .holders = 1,
				     .arena = m->arena,
				     .sample = s,
				     .files = m->files,
				     .calls_unseen = m->calls_unseen,
				     .sums = m->sums,
				     .places = m->places};
	m->places = NULL;
	m->arena = (struct arena){0};
	/* The model needed it to make this one. */
	if (m->last)
		interval_report__release(&m->last->report);
	m->before = NULL;
	m->last = held;
	return &held->report;
}
