// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/overview_tops.h"

#include <stdio.h>
#include <string.h>

#include "screen/goroutine_detail.h"
#include "util/append.h"
#include "util/clock.h"
#include "util/duration.h"
#include "util/text.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"
#include "words/describe.h"

/* ---- which rows -------------------------------------------------------------- */

static bool matters(const struct scene *s, size_t group)
{
	const struct thread_row *t = &s->r->threads[s->groups->list[group].members[0]];

	return t->blocked && !wait_class__at_rest(t->wait.class);
}

size_t tops__count(const struct scene *s, enum top_section section)
{
	size_t count = 0;

	switch (section) {
	case TOP_THREADS:
		while (count < s->groups->count && matters(s, count))
			count++;
		return count;
	case TOP_GOROUTINES:
		return goroutines__group_count(s);
	case TOP_LOCKS:
		while (count < s->r->ranked_locks && !s->r->locks[s->r->lock_rank[count]].for_work)
			count++;
		return count;
	case TOP_LOGS:
		return s->r->file_group_count;
	case TOP_CREATORS:
		return s->r->creator_count;
	default:
		return 0;
	}
}

/* The view that has them all. */
static const enum view_id VIEWS_OF[TOP_SECTIONS] = {[TOP_THREADS] = VIEW_THREADS,
						    [TOP_GOROUTINES] = VIEW_GOROUTINES,
						    [TOP_LOCKS] = VIEW_LOCKS,
						    [TOP_LOGS] = VIEW_LOGS,
						    [TOP_CREATORS] = VIEW_CREATORS};

/* What there is no room for: "; 5 more rows in the view threads". */
static void add_more(const struct scene *s, enum top_section section, size_t shown, char dst[TOP_TEXT])
{
	size_t more = gained_since(tops__count(s, section), shown), used = strlen(dst);

	if (more)
		snprintf(dst + used, TOP_TEXT - used, "; %zu more row%s in the view %s", more,
			 more == 1 ? "" : "s", SCREEN_VIEWS[VIEWS_OF[section]]->title);
}

static const struct thread_row *thread_of(const struct scene *s, size_t i)
{
	return &s->r->threads[s->groups->list[i].members[0]];
}

static const struct lock_row *lock_of(const struct scene *s, size_t i)
{
	return &s->r->locks[s->r->lock_rank[i]];
}

static const struct file_row *file_of(const struct scene *s, size_t i)
{
	return &s->r->files[s->r->file_groups[i].first];
}

uint64_t tops__identity(const struct scene *s, enum top_section section, size_t i)
{
	const struct process_row *process;
	const struct go_group_row *group;

	switch (section) {
	case TOP_THREADS:
		return s->groups->list[i].count > 1 ? s->groups->list[i].id
						    : thread__identity(thread_of(s, i)->tid);
	case TOP_GOROUTINES:
		return goroutines__group_at(s, i, &process, &group) ? goroutines__identity(process, group)
								    : 0;
	case TOP_LOCKS:
		return lock__identity(lock_of(s, i));
	case TOP_LOGS:
		return file__identity(file_of(s, i));
	case TOP_CREATORS:
		return creator__identity(&s->r->creators[i]);
	default:
		return 0;
	}
}

/* ---- in words --------------------------------------------------------------------- */

static void findings_heading(const struct scene *s, char dst[TOP_TEXT])
{
	size_t ended = 0, going_on = 0, used = 0;

	for (size_t i = 0; i < s->found->count; i++) {
		const struct found *f = &s->found->list[i];

		ended += f->ended && !f->follows;
		going_on += !f->ended && !f->follows;
	}
	if (going_on)
		append(dst, TOP_TEXT, &used, "FINDINGS (%zu", going_on);
	else
		append(dst, TOP_TEXT, &used, "%s",
		       !s->r->process_count ? "NO PROCESS"
		       : s->r->interval_ns  ? "NO FINDINGS IN THIS INTERVAL"
					    : "NO FINDINGS SO FAR");
	if (ended)
		append(dst, TOP_TEXT, &used, "%s%zu that %s ended", going_on ? ", and " : " (", ended,
		       ended == 1 ? "has" : "have");
	if (s->found->count)
		append(dst, TOP_TEXT, &used, ")");
}

/* All are read only now and then. */
static void goroutines_heading(const struct scene *s, char dst[TOP_TEXT])
{
	const struct process_row *p = scene__process(s);
	char age[DURATION_TEXT];
	size_t used = 0;

	append(dst, TOP_TEXT, &used, "GOROUTINES");
	if (p && p->go && p->go->read_age_ns)
		append(dst, TOP_TEXT, &used, " (as read %s ago)",
		       duration_format(age, sizeof(age), p->go->read_age_ns));
}

