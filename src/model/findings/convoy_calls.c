// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/convoy_calls.h"

#include <string.h>

#include "model/findings/call_memory.h"
#include "model/findings/hangs.h"
#include "thresholds.h"
#include "util/duration.h"
#include "waits/wait.h"

static bool in_call(const struct thread_row *t)
{
	return t && t->blocked && (t->wait.kind == WAIT_WRITE || t->wait.kind == WAIT_FSYNC);
}

static bool same_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* The lock of a convoy. NULL: not one of the C library's, or several. */
static const struct lock_row *lock_of(const struct naming *n, const struct finding *f)
{
	for (size_t i = 0; f->lock && i < n->lock_count; i++)
		if (n->locks[i].pid == f->pid && n->locks[i].address == f->lock)
			return &n->locks[i];
	return NULL;
}

/* ---- one instant --------------------------------------------------------------------------------------- */

static bool is_of_call(const struct finding *f, const struct thread_row *t)
{
	if (same_text(f->path, t->wait.file))
		return true;
	for (size_t i = 0; i < f->tid_count; i++)
		if (f->tids[i] == t->tid)
			return true;
	return false;
}

void findings__calls_of_owners(struct findings *f, const struct naming *n)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct lock_row *l =
			f->list[i].kind == FINDING_LOCK_CONVOY ? lock_of(n, &f->list[i]) : NULL;
		const struct thread_row *t = l ? hangs__last_owner(n, naming__holder(l, NULL)) : NULL;

		for (size_t k = 0; in_call(t) && k < f->count; k++)
			if (f->list[k].kind == FINDING_LOG_STALL && !f->list[k].follows &&
			    f->list[k].pid == t->pid && is_of_call(&f->list[k], t))
				findings__follow(f, i, k);
	}
}

/* ---- an interval --------------------------------------------------------------------------------------- */

struct calls {
	struct findings *f;
	const struct interval_report *r;
	const struct naming *n;
	struct call_memory *m;
	uint64_t now_ns;
};

static bool is_queue(const struct lock_row *l)
{
	return l->address && naming__exclusive(l);
}

static uint64_t longest_wait(const struct calls *c, const struct lock_row *l)
{
	uint64_t longest = 0;

	for (size_t i = 0; i < l->waiter_count; i++) {
		const struct thread_row *t = naming__thread(c->n, l->waiters[i]);

		if (t && t->wait.duration_ns > longest)
			longest = t->wait.duration_ns;
	}
	return longest;
}

static void keep(const struct calls *c, const struct lock_row *l, const struct thread_row *t,
		 const char *path, const char *call, bool sync)
{
	call_memory__keep(c->m, &(struct held_call){.pid = l->pid,
						    .lock = l->address,
						    .path = path,
						    .call = call,
						    .sync = sync,
						    .name = t->name,
						    .tid = t->tid,
						    .seen_ns = c->now_ns});
}

/* A holder that runs, and spends most of the time that the others wait in syncs: it is between two of them.
 */
static void keep_syncs(const struct calls *c, const struct lock_row *l, const struct thread_row *t)
{
	uint64_t longest = longest_wait(c, l);

	if (longest > c->r->interval_ns)
		longest = c->r->interval_ns;
	if (longest < NS_OF_MS(LOCK_CONVOY_MS))
		return;
	for (size_t i = 0; i < c->r->file_count; i++) {
		const struct file_row *row = &c->r->files[i];

		if (row->pid == t->pid && row->fsync_tid == t->tid && *row->path &&
		    row->fsync_ns >= longest / 2)
			keep(c, l, t, row->path, "fsync", true);
	}
}

/* The call that a thread is in although it runs, as the probes know. NULL: none. */
static const struct call_row *call_in_flight(const struct calls *c, const struct thread_row *t)
{
	for (size_t i = 0; i < c->r->call_count; i++)
		if (c->r->calls[i].thread->tid == t->tid && !c->r->calls[i].request && *c->r->calls[i].path)
			return &c->r->calls[i];
	return NULL;
}

static void keep_running(const struct calls *c, const struct lock_row *l, const struct thread_row *t)
{
	const struct call_row *call = call_in_flight(c, t);

	if (call)
		keep(c, l, t, call->path, describe_io(call->syscall, call->sync), call->sync);
	else
		keep_syncs(c, l, t);
}

