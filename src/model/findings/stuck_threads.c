// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Findings of a snapshot: lock convoys, and threads stuck in non-idle waits. Workers that wait for work are
 * not reported. A thread that another finding covers is not stuck: one in or behind a deadlock, in or behind
 * a write or sync, and the threads and the owner of a convoy.
 */
#include "model/findings/stuck_threads.h"

#include <stdlib.h>
#include <string.h>

#include "thresholds.h"
#include "util/duration.h"
#include "waits/wait.h"
#include "words/describe.h"

#define STUCK_NS  NS_OF_S(STUCK_THREAD_S)
#define NAMED     3
#define SENTENCE  1024
#define BY_SIGNAL "by a signal; SIGCONT continues it"
#define BY_TRACER "by a debugger or tracer"
#define BY_CGROUP "by its cgroup (docker pause, systemctl freeze)"

struct teller {
	struct findings *f;
	const struct snapshot_report *r;
	struct naming n;
	bool *told; /* by thread */
};

static size_t index_of(const struct teller *t, pid_t tid)
{
	const struct thread_row *row = naming__thread(&t->n, tid);

	return row ? (size_t)(row - t->r->threads) : NO_INDEX;
}

static void tell(struct teller *t, enum finding_kind kind, bool urgent, const char *summary,
		 const pid_t *tids, size_t count)
{
	findings__add(t->f, &(struct finding){.kind = kind,
					      .severity = urgent ? SEVERITY_USUAL : SEVERITY_INFO,
					      .summary = summary,
					      .pid = t->r->pid,
					      .tids = tids,
					      .tid_count = count});
	for (size_t i = 0; i < count; i++) {
		size_t at = index_of(t, tids[i]);

		if (at != NO_INDEX)
			t->told[at] = true;
	}
}

/* ---- convoys -------------------------------------------------------------------- */

static uint64_t longest_wait(const struct teller *t, const struct lock_row *l)
{
	uint64_t longest = 0;

	for (size_t i = 0; i < l->waiter_count; i++) {
		const struct thread_row *row = naming__thread(&t->n, l->waiters[i]);

		if (row && row->wait.duration_ns > longest)
			longest = row->wait.duration_ns;
	}
	return longest;
}

static bool is_convoy(const struct teller *t, const struct lock_row *l)
{
	if (l->waiter_count < 2 || !wait__exclusive(l->kind) || longest_wait(t, l) < NS_OF_MS(LOCK_CONVOY_MS))
		return false;
	for (size_t i = 0; i < l->waiter_count; i++)
		if (t->told[index_of(t, l->waiters[i])])
			return false; /* part of a deadlock */
	return true;
}

/* Most waiters first. */
static int by_waiters(const void *a, const void *b)
{
	const struct lock_row *x = *(const struct lock_row *const *)a;
	const struct lock_row *y = *(const struct lock_row *const *)b;

	if (x->waiter_count != y->waiter_count)
		return x->waiter_count > y->waiter_count ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

static void tell_convoy(struct teller *t, const struct lock_row *l)
{
	pid_t *tids = ARENA_NEW(t->f->arena, pid_t, l->waiter_count + 1);
	uint64_t longest = longest_wait(t, l);
	size_t count = l->waiter_count;

	memcpy(tids, l->waiters, count * sizeof(*tids));
	if (l->owner_tid > 0)
		tids[count++] = l->owner_tid;
	tell(t, FINDING_LOCK_CONVOY, longest >= NS_OF_S(LOCK_CONVOY_WARNING_S),
	     findings__queue_text(t->f->arena, &t->n, l, l->waiter_count, longest), tids, count);
}

static void tell_more_convoys(struct teller *t, const struct lock_row *const *list, size_t count)
{
	pid_t *tids = ARENA_NEW(t->f->arena, pid_t, t->r->thread_count + 1);
	size_t threads = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < list[i]->waiter_count; k++)
			tids[threads++] = list[i]->waiters[k];
	tell(t, FINDING_LOCK_CONVOY, false,
	     arena__format(t->f->arena, "%zu more threads wait for %zu more locks", threads, count), tids,
	     threads);
}

static void tell_convoys(struct teller *t)
{
	const struct lock_row **list = ARENA_NEW(t->f->arena, const struct lock_row *, t->r->lock_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < t->r->lock_count; i++)
		if (is_convoy(t, &t->r->locks[i]))
			list[count++] = &t->r->locks[i];
	if (count)
		qsort(list, count, sizeof(*list), by_waiters);
	for (size_t i = 0; i < count && i < FINDINGS_OF_A_KIND; i++)
		tell_convoy(t, list[i]);
	if (count > FINDINGS_OF_A_KIND)
		tell_more_convoys(t, list + FINDINGS_OF_A_KIND, count - FINDINGS_OF_A_KIND);
}

/* ---- stuck threads ---------------------------------------------------------------- */

/* A long non-idle wait. */
static bool is_stuck(const struct thread_row *t)
{
	if (!t->blocked || t->wait.duration_ns < STUCK_NS)
		return false;
	return t->state == 'D' || t->wait.kind == WAIT_STOPPED || wait__holds_up(t->wait.kind);
}

static const char *file_of(const struct thread_row *t)
{
	return t->wait.file ? t->wait.file : "";
}