char *tops__heading(const struct scene *s, enum top_section section, size_t shown, char dst[TOP_TEXT])
{
	size_t idle = 0;

	*dst = '\0';
	for (size_t i = 0; i < s->r->ranked_threads; i++)
		idle += wait_class__at_rest(s->r->threads[s->r->thread_rank[i]].wait.class);
	switch (section) {
	case TOP_FINDINGS:
		findings_heading(s, dst);
		break;
	case TOP_THREADS:
		if (idle < s->r->ranked_threads)
			snprintf(dst, TOP_TEXT, "WAITING THREADS (%zu, and %zu idle)",
				 s->r->ranked_threads - idle, idle);
		else
			snprintf(dst, TOP_TEXT, "NO WAITING THREADS (%zu idle)", idle);
		break;
	case TOP_GOROUTINES:
		goroutines_heading(s, dst);
		break;
	case TOP_LOCKS:
		snprintf(dst, TOP_TEXT, "LOCKS");
		break;
	case TOP_LOGS:
		snprintf(dst, TOP_TEXT, "WRITES AND SYNCS");
		break;
	default:
		snprintf(dst, TOP_TEXT, "THREADS CREATED BY");
	}
	add_more(s, section, shown, dst);
	return dst;
}

static void thread_text(const struct scene *s, size_t i, char dst[TOP_TEXT])
{
	const struct naming n = naming__of_interval(s->r);
	const struct thread_group *g = &s->groups->list[i];
	const struct thread_row *t = thread_of(s, i);
	char name[DESCRIBE_NAME + 32], age[DESCRIBE_AGE], wait[DESCRIBE_WAIT], sleep[DESCRIBE_NAME];
	size_t used = 0;

	if (g->count > 1)
		append(dst, TOP_TEXT, &used, "%s", thread_group__name(name, sizeof(name), s->r, g));
	else
		append(dst, TOP_TEXT, &used, "%s", describe_thread(name, sizeof(name), t->name, t->tid));
	append(dst, TOP_TEXT, &used, " for %s: %s%s%s", describe_age(age, sizeof(age), &t->wait),
	       describe_wait_verb(&t->wait), describe_wait(wait, sizeof(wait), &n, &t->wait),
	       describe_sleep(sleep, t));
}

static void goroutine_text(const struct scene *s, size_t i, char dst[TOP_TEXT])
{
	const struct process_row *process;
	const struct go_group_row *group;

	if (goroutines__group_at(s, i, &process, &group))
		goroutines__line(s, process, group, dst, TOP_TEXT);
}

static void lock_text(const struct scene *s, size_t i, char dst[TOP_TEXT])
{
	const struct naming n = naming__of_interval(s->r);
	const struct lock_row *l = lock_of(s, i);
	char name[DESCRIBE_WAIT], owner[DESCRIBE_HOLDER], longest[DURATION_TEXT];

	describe_holder(owner, sizeof(owner), &n, l);
	snprintf(dst, TOP_TEXT, "%s: %zu %s, longest %s%s%s", describe_lock_short(name, sizeof(name), l),
		 l->waiter_count, l->waiter_count == 1 ? "waiter" : "waiters",
		 duration_format(longest, sizeof(longest), l->waits.max_ns), *owner ? ", " : "", owner);
}

/* "; " between the parts, and ": " before the first. */
static const char *next_part(bool *some)
{
	const char *between = *some ? "; " : ": ";

	*some = true;
	return between;
}

static void file_text(const struct scene *s, size_t i, char dst[TOP_TEXT])
{
	const struct file_row *f = file_of(s, i);
	char name[TEXT_FILE_NAME], rate[DURATION_TEXT], p99[DURATION_TEXT];
	bool some = false;
	size_t used = 0;

	append(dst, TOP_TEXT, &used, "%s",
	       *f->path ? text_file_name(name, sizeof(name), f) : "(name unknown)");
	if (f->writes.count)
		append(dst, TOP_TEXT, &used, "%swrites %s, p99 %s", next_part(&some),
		       text_rate(rate, f->writes.count, s->r->interval_ns),
		       text_latency(p99, &f->writes, f->writes.p99_ns));
	if (f->fsyncs.count)
		append(dst, TOP_TEXT, &used, "%ssyncs %s, p99 %s", next_part(&some),
		       text_rate(rate, f->fsyncs.count, s->r->interval_ns),
		       text_latency(p99, &f->fsyncs, f->fsyncs.p99_ns));
	if (f->hangs)
		append(dst, TOP_TEXT, &used, "%sin flight for %s", next_part(&some),
		       duration_format(p99, sizeof(p99), f->oldest_in_flight_ns));
	if (!some && s->r->interval_ns)
		append(dst, TOP_TEXT, &used, ": no calls in this interval");
}

