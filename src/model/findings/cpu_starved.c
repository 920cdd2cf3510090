// SPDX-License-Identifier: GPL-2.0-or-later
/* Lock owners with waiters, or many threads of a process, that were runnable without a CPU. */
#include <stdlib.h>
#include <string.h>

#include "model/findings/interval_finders.h"
#include "model/rows/rows.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe.h"

struct starved {
	const struct thread_row *thread;
	const struct lock_row *lock; /* its lock with most waiters; NULL: none */
	uint64_t ns;
};

/* "; its cgroup web may use 0.20 CPUs and was throttled in 9 of 10 periods of 100 ms"; "": not throttled. */
static const char *quota_text(struct arena *a, const struct interval_facts *facts, pid_t pid)
{
	/* The main thread's account has the counts of the cgroup. */
	const struct ts_account *now = sample__account(facts->now, pid, pid);
	struct halt h = {.counted_so_far = true};
	char text[DESCRIBE_WAIT];

	if (!now || !now->quota_ns || !now->period_ns)
		return "";
	h.cgroup = now->cgroup;
	h.quota_ns = now->quota_ns;
	h.period_ns = now->period_ns;
	h.periods = now->counts[TS_PERIODS];
	h.throttled = now->counts[TS_THROTTLED];
	row__count_from(&h, sample__account(facts->before, pid, pid));
	if (h.counted_so_far || !h.throttled || h.throttled > h.periods)
		return "";
	return arena__format(a, "; %s", describe_quota(text, sizeof(text), &h));
}

/* Its lock with most waiters. Locks are held for microseconds, too, in which a thread may lose its CPU: only
 * a lock that somebody has waited for as long as the owner must have been without one. */
static const struct lock_row *waited_for(const struct interval_report *r, const struct thread_row *t)
{
	const struct lock_row *most = NULL;

	for (size_t i = 0; i < r->lock_count; i++) {
		const struct lock_row *l = &r->locks[i];

		if (l->pid == t->pid && l->owner_tid == t->tid && l->waiter_count &&
		    l->waits.max_ns >= NS_OF_MS(CPU_STARVED_MS) &&
		    (!most || l->waiter_count > most->waiter_count))
			most = l;
	}
	return most;
}

/* By process; lock owners first, then the longest. */
static int by_process(const void *a, const void *b)
{
	const struct starved *x = a, *y = b;

	if (x->thread->pid != y->thread->pid)
		return x->thread->pid < y->thread->pid ? -1 : 1;
	if (!x->lock != !y->lock)
		return x->lock ? -1 : 1;
	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	return x->thread->tid < y->thread->tid ? -1 : 1;
}

static struct starved *starved_threads(struct arena *a, const struct interval_report *r, size_t *ret_count)
{
	struct starved *list = ARENA_NEW(a, struct starved, r->thread_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < r->thread_count; i++) {
		uint64_t ns = r->threads[i].counts[TS_RUNNABLE_NS];

		/* Clocks are read one after the other. */
		if (ns > r->interval_ns)
			ns = r->interval_ns;
		if (ns < NS_OF_MS(CPU_STARVED_MS) || ns <= r->interval_ns * CPU_STARVED_PERCENT / 100)
			continue;
		list[count++] = (struct starved){&r->threads[i], waited_for(r, &r->threads[i]), ns};
	}
	if (count)
		qsort(list, count, sizeof(*list), by_process);
	*ret_count = count;
	return list;
}

static const struct process_row *process_of(const struct interval_report *r, pid_t pid)
{
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].pid == pid)
			return &r->processes[i];
	return NULL;
}

/* "; 3 threads wait for mutex log_mutex, which it holds" */
static const char *waiters_text(struct arena *a, const struct lock_row *l)
{
	char lock[DESCRIBE_WAIT];

	if (!l)
		return "";
	return arena__format(a, "; %zu %s for %s, which it holds", l->waiter_count,
			     l->waiter_count == 1 ? "thread waits" : "threads wait",
			     describe_lock_short(lock, sizeof(lock), l));
}

