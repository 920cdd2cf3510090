// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/scene.h"

#include "screen/identity.h"
#include "words/describe.h"

const struct screen_view *const SCREEN_VIEWS[VIEWS] = {
	[VIEW_OVERVIEW] = &view_overview, [VIEW_PROCESSES] = &view_processes,
	[VIEW_THREADS] = &view_threads,   [VIEW_LOCKS] = &view_locks,
	[VIEW_LOGS] = &view_logs,         [VIEW_CREATORS] = &view_creators,
	[VIEW_STACKS] = &view_stacks,     [VIEW_GOROUTINES] = &view_goroutines,
	[VIEW_EVENTS] = &view_events,     [VIEW_OUTPUT] = &view_output,
};

bool view__applies(enum view_id view, const struct scene *s)
{
	return !SCREEN_VIEWS[view]->applies || SCREEN_VIEWS[view]->applies(s);
}

size_t scene__moment_count(const struct scene *s)
{
	return s->past ? feed__past_count(s->feed) : feed__count(s->feed);
}

const struct feed_moment *scene__moment(const struct scene *s, size_t i)
{
	return s->past ? feed__past(s->feed, i) : feed__moment(s->feed, i);
}

const struct thread_row *scene__thread(const struct scene *s, pid_t tid)
{
	struct naming n;

	if (!s->r)
		return NULL;
	n = naming__of_interval(s->r);
	return naming__thread(&n, tid);
}

const struct thread_row *scene__snapshot_thread(const struct scene *s, pid_t tid)
{
	struct naming n;

	if (!s->snapshot)
		return NULL;
	n = naming__of_snapshot(s->snapshot);
	return naming__thread(&n, tid);
}

const struct process_row *scene__process(const struct scene *s)
{
	return s->r && s->r->process_count == 1 && !s->every_process ? &s->r->processes[0] : NULL;
}

/* ---- identities --------------------------------------------------------------- */

uint64_t thread__identity(pid_t tid)
{
	return identity__add(IDENTITY_SEED, (uint64_t)tid);
}

uint64_t process__identity(pid_t pid)
{
	return identity__add(IDENTITY_SEED + 1, (uint64_t)pid);
}

uint64_t lock__identity(const struct lock_row *l)
{
	return identity__add(identity__add(IDENTITY_SEED + 2, (uint64_t)l->pid), l->address);
}

uint64_t file__identity(const struct file_row *f)
{
	uint64_t id = identity__add(IDENTITY_SEED + 3, f->inode);

	if (f->inode)
		return identity__add(identity__add(id, f->device), f->generation);
	return identity__add(identity__text(identity__add(id, (uint64_t)f->pid), f->path),
			     f->path ? 0 : (uint64_t)f->fd);
}

uint64_t creator__identity(const struct creator_row *c)
{
	return identity__add(identity__add(IDENTITY_SEED + 4, (uint64_t)c->pid), c->id);
}

/* ---- parts of details ----------------------------------------------------------- */

void page__stack(struct page *p, const char *heading, const struct call_stack *stack, const char *none)
{
	const char *end = stack_end__name(stack->end);

	page__heading(p, "%s", heading);
	if (!stack->count)
		page__line(p, STYLE_DIM, 2, "  %s", none);
	for (size_t i = 0; i < stack->count; i++) {
		const struct frame *f = &stack->frames[i];
		char name[DESCRIBE_WAIT];

		describe_frame(name, sizeof(name), f);
		if (f->file)
			page__line(p, STYLE_PLAIN, 6, "  %2zu  %s at %s:%d%s", i, name, f->file, f->line,
				   f->inlined ? " (inlined)" : "");
		else if (f->module)
			page__line(p, STYLE_PLAIN, 6, "  %2zu  %s  %s", i, name, f->module);
		else
			page__line(p, STYLE_PLAIN, 6, "  %2zu  %s", i, name);
	}
	if (stack->count && stack->end != STACK_COMPLETE && end)
		page__line(p, STYLE_DIM, 2, "      (%s)", end);
}

void page__chain(struct page *p, const struct scene *s, enum lock_kind kind, pid_t owner)
{
	const struct naming n = naming__of_interval(s->r);
	char held[DESCRIBE_NAME + 24], chain[DESCRIBE_CHAIN];

	page__line(p, STYLE_BOLD, 2, "%s%s", describe_owner(held, sizeof(held), &n, kind, owner),
		   describe_chain(chain, sizeof(chain), &n, owner));
}
