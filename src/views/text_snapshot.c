/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One snapshot: findings, who holds what, then stacks, the most common first. */
#include <inttypes.h>
#include <string.h>

#include "util/duration.h"
#include "model/describe.h"
#include "views/text_parts.h"

#define SHOWN_TIDS   8
#define SHOWN_FRAMES 48
#define SHOWN_LOCKS  20
#define CHAIN_DEPTH  8
#define NAME_BYTES   240 /* of a function in a stack */

static void header(FILE *out, const struct snapshot_report *r)
{
	char time[DURATION_TEXT], took[DURATION_TEXT];
	size_t blocked = 0;

	for (size_t i = 0; i < r->thread_count; i++)
		blocked += r->threads[i].blocked;
	if (*r->comm)
		text_part(out, "%.120s (%d)", r->comm, (int)r->pid);
	else
		text_part(out, "process %d", (int)r->pid);
	if (r->exe && *r->exe)
		text_part(out, ", %s", r->exe);
	if (r->runtime_version)
		text_part(out, ", %s", r->runtime_version);
	text_line(out, ": %zu %s, %zu blocked", r->thread_count, r->thread_count == 1 ? "thread" : "threads",
		  blocked);
	text_line(out, "taken %s in %s, target stopped: never",
		  time_format_iso(time, sizeof(time), r->time_ns),
		  duration_format(took, sizeof(took), r->cost.wall_ns));
}

static void deadlock(FILE *out, const struct naming *n, const struct deadlock *d)
{
	text_line(out, "DEADLOCK of %zu threads:", d->count);
	for (size_t i = 0; i < d->count; i++) {
		const struct lock_row *lock = naming__lock(n, d->locks[i]);
		char waiter[DESCRIBE_NAME], owner[DESCRIBE_NAME], name[DESCRIBE_WAIT] = "a lock";

		if (lock)
			describe_lock_long(name, sizeof(name), lock);
		describe_tid(owner, sizeof(owner), n, d->tids[(i + 1) % d->count]);
		text_line(out, "  %s waits for %s, held by %s",
			  describe_tid(waiter, sizeof(waiter), n, d->tids[i]), name, owner);
	}
}

/* ", which has been in fsync(/var/log/app.log) for 2.3 s", or ", which waits for b, held by ...", and on. */
static void chain(FILE *out, const struct naming *n, pid_t owner)
{
	char text[DESCRIBE_WAIT], name[DESCRIBE_NAME], duration[DURATION_TEXT];
	pid_t seen[CHAIN_DEPTH] = {0};

	for (unsigned depth = 0; depth < CHAIN_DEPTH; depth++) {
		const struct thread_row *thread = naming__thread(n, owner);
		const struct lock_row *lock;

		for (unsigned i = 0; i < depth; i++) {
			if (seen[i] == owner) {
				text_part(out, " again: a deadlock");
				return;
			}
		}
		seen[depth] = owner;

		if (!thread)
			return;
		if (!thread->blocked) {
			text_part(out, ", which is %s", thread->state == 'Z' ? "dead" : "running");
			return;
		}
		duration_format(duration, sizeof(duration), thread->wait.duration_ns);
		lock = naming__lock(n, thread->wait.lock);
		if (!lock) {
			text_part(out, ", which has been %s%s for %s",
				  thread->wait.kind == WAIT_STOPPED ? "" : "in ",
				  describe_wait_short(text, sizeof(text), n, &thread->wait), duration);
			return;
		}
		owner = thread->wait.blocked_by;
		text_part(out, ", which has waited %s for %s", duration,
			  describe_lock_short(text, sizeof(text), lock));
		if (owner <= 0)
			return;
		text_part(out, ", held by %s", describe_tid(name, sizeof(name), n, owner));
	}
	text_part(out, ", and so on");
}

static void lock_line(FILE *out, const struct naming *n, const struct lock_row *lock)
{
	char name[DESCRIBE_WAIT], owner[DESCRIBE_NAME + 24];

	text_part(out, "%zu %s for %s", lock->waiter_count,
		  lock->waiter_count == 1 ? "thread waits" : "threads wait",
		  describe_lock_long(name, sizeof(name), lock));
	if (lock->owner_tid > 0) {
		text_part(out, ", %s", describe_owner(owner, sizeof(owner), n, lock->kind, lock->owner_tid));
		chain(out, n, lock->owner_tid);
	}
	text_line(out, "%s", "");
}

static void locks(const struct view_options *o, FILE *out, const struct snapshot_report *r,
		  const struct naming *n)
{
	size_t max = o->all ? SIZE_MAX : SHOWN_LOCKS, used = 0;

	for (size_t i = 0; i < r->lock_count; i++) {
		if (!r->locks[i].waiter_count)
			continue;
		if (!used)
			text_line(out, "%s", "");
		if (used++ < max)
			lock_line(out, n, &r->locks[i]);
	}
	text_more(out, max, used, "locks");
}

static void frame(FILE *out, const struct frame *f, size_t index, bool kernel)
{
	char name[NAME_BYTES];

	text_part(out, "  %s#%-2zu 0x%016" PRIx64 " ", kernel ? "[k] " : "", index, f->address);
	if (!f->function || !*f->function) {
		text_part(out, "%s", describe_frame(name, sizeof(name), f));
	} else {
		text_part(out, "%s", describe_frame(name, sizeof(name), f));
		if (f->inlined)
			text_part(out, " (inlined)");
		else
			text_part(out, "+%" PRIu64, f->offset);
		if (f->module && !kernel)
			text_part(out, " (%s)", describe_basename(f->module));
	}
	if (f->file && *f->file)
		text_part(out, f->line > 0 ? " at %s:%d" : " at %s", f->file, f->line);
	text_line(out, "%s", "");
}

