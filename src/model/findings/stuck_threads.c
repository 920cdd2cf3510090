// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding stuck-thread: threads that have been in a non-idle wait for long. Workers that wait for work are
 * not reported. A thread that another finding covers is not stuck: one in or behind a deadlock, in or behind
 * a write or sync, and the threads and the owner of a convoy.
 */
#include <stdlib.h>
#include <string.h>

#include "model/findings/hangs.h"
#include "model/findings/worker_pools.h"
#include "thresholds.h"
#include "util/duration.h"
#include "waits/event_loop.h"
#include "waits/stall.h"
#include "waits/wait.h"
#include "words/describe.h"

#define STUCK_NS NS_OF_S(STUCK_THREAD_S)
#define NAMED    3
#define SENTENCE 1024

/* At one that is used as a lock. */
static bool at_semaphore(const struct hangs *h, const struct thread_row *t)
{
	const struct lock_row *lock = naming__lock(h->n, t->wait.lock);

	return lock && lock->as_lock;
}

/* A long non-idle wait, and not that of a worker whose turn it is not. */
static bool is_stuck(const struct hangs *h, const struct thread_row *t)
{
	/* A shell's wait begins anew with each child that ends; how long this child hangs is what matters. */
	if (t->blocked && t->wait.kind == WAIT_CHILD && t->state != 'D' && !t->wait.event_loop)
		return hangs__child_hangs(&t->wait) || hangs__child_is_not_read(t);
	if (!t->blocked || hangs__held_up_ns(h, t) < STUCK_NS)
		return false;
	if (t->state == 'D' || t->wait.kind == WAIT_STOPPED || t->wait.unanswered || t->wait.event_loop)
		return true;
	/* Who reads from a FIFO may rightly wait for writers, as a server does for clients. */
	if (t->wait.fifo == FIFO_FOR_WRITING)
		return true;
	if (t->wait.kind == WAIT_FILE_LOCK || t->wait.chain_count)
		return (wait__holds_up(t->wait.kind) || t->wait.on_lock || hangs__chain_holds_up(&t->wait)) &&
		       hangs__chain_weight(&t->wait, t->wait.duration_ns) != HANG_NORMAL;
	return (wait__holds_up(t->wait.kind) || t->wait.on_lock || at_semaphore(h, t)) &&
	       hangs__weight(h, t, t->wait.blocked_by, t->wait.duration_ns) != HANG_NORMAL;
}

/* As of a person who is asked, or a script that runs a command and has nothing else to do: only for who
 * serves others is it a trouble. */
static bool loop_may_stand(const struct wait *w)
{
	if (w->kind == WAIT_CHILD)
		return !hangs__child_hangs(w);
	if (w->what)
		return !strcmp(w->what, CHILD_END);
	/* Or of another program, by its standard input. */
	return (w->kind == WAIT_READ && w->fd == 0) || wait__for_input(w->kind, w->syscall, w->file);
}

/* Only worth a line. */
static bool is_quiet(const struct hangs *h, const struct thread_row *t)
{
	if (t->wait.kind == WAIT_STOPPED)
		return h->facts->every_process;
	if (t->wait.event_loop && loop_may_stand(&t->wait))
		return true;
	if (hangs__child_is_not_read(t))
		return !hangs__child_hangs(&t->wait); /* another thread may read it at any time */
	if (t->wait.on_lock && t->wait.reason == WAIT_REASON_NAME)
		return true; /* a name is weak evidence, and it is alone */
	if (t->wait.kind == WAIT_FILE_LOCK || t->wait.kind == WAIT_SYSV_SEMAPHORE ||
	    (t->wait.chain_count && (t->wait.on_lock || t->wait.chain->role == LINK_OWNS)))
		return hangs__chain_weight(&t->wait, t->wait.duration_ns) != HANG_SERIOUS;
	if (at_semaphore(h, t))
		return hangs__semaphore_is_quiet(h, t, naming__lock(h->n, t->wait.lock), t->wait.duration_ns);
	return t->wait.blocked_by > 0 &&
	       hangs__weight(h, t, t->wait.blocked_by, t->wait.duration_ns) != HANG_SERIOUS;
}

static const char *file_of(const struct thread_row *t)
{
	return t->wait.file ? t->wait.file : "";
}

static const char *call_of(const struct thread_row *t)
{
	return t->wait.syscall ? t->wait.syscall : "";
}