/* Equal: the same kind of wait for the same object. */
static int compare_waits(const struct thread_row *x, const struct thread_row *y)
{
	if (x->wait.kind != y->wait.kind) /* locks last: another thread causes them */
		return x->wait.kind > y->wait.kind ? -1 : 1;
	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	if (x->wait.frozen != y->wait.frozen)
		return x->wait.frozen ? -1 : 1;
	if (x->wait.kind == WAIT_STOPPED)
		return 0;
	if (x->wait.lock != y->wait.lock)
		return x->wait.lock < y->wait.lock ? -1 : 1;
	return strcmp(file_of(x), file_of(y));
}

static int by_wait(const void *a, const void *b)
{
	const struct thread_row *x = *(const struct thread_row *const *)a;
	const struct thread_row *y = *(const struct thread_row *const *)b;
	int order = compare_waits(x, y);

	if (order)
		return order;
	if (x->wait.duration_ns != y->wait.duration_ns)
		return x->wait.duration_ns > y->wait.duration_ns ? -1 : 1;
	return x->tid < y->tid ? -1 : x->tid > y->tid;
}

/* ", in uninterruptible sleep (folio_wait_bit_common in the kernel)"; "" if it can be interrupted. */
static const char *uninterruptible(struct arena *a, const struct thread_row *t)
{
	if (t->state != 'D')
		return "";
	if (!t->wait.kernel_function)
		return ", in uninterruptible sleep";
	return arena__format(a, ", in uninterruptible sleep (%s in the kernel)", t->wait.kernel_function);
}

/* "has been in write(/var/log/app.log) for 2.3 s", without the thread. */
static const char *stuck_in(struct teller *t, const struct thread_row *one, size_t count)
{
	const struct lock_row *lock = naming__lock(&t->n, one->wait.lock);
	const char *have = count == 1 ? "has" : "have", *up_to = count == 1 ? "" : "up to ";
	char text[DESCRIBE_WAIT], chain[DESCRIBE_CHAIN], owner[DESCRIBE_NAME + 24], time[DURATION_TEXT];

	duration_format(time, sizeof(time), one->wait.duration_ns);
	if (one->wait.kind == WAIT_STOPPED && one->wait.frozen)
		return arena__format(t->f->arena, "%s been frozen for %s%s, " BY_CGROUP, have, up_to, time);
	if (one->wait.kind == WAIT_STOPPED)
		return arena__format(t->f->arena, "%s been stopped for %s%s, %s", have, up_to, time,
				     one->state == 'T' ? BY_SIGNAL : BY_TRACER);
	describe_wait_short(text, sizeof(text), &t->n, &one->wait);
	if (!lock)
		return arena__format(t->f->arena, "%s been in %s for %s%s%s", have, text, up_to, time,
				     uninterruptible(t->f->arena, one));
	if (one->wait.blocked_by <= 0)
		return arena__format(t->f->arena, "%s waited %s%s for %s" HOLDER_NOT_KNOWN, have, up_to, time,
				     text);
	return arena__format(t->f->arena, "%s waited %s%s for %s, %s%s", have, up_to, time, text,
			     describe_owner(owner, sizeof(owner), &t->n, lock->kind, one->wait.blocked_by),
			     describe_chain(chain, sizeof(chain), &t->n, one->wait.blocked_by));
}

static const pid_t *tids_of(struct arena *a, const struct thread_row *const *list, size_t count)
{
	pid_t *tids = ARENA_NEW(a, pid_t, count);

	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	return tids;
}

static void tell_group(struct teller *t, const struct thread_row *const *list, size_t count)
{
	const pid_t *tids = tids_of(t->f->arena, list, count);
	const char *what = stuck_in(t, list[0], count);
	char who[SENTENCE];

	describe_tids(who, sizeof(who), &t->n, tids, count, NAMED);
	tell(t, FINDING_STUCK_THREAD, true,
	     count == 1 ? arena__format(t->f->arena, "%s %s", who, what)
			: arena__format(t->f->arena, "%zu threads %s: %s", count, what, who),
	     tids, count);
}

static void tell_stuck(struct teller *t)
{
	const struct thread_row **list =
		ARENA_NEW(t->f->arena, const struct thread_row *, t->r->thread_count + 1);
	size_t count = 0, groups = 0, first = 0;

	for (size_t i = 0; i < t->r->thread_count; i++)
		if (!t->told[i] && is_stuck(&t->r->threads[i]))
			list[count++] = &t->r->threads[i];
	if (count)
		qsort(list, count, sizeof(*list), by_wait);
	for (size_t i = 1; i <= count && groups < FINDINGS_OF_A_KIND; i++) {
		if (i < count && !compare_waits(list[first], list[i]))
			continue;
		tell_group(t, list + first, i - first);
		first = i;
		groups++;
	}
	if (first < count)
		tell(t, FINDING_STUCK_THREAD, false,
		     arena__format(t->f->arena, "%zu more threads have been stuck for over %d s",
				   count - first, STUCK_THREAD_S),
		     tids_of(t->f->arena, list + first, count - first), count - first);
}

void findings__stuck(struct findings *f, const struct snapshot_report *r, const bool *in_deadlock,
		     const bool *in_call)
{
	struct teller t = {.f = f,
			   .r = r,
			   .n = {.threads = r->threads,
				 .thread_count = r->thread_count,
				 .locks = r->locks,
				 .lock_count = r->lock_count,
				 .by_tid = true},
			   .told = ARENA_NEW(f->arena, bool, r->thread_count + 1)};

	memcpy(t.told, in_deadlock, r->thread_count * sizeof(*t.told));
	tell_convoys(&t);
	for (size_t i = 0; i < r->thread_count; i++)
		t.told[i] = t.told[i] || in_call[i];
	tell_stuck(&t);
}