static void stack(const struct view_options *o, FILE *out, const struct call_stack *s, bool kernel)
{
	size_t max = o->all ? SIZE_MAX : SHOWN_FRAMES;

	for (size_t i = 0; i < s->count && i < max; i++)
		frame(out, &s->frames[i], i, kernel);
	if (s->count > max)
		text_line(out, "  ... and %zu more frames", s->count - max);
	if (s->end && strcmp(s->end, "complete") && !(kernel || (!s->count && !strcmp(s->end, "running"))))
		text_line(out, "  (%s)", s->end);
}

/* Before what describe_wait() says. */
static const char *wait_verb(enum wait_kind kind)
{
	if (kind == WAIT_STOPPED)
		return "";
	return (unsigned)kind <= WAIT_FUTEX ? "waiting for " : "waiting in ";
}

/* "waiting for mutex log_mutex, 1.2 s .. 2.3 s" */
static void wait_clause(FILE *out, const struct naming *n, const struct thread_row *one, const char *kind,
			bool mixed, uint64_t shortest_ns, uint64_t longest_ns)
{
	char wait[DESCRIBE_WAIT], a[DURATION_TEXT], b[DURATION_TEXT];

	if (!one || !one->blocked) {
		text_part(out, "%s", kind ? kind : "running");
		return;
	}
	if (mixed)
		snprintf(wait, sizeof(wait), "%s, not all on the same", wait_kind__name(one->wait.kind));
	else
		describe_wait_short(wait, sizeof(wait), n, &one->wait);
	text_part(out, "%s%s, ", wait_verb(one->wait.kind), wait);
	duration_format(a, sizeof(a), shortest_ns);
	duration_format(b, sizeof(b), longest_ns);
	if (strcmp(a, b))
		text_part(out, "%s .. %s", a, b);
	else
		text_part(out, "%s", a);
}

static void group(const struct view_options *o, FILE *out, const struct naming *n,
		  const struct stack_group *g)
{
	char name[DESCRIBE_NAME];

	text_line(out, "%s", "");
	text_part(out, "%zu %s: ", g->count, g->count == 1 ? "thread" : "threads");
	wait_clause(out, n, g->one, g->wait, g->mixed, g->shortest_ns, g->longest_ns);
	if (g->count == 1 && g->one) {
		text_part(out, ": %s", describe_thread(name, sizeof(name), g->one->name, g->one->tid));
	} else {
		text_part(out, g->count == 1 ? ": tid" : ": tids");
		for (size_t i = 0; i < g->count && i < SHOWN_TIDS; i++)
			text_part(out, " %d", (int)g->tids[i]);
		if (g->count > SHOWN_TIDS)
			text_part(out, " ... (%zu more)", g->count - SHOWN_TIDS);
	}
	text_line(out, "%s", "");
	if (!g->one)
		return;
	stack(o, out, &g->one->stack, false);
	stack(o, out, &g->one->kernel_stack, true);
}

/* Nothing folded: each thread with its own stack and its own words. */
static void thread(const struct view_options *o, FILE *out, const struct naming *n,
		   const struct thread_row *t)
{
	char name[DESCRIBE_NAME], wait[DESCRIBE_WAIT], duration[DURATION_TEXT];

	text_line(out, "%s", "");
	text_part(out, "%s, state %c: ", describe_thread(name, sizeof(name), t->name, t->tid), t->state);
	if (t->blocked)
		text_line(out, "%s%s, %s", wait_verb(t->wait.kind),
			  describe_wait(wait, sizeof(wait), n, &t->wait),
			  duration_format(duration, sizeof(duration), t->wait.duration_ns));
	else
		text_line(out, "running");
	stack(o, out, &t->stack, false);
	stack(o, out, &t->kernel_stack, true);
}

static void last_line(const struct view_options *o, FILE *out, const struct snapshot_report *r)
{
	char cpu[DURATION_TEXT], wall[DURATION_TEXT], memory[DURATION_TEXT];

	text_line(out, "%s", "");
	text_losses(o, out, r->losses, r->loss_count);
	text_part(out, "; cost: %s of CPU time in %s", duration_format(cpu, sizeof(cpu), r->cost.cpu_ns),
		  duration_format(wall, sizeof(wall), r->cost.wall_ns));
	if (r->cost.rss_bytes)
		text_part(out, ", %s", bytes_format(memory, sizeof(memory), r->cost.rss_bytes));
	text_line(out, "%s", "");
}

void text_snapshot(const struct view_options *o, const struct snapshot_report *r)
{
	struct naming naming = {r->threads, r->thread_count, r->locks, r->lock_count, .by_tid = true};
	FILE *out = o->out;

	header(out, r);
	if (r->finding_count)
		text_line(out, "%s", "");
	text_findings(o, out, r->findings, r->finding_count, SIZE_MAX);
	for (size_t i = 0; i < r->deadlock_count; i++) {
		text_line(out, "%s", "");
		deadlock(out, &naming, &r->deadlocks[i]);
	}
	locks(o, out, r, &naming);
	for (size_t i = 0; !o->all && i < r->group_count; i++)
		group(o, out, &naming, &r->groups[i]);
	for (size_t i = 0; o->all && i < r->thread_count; i++)
		thread(o, out, &naming, &r->threads[i]);
	last_line(o, out, r);
}