static void creator_text(const struct scene *s, size_t i, char dst[TOP_TEXT])
{
	const struct creator_row *c = &s->r->creators[i];
	char growth[DURATION_TEXT], stack[DESCRIBE_WAIT];

	text_growth(growth, c->growth_per_s);
	describe_creator(stack, sizeof(stack), &c->stack, 4);
	snprintf(dst, TOP_TEXT, "%s: %llu created, %llu alive%s%s%s", *stack ? stack : "(stack unknown)",
		 (unsigned long long)c->created, (unsigned long long)c->alive, *growth ? ", " : "", growth,
		 *growth ? " on average since first seen" : "");
}

char *tops__text(const struct scene *s, enum top_section section, size_t i, char dst[TOP_TEXT])
{
	*dst = '\0';
	if (section == TOP_THREADS)
		thread_text(s, i, dst);
	else if (section == TOP_GOROUTINES)
		goroutine_text(s, i, dst);
	else if (section == TOP_LOCKS)
		lock_text(s, i, dst);
	else if (section == TOP_LOGS)
		file_text(s, i, dst);
	else if (section == TOP_CREATORS)
		creator_text(s, i, dst);
	return dst;
}

/* ---- where they lead ----------------------------------------------------------------- */

struct place tops__place(const struct scene *s, enum top_section section, size_t i)
{
	struct place to = {.view = VIEWS_OF[section], .id = tops__identity(s, section, i), .detail = true};

	if (section == TOP_THREADS)
		to.detail_of = thread__identity(thread_of(s, i)->tid);
	return to;
}

/* Its lock, or the one that the first of its threads waits for, else that thread. */
static struct place of_threads(const struct scene *s, const struct found *f, bool by_lock)
{
	for (size_t i = 0; f->lock && i < s->r->lock_count; i++)
		if (s->r->locks[i].pid == f->pid && s->r->locks[i].address == f->lock)
			return (struct place){
				.view = VIEW_LOCKS, .id = lock__identity(&s->r->locks[i]), .detail = true};
	for (size_t i = 0; i < f->tid_count; i++) {
		const struct thread_row *t = scene__thread(s, f->tids[i]);

		if (by_lock && t && t->blocked && t->wait.lock != NO_INDEX)
			return (struct place){.view = VIEW_LOCKS,
					      .id = lock__identity(&s->r->locks[t->wait.lock]),
					      .detail = true};
		if (t)
			return (struct place){
				.view = VIEW_THREADS, .id = thread__identity(f->tids[i]), .detail = true};
	}
	return (struct place){.view = VIEW_THREADS};
}

static struct place of_log(const struct scene *s, const struct found *f)
{
	for (size_t i = 0; f->path && i < s->r->file_count; i++)
		if (same_text(s->r->files[i].path, f->path))
			return (struct place){
				.view = VIEW_LOGS, .id = file__identity(&s->r->files[i]), .detail = true};
	return (struct place){.view = VIEW_LOGS};
}

/* The creator that the most threads come from. */
static struct place of_growth(const struct scene *s, const struct found *f)
{
	const struct creator_row *most = NULL;

	for (size_t i = 0; i < s->r->creator_count; i++) {
		const struct creator_row *c = &s->r->creators[i];

		if (c->pid == f->pid && (!most || c->growth_per_s > most->growth_per_s))
			most = c;
	}
	return (struct place){
		.view = VIEW_CREATORS, .id = most ? creator__identity(most) : 0, .detail = most != NULL};
}

struct place tops__of_finding(const struct scene *s, const struct found *f)
{
	switch (f->kind) {
	case FINDING_DEADLOCK:
	case FINDING_LOCK_CONVOY:
		return of_threads(s, f, true);
	case FINDING_STUCK_THREAD:
	case FINDING_CPU_STARVED:
		return of_threads(s, f, false);
	case FINDING_THREAD_GROWTH:
		return of_growth(s, f);
	case FINDING_GOROUTINE_GROWTH:
	case FINDING_GOROUTINE_LEAK:
	case FINDING_TIMER_GROWTH:
	case FINDING_LOG_QUEUE_FULL:
		return goroutines__place(s, f);
	default:
		return of_log(s, f);
	}
}