/* Equal: the same kind of wait for the same object. */
static int compare_waits(const struct thread_row *x, const struct thread_row *y)
{
	int order;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->wait.kind != y->wait.kind) /* locks last: another thread causes them */
		return x->wait.kind > y->wait.kind ? -1 : 1;
	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	if (x->wait.frozen != y->wait.frozen)
		return x->wait.frozen ? -1 : 1;
	if (x->wait.kind == WAIT_STOPPED)
		return 0;
	if (x->wait.event_loop || y->wait.event_loop) /* each loop is a trouble of its own */
		return x->tid < y->tid ? -1 : x->tid > y->tid;
	if (x->wait.on_lock != y->wait.on_lock)
		return x->wait.on_lock ? -1 : 1;
	if (x->wait.lock != y->wait.lock)
		return x->wait.lock < y->wait.lock ? -1 : 1;
	order = strcmp(file_of(x), file_of(y));
	return order || x->wait.kind != WAIT_OTHER ? order : strcmp(call_of(x), call_of(y));
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

/* ", in uninterruptible sleep (folio_wait_bit_common in the kernel)", ": nothing has answered its SYN"; "" if
 * nothing is known. */
static const char *cause_of(struct arena *a, const struct thread_row *t)
{
	char memory[DESCRIBE_WAIT];

	if (t->wait.fifo == FIFO_FOR_WRITING)
		return ": no process has opened the FIFO for reading";
	if (t->wait.unanswered && !t->wait.chain_count)
		return ": nothing has answered its SYN";

	if (*describe_memory(memory, sizeof(memory), &t->halt))
		return arena__format(a, "%s", memory);
	if (stall__of_stack(&t->kernel_stack) == STALL_FROZEN)
		return ": the file system is frozen";
	if (t->state != 'D')
		return stall__of_stack(&t->kernel_stack) == STALL_SERVER ? ", for an answer of a file server"
									 : "";
	if (!t->wait.kernel_function)
		return ", in uninterruptible sleep";
	return arena__format(a, ", in uninterruptible sleep (%s in the kernel)", t->wait.kernel_function);
}

/* "has been in write(/var/log/app.log) for 2.3 s", without the thread. */
static const char *stuck_in(struct hangs *h, const struct thread_row *one, size_t count)
{
	const struct lock_row *lock = naming__lock(h->n, one->wait.lock);
	const char *have = count == 1 ? "has" : "have";
	const char *up_to = count == 1 || *describe_least(&one->wait) ? "" : "up to ";
	char text[DESCRIBE_WAIT], chain[DESCRIBE_CHAIN], owner[DESCRIBE_NAME + 24], time[DESCRIBE_AGE];
	char holder[DESCRIBE_HOLDER];

	describe_age(time, sizeof(time), &one->wait);
	if (one->wait.kind == WAIT_STOPPED)
		return arena__format(h->f->arena, "%s been %s for %s%s, %s%s", have,
				     one->wait.frozen ? "frozen" : "stopped", up_to, time,
				     describe_stopper(text, sizeof(text), &one->halt),
				     describe_way_out(&one->halt));
	describe_wait_short(text, sizeof(text), h->n, &one->wait);
	if (one->wait.on_lock && one->wait.chain_count && one->wait.chain->held)
		return arena__format(h->f->arena, "%s again and again for %s%s",
				     count == 1 ? "waits" : "wait", text,
				     describe_links(chain, sizeof(chain), &one->wait));
	if (one->wait.on_lock ||
	    (one->wait.event_loop && *describe_wait_named(holder, sizeof(holder), &one->wait)))
		return arena__format(h->f->arena, "%s waited %s%s %s %s%s", have, up_to, time,
				     one->wait.what ? "for" : "in", text,
				     describe_links(chain, sizeof(chain), &one->wait));
	if (!lock)
		return arena__format(h->f->arena, "%s been in %s for %s%s%s%s", have, text, up_to, time,
				     cause_of(h->f->arena, one),
				     describe_links(chain, sizeof(chain), &one->wait));
	if (one->wait.blocked_by <= 0 && *describe_links(chain, sizeof(chain), &one->wait))
		return arena__format(h->f->arena, "%s waited %s%s for %s%s", have, up_to, time, text, chain);
	if (one->wait.blocked_by <= 0 && *describe_holder(holder, sizeof(holder), h->n, lock))
		return arena__format(h->f->arena, "%s waited %s%s for %s, %s%s", have, up_to, time, text,
				     holder,
				     describe_chain(chain, sizeof(chain), h->n, naming__holder(lock, NULL)));
	if (one->wait.blocked_by <= 0)
		return arena__format(h->f->arena, "%s waited %s%s for %s" HOLDER_NOT_KNOWN "%s%s", have,
				     up_to, time, text, describe_no_owner(holder, sizeof(holder), lock),
				     describe_signal(chain, sizeof(chain), h->n, lock));
	return arena__format(h->f->arena, "%s waited %s%s for %s, %s%s", have, up_to, time, text,
			     describe_owner(owner, sizeof(owner), h->n, lock->kind, one->wait.blocked_by),
			     describe_chain(chain, sizeof(chain), h->n, one->wait.blocked_by));
}