/* Which calls the holders of locks are in now. */
static void look(const struct calls *c)
{
	for (size_t i = 0; i < c->r->lock_count; i++) {
		const struct lock_row *l = &c->r->locks[i];
		const struct thread_row *t = l->waiter_count && is_queue(l)
						     ? hangs__last_owner(c->n, naming__holder(l, NULL))
						     : NULL;

		if (in_call(t) && t->wait.file && *t->wait.file)
			keep(c, l, t, t->wait.file, describe_io(t->wait.syscall, t->wait.kind == WAIT_FSYNC),
			     t->wait.kind == WAIT_FSYNC);
		else if (t && !t->blocked)
			keep_running(c, l, t);
	}
}

static bool is_of_file(const struct finding *f, pid_t pid, const char *path)
{
	return (f->kind == FINDING_LOG_STALL || f->kind == FINDING_SYNC_PER_WRITE ||
		f->kind == FINDING_CPU_STARVED) &&
	       !f->follows && f->pid == pid && same_text(f->path, path);
}

static void follow_file(struct findings *f, size_t cause, const char *path)
{
	for (size_t k = 0; k < f->count; k++)
		if (is_of_file(&f->list[k], f->list[cause].pid, path))
			findings__follow(f, cause, k);
}

static bool is_of_lock(const struct held_call *one, const struct lock_row *l)
{
	return one->pid == l->pid && one->lock == l->address;
}

static const struct file_row *file_of(const struct calls *c, const struct held_call *one)
{
	for (size_t i = 0; i < c->r->file_count; i++)
		if (c->r->files[i].pid == one->pid && same_text(c->r->files[i].path, one->path))
			return &c->r->files[i];
	return NULL;
}

/* Of the calls that its holders were seen in, that which says most of this interval: t's, or of the file
 * whose syncs took longest, or the last one. */
static bool says_more(const struct calls *c, const struct held_call *x, const struct held_call *y,
		      const struct thread_row *t)
{
	const struct file_row *of_x = file_of(c, x), *of_y = file_of(c, y);
	uint64_t x_ns = of_x ? of_x->fsync_ns : 0, y_ns = of_y ? of_y->fsync_ns : 0;
	bool own_x = t && x->tid == t->tid && of_x, own_y = t && y->tid == t->tid && of_y;

	if (own_x != own_y)
		return own_x;
	return x_ns != y_ns ? x_ns > y_ns : x->seen_ns > y->seen_ns;
}

/* NULL: in none. */
static const struct held_call *call_of(const struct calls *c, const struct lock_row *l,
				       const struct thread_row *t)
{
	const struct held_call *best = NULL, *one;

	for (size_t i = 0; (one = call_memory__get(c->m, i)); i++)
		if (is_of_lock(one, l) && (!best || says_more(c, one, best, t)))
			best = one;
	return best;
}

/* ", which takes 0.61 s per second": all syncs of the file. */
static const char *sync_time(const struct calls *c, const struct held_call *one)
{
	const struct file_row *row = file_of(c, one);

	if (!row || !row->fsync_ns || !one->sync)
		return "";
	return arena__format(c->f->arena, ", which takes %.2f s per second",
			     (double)row->fsync_ns / (double)c->r->interval_ns);
}

/* Where the sentence does not end in such a call. */
static const char *call_text(const struct calls *c, const struct lock_row *l, const struct thread_row *t)
{
	const struct held_call *one = call_of(c, l, t);
	char name[DESCRIBE_NAME];

	if (!one)
		return "";
	if (t && one->tid == t->tid)
		return arena__format(c->f->arena, "; it calls %s(%s)%s", one->call, one->path,
				     sync_time(c, one));
	if (t)
		return arena__format(c->f->arena, "; holders of the lock were seen in %s(%s)%s", one->call,
				     one->path, sync_time(c, one));
	return arena__format(c->f->arena, "; last seen held by %s in %s(%s)%s",
			     describe_thread(name, sizeof(name), one->name, one->tid), one->call, one->path,
			     sync_time(c, one));
}

/* An owner that waits for something else, for events or another lock, is what it is now. */
static bool waits_elsewhere(const struct thread_row *t)
{
	return t && t->blocked && !in_call(t);
}

static void follow_calls(const struct calls *c, size_t cause, const struct lock_row *l)
{
	const struct held_call *one;

	for (size_t i = 0; (one = call_memory__get(c->m, i)); i++)
		if (is_of_lock(one, l))
			follow_file(c->f, cause, one->path);
}

static void complete(const struct calls *c, size_t at)
{
	struct finding *f = &c->f->list[at];
	const struct lock_row *l = lock_of(c->n, f);
	const struct thread_row *t = l ? hangs__last_owner(c->n, naming__holder(l, NULL)) : NULL;

	if (!l && f->path) /* of Go: the file of its holder's call */
		follow_file(c->f, at, f->path);
	if (!l || waits_elsewhere(t))
		return;
	if (!in_call(t))
		f->summary = arena__format(c->f->arena, "%s%s", f->summary, call_text(c, l, t));
	follow_calls(c, at, l);
}