/* list: threads of one process. */
static void of_process(struct findings *f, const struct interval_facts *facts, const struct starved *list,
		       size_t count)
{
	const struct process_row *p = process_of(facts->report, list->thread->pid);
	char name[DESCRIBE_NAME], time[DURATION_TEXT], interval[DURATION_TEXT];
	pid_t *tids = ARENA_NEW(f->arena, pid_t, count);
	const char *others = "";
	bool many;

	if (!p)
		return;
	many = count * 100 > p->threads * CPU_STARVED_THREADS_PERCENT && (count > 1 || p->threads == 1);
	if (!many && !list->lock)
		return;
	if (!many) /* few without a lock: expected with a low weight or priority */
		while (!list[count - 1].lock)
			count--;
	for (size_t i = 0; i < count; i++)
		tids[i] = list[i].thread->tid;
	if (count > 1)
		others =
			arena__format(f->arena, ", as %s %zu more of %llu threads for over half of it",
				      count == 2 ? "was" : "were", count - 1, (unsigned long long)p->threads);
	findings__add(
		f, &(struct finding){
			   .kind = FINDING_CPU_STARVED,
			   .severity = list->lock ? SEVERITY_USUAL : SEVERITY_INFO,
			   .pid = p->pid,
			   .tids = tids,
			   .tid_count = count,
			   .summary = arena__format(
				   f->arena, "%s was runnable without a CPU for %s of %s%s%s%s",
				   describe_thread(name, sizeof(name), list->thread->name, list->thread->tid),
				   duration_format(time, sizeof(time), list->ns),
				   duration_format(interval, sizeof(interval), facts->report->interval_ns),
				   others, waiters_text(f->arena, list->lock),
				   quota_text(f->arena, facts, p->pid))});
}

/* The slowest call of the interval on a file, if it waited for a CPU; NULL: it did not. */
static const struct slow_call *starved_call(const struct file_row *file)
{
	const struct slow_call *c = file->slow ? file->slow->slowest : NULL;

	if (!c || c->ns < NS_OF_MS(CPU_STARVED_CALL_MS) ||
	    c->parts[STALL_RUNNABLE] <= c->ns / 100 * CPU_STARVED_PERCENT)
		return NULL;
	return c;
}

static int longest_first(const void *a, const void *b)
{
	const struct file_row *x = *(const struct file_row *const *)a,
			      *y = *(const struct file_row *const *)b;
	const struct slow_call *c = x->slow->slowest, *d = y->slow->slowest;

	if (c->parts[STALL_RUNNABLE] != d->parts[STALL_RUNNABLE])
		return c->parts[STALL_RUNNABLE] > d->parts[STALL_RUNNABLE] ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* One finding covers the calls of a process, and those of all processes on one file. Files and connections
 * apart: `logs` shows those on files. */
static bool together(const struct file_row *x, const struct file_row *y)
{
	if (file_kind__is_file(x->kind) != file_kind__is_file(y->kind))
		return false;
	return x->pid == y->pid || (*x->path && !strcmp(x->path, y->path));
}

static void of_call(struct findings *f, const struct interval_facts *facts, const struct file_row *file,
		    size_t more)
{
	const struct slow_call *c = file->slow->slowest;
	char name[DESCRIBE_NAME], time[DURATION_TEXT], all[DURATION_TEXT];
	pid_t *tids = ARENA_NEW(f->arena, pid_t, 1);
	const char *others = "";

	tids[0] = c->tid;
	if (more)
		others = arena__format(f->arena, "; the same in %zu more slow %s", more,
				       more == 1 ? "call" : "calls");
	findings__add(
		f, &(struct finding){
			   .kind = FINDING_CPU_STARVED,
			   .severity = SEVERITY_INFO,
			   .pid = file->pid,
			   .path = *file->path ? file->path : NULL,
			   .tids = tids,
			   .tid_count = c->tid > 0,
			   .summary = arena__format(
				   f->arena,
				   "%s was runnable without a CPU for %s of the %s that %s(%s) took%s%s",
				   describe_thread(name, sizeof(name), c->name, c->tid),
				   duration_format(time, sizeof(time), c->parts[STALL_RUNNABLE]),
				   duration_format(all, sizeof(all), c->ns), describe_io(c->syscall, c->sync),
				   *file->path ? file->path : file_kind__name(file->kind), others,
				   quota_text(f->arena, facts, file->pid))});
}

static void of_calls(struct findings *f, const struct interval_facts *facts)
{
	const struct interval_report *r = facts->report;
	const struct file_row **list = ARENA_NEW(f->arena, const struct file_row *, r->file_count + 1);
	size_t count = 0, left;

	for (size_t i = 0; i < r->file_count; i++)
		if (starved_call(&r->files[i]))
			list[count++] = &r->files[i];
	if (count)
		qsort(list, count, sizeof(*list), longest_first);
	for (; count; count = left) { /* the longest, then those that it does not cover */
		left = 0;
		for (size_t i = 1; i < count; i++)
			if (!together(list[0], list[i]))
				list[1 + left++] = list[i];
		of_call(f, facts, list[0], count - 1 - left);
		list++;
	}
}

void findings__cpu_starved(struct findings *f, const struct interval_facts *facts)
{
	size_t count, first = 0;
	const struct starved *list = starved_threads(f->arena, facts->report, &count);

	for (size_t i = 1; i <= count; i++) {
		if (i < count && list[i].thread->pid == list[first].thread->pid)
			continue;
		of_process(f, facts, list + first, i - first);
		first = i;
	}
	of_calls(f, facts);
}