static const pid_t *tids_of(struct arena *a, const struct thread_row *const *list, size_t count)
{
	pid_t *tids = ARENA_NEW(a, pid_t, count);

	for (size_t i = 0; i < count; i++)
		tids[i] = list[i]->tid;
	return tids;
}

/* ", called in fetch at app.py:12"; "" if only functions of the loop's own library are known. */
static const char *caller_of(struct arena *a, const struct thread_row *t)
{
	size_t own = call_stack__first_own(&t->stack), loop;
	char calls[DESCRIBE_WAIT];
	const char *library;

	if (!event_loop__held_up(&t->stack, false, &loop) || own >= t->stack.count)
		return "";
	library = t->stack.frames[loop].module;
	if (!call_stack__interpreted(&t->stack) && library && t->stack.frames[own].module &&
	    !strcmp(library, t->stack.frames[own].module))
		return "";
	return arena__format(a, ", called in %s", describe_calls(calls, sizeof(calls), &t->stack, 1));
}

/* "the event loop of asyncio in python3 (812) has been in clock_nanosleep for 3 s, called in fetch at
 * app.py:12 <
 * ...: nothing else of it runs meanwhile" */
static const char *loop_text(struct hangs *h, const struct thread_row *t, const char *what)
{
	char name[DESCRIBE_NAME];

	return arena__format(h->f->arena,
			     "the event loop of %s in %s %s%s: nothing else of it runs meanwhile",
			     t->wait.event_loop, describe_thread(name, sizeof(name), t->name, t->tid), what,
			     caller_of(h->f->arena, t));
}

static void report_group(struct hangs *h, const struct thread_row *const *list, size_t count)
{
	const pid_t *tids = tids_of(h->f->arena, list, count);
	const char *what = stuck_in(h, list[0], count);
	const char *pool = worker_pools__text(h->f->arena, h->n, list, count);
	char who[SENTENCE];

	describe_tids(who, sizeof(who), h->n, tids, count, NAMED);
	hangs__report(h, FINDING_STUCK_THREAD, is_quiet(h, list[0]),
		      list[0]->wait.event_loop ? loop_text(h, list[0], what)
		      : count == 1
			      ? arena__format(h->f->arena, "%s %s%s", who, what, pool)
			      : arena__format(h->f->arena, "%zu threads %s: %s%s", count, what, who, pool),
		      tids, count);
}

/* The stuck threads of one process, those in equal waits together. */
static void report_process(struct hangs *h, const struct thread_row *const *list, size_t count)
{
	size_t groups = 0, first = 0;

	for (size_t i = 1; i <= count && groups < FINDINGS_OF_A_KIND; i++) {
		if (i < count && !compare_waits(list[first], list[i]))
			continue;
		report_group(h, list + first, i - first);
		first = i;
		groups++;
	}
	if (first < count)
		hangs__report(h, FINDING_STUCK_THREAD, true,
			      arena__format(h->f->arena, "%zu more threads have been stuck for over %d s",
					    count - first, STUCK_THREAD_S),
			      tids_of(h->f->arena, list + first, count - first), count - first);
}

void hangs__stuck_threads(struct hangs *h)
{
	const struct thread_row **list =
		ARENA_NEW(h->f->arena, const struct thread_row *, h->n->thread_count + 1);
	size_t count = 0, first = 0;

	for (size_t i = 0; i < h->n->thread_count; i++)
		if (!h->reported[i] && is_stuck(h, &h->n->threads[i]))
			list[count++] = &h->n->threads[i];
	if (count)
		qsort(list, count, sizeof(*list), by_wait);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && list[i]->pid == list[first]->pid)
			continue;
		report_process(h, list + first, i - first);
		first = i;
	}
}