/* ---- convoys that the reading does not show ------------------------------------------------------------ */

static bool has_convoy(const struct findings *f, const struct lock_row *l)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].kind == FINDING_LOCK_CONVOY && f->list[i].pid == l->pid &&
		    (f->list[i].lock == l->address || !f->list[i].lock))
			return true;
	return false;
}

/* What is found of the calls of its holders is a warning without the convoy, too: none is added by it. */
static bool has_warning(const struct calls *c, const struct lock_row *l)
{
	const struct held_call *one;

	for (size_t i = 0; (one = call_memory__get(c->m, i)); i++)
		for (size_t k = 0; is_of_lock(one, l) && k < c->f->count; k++)
			if (is_of_file(&c->f->list[k], l->pid, one->path) &&
			    c->f->list[k].kind != FINDING_CPU_STARVED &&
			    c->f->list[k].severity >= SEVERITY_WARNING)
				return true;
	return false;
}

static bool in_deadlock(const struct findings *f, const struct lock_row *l)
{
	for (size_t i = 0; i < f->count; i++)
		for (size_t k = 0; f->list[i].kind == FINDING_DEADLOCK && k < f->list[i].tid_count; k++)
			for (size_t w = 0; w < l->waiter_count; w++)
				if (l->waiters[w] == f->list[i].tids[k])
					return true;
	return false;
}

static bool is_convoy(const struct calls *c, const struct lock_row *l, const struct thread_row *t)
{
	return is_queue(l) && l->wait_ns >= c->r->interval_ns * LOCK_CONVOY_THREADS && !waits_elsewhere(t) &&
	       !(naming__holder(l, NULL) > 0 && !t) && has_warning(c, l) && !has_convoy(c->f, l) &&
	       !in_deadlock(c->f, l);
}

static const char *queue_text(const struct calls *c, const struct lock_row *l, const struct thread_row *t)
{
	char lock[DESCRIBE_WAIT], most[DURATION_TEXT], holder[DESCRIBE_HOLDER], chain[DESCRIBE_CHAIN] = "";

	if (*describe_holder(holder, sizeof(holder), c->n, l))
		describe_chain(chain, sizeof(chain), c->n, naming__holder(l, NULL));
	return arena__format(c->f->arena, "threads wait %.1f s per second in sum, up to %s, for %s%s%s%s%s",
			     (double)l->wait_ns / (double)c->r->interval_ns,
			     duration_format(most, sizeof(most), l->waits.max_ns),
			     describe_lock_long(lock, sizeof(lock), l), *holder ? ", " : "", holder, chain,
			     in_call(t) ? "" : call_text(c, l, t));
}

static void add_convoy(const struct calls *c, const struct lock_row *l, const struct thread_row *t)
{
	pid_t *tids = ARENA_NEW(c->f->arena, pid_t, l->waiter_count + 1), holder = naming__holder(l, NULL);
	const struct held_call *one = call_of(c, l, t);
	size_t count = l->waiter_count;

	if (count)
		memcpy(tids, l->waiters, count * sizeof(*tids));
	if (holder <= 0 && one && naming__thread(c->n, one->tid))
		holder = one->tid;
	if (holder > 0)
		tids[count++] = holder;
	findings__add(c->f, &(struct finding){.kind = FINDING_LOCK_CONVOY,
					      .severity = SEVERITY_INFO,
					      .summary = queue_text(c, l, t),
					      .pid = l->pid,
					      .lock = l->address,
					      .tids = tids,
					      .tid_count = count});
	follow_calls(c, c->f->count - 1, l);
}

void findings__convoy_calls(struct findings *f, const struct interval_report *r, struct call_memory *m,
			    uint64_t now_ns)
{
	const struct naming n = naming__of_interval(r);
	const struct calls c = {.f = f, .r = r, .n = &n, .m = m, .now_ns = now_ns};
	size_t count = f->count;

	if (!r->interval_ns)
		return;
	call_memory__age(m, now_ns);
	look(&c);
	for (size_t i = 0; i < count; i++)
		if (f->list[i].kind == FINDING_LOCK_CONVOY)
			complete(&c, i);
	if (!call_memory__get(m, 0))
		return;
	for (size_t i = 0; i < r->lock_count; i++) {
		const struct lock_row *l = &r->locks[i];
		const struct thread_row *t = hangs__last_owner(&n, naming__holder(l, NULL));

		if (is_convoy(&c, l, t))
			add_convoy(&c, l, t);
	}
}
