// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "collect/files/call_files.h"
#include "collect/links/links_private.h"
#include "thresholds.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"
#include "waits/wait.h"

#define LINKS    64           /* of a sample */
#define RUN_NS   50000000ull  /* of CPU time, all of a run */
#define OPEN_NS  30000000ull  /* of that, for the descriptors of all processes */
#define FRESH_NS 300000000ull /* they may change */
#define SHARE    50           /* of the time, at most, for reading them */
#define SEEN     (2 * LINKS)

struct seen {
	pid_t tid;
	uint64_t switches, first_ns, last_ns; /* CLOCK_MONOTONIC */
};

/* The waits that were asked about: many threads wait for the same. */
struct edge {
	pid_t pid;
	enum wait_kind kind;
	uint64_t word;
	const char *path;
	long syscall;
	uint64_t asked; /* where the path does not say what is waited for */
	uint64_t link;
};

struct run {
	struct links *l;
	struct sample *s;
	size_t room;
	struct edge edges[LINKS];
	size_t edge_count;
	pid_t way[LINKS + 1]; /* the threads of the chain so far */
	size_t length;
};

struct links *links__new(struct targets *t, struct probes *p)
{
	struct links *l = HEAP_NEW(struct links, 1);

	l->targets = t;
	l->probes = p;
	l->passes = probes__iterator(p) == ITERATOR_OF_SNAPSHOT;
	l->seen = HEAP_NEW(struct seen, SEEN);
	return l;
}

void links__free(struct links *l)
{
	if (!l)
		return;
	open_files__free(l->open);
	links__forget_sockets(l);
	free(l->seen);
	free(l);
}

bool links__in_time(const struct links *l)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID) < l->until_ns;
}

const struct open_files *links__open(struct links *l)
{
	uint64_t now = monotonic_ns(), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	if (l->open && now - l->open_ns < FRESH_NS + SHARE * l->open_cost_ns)
		return l->open;
	open_files__free(l->open);
	l->open = open_files__read(OPEN_NS);
	l->open_ns = now;
	l->open_cost_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
	return l->open;
}

/* ---- since when ------------------------------------------------------------------- */

/* The wait of that thread, which has lasted for since_ns at least, or longer if it was seen before. */
static struct seen *remember(struct links *l, const struct task_look *t, uint64_t since_ns)
{
	uint64_t now = monotonic_ns();
	struct seen *oldest = &l->seen[0], *s = NULL;

	for (size_t i = 0; i < SEEN && !s; i++) {
		if (l->seen[i].tid == t->tid)
			s = &l->seen[i];
		else if (l->seen[i].last_ns < oldest->last_ns)
			oldest = &l->seen[i];
	}
	if (!s || s->switches != t->switches) {
		s = s ? s : oldest;
		*s = (struct seen){
			.tid = t->tid, .switches = t->switches, .first_ns = gained_since(now, since_ns)};
	}
	s->last_ns = now;
	return s;
}

/* A pass over that process's threads knows when they last ran; elsewhere two looks that find the same number
 * of switches show that it has not run in between. */
static void ask_pass(struct links *l, struct sample_link *k, const struct task_look *t)
{
	struct pass pass;
	const struct pass_thread *p;
	struct arena a = {0};
	struct sample_thread as = {0};

	if (pass__read(l->probes, 0, t->pid, &pass))
		return;
	p = pass__find(&pass, (uint32_t)t->pid, (uint32_t)t->tid);
	if (p && p->t.switches == t->switches && thread__blocked(&p->t)) {
		thread__fill(&as, p, &pass.clocks, &a);
		k->since_ns = as.waiting_ns ? as.waiting_ns : as.blocked_ns;
		k->at_least = as.at_least;
		remember(l, t, k->since_ns);
	}
	arena__free(&a);
	pass__free(&pass);
}

static void ask_memory(struct links *l, struct sample_link *k, const struct task_look *t)
{
	const struct seen *s = remember(l, t, 0);

	k->since_ns = gained_since(s->last_ns, s->first_ns);
	k->at_least = true;
}

void links__take_ages(struct links *l, const struct links *from)
{
	for (size_t i = 0, free = 0; i < SEEN; i++) {
		if (!from->seen[i].tid)
			continue;
		while (free < SEEN && l->seen[free].tid)
			free++;
		if (free < SEEN)
			l->seen[free] = from->seen[i];
	}
}

static void find_since(struct links *l, struct sample_link *k, const struct task_look *t)
{
	if (k->state != LINK_BLOCKED && k->state != LINK_STOPPED && k->state != LINK_FROZEN)
		return;
	if (l->passes)
		ask_pass(l, k, t);
	else
		ask_memory(l, k, t);
}

/* A thread of a target that has a lock of a file or database: its call is followed, and so is the lock that
 * it waits for. NULL: it is another process's, or has gone on. */
static const struct sample_thread *of_target(const struct sample *s, const struct sample_link *k)
{
	if (k->role != LINK_HOLDS_INODE && k->role != LINK_HOLDS_POSITION && k->role != LINK_HOLDS_DATABASE &&
	    k->role != LINK_AHEAD_IN_DATABASE)
		return NULL;
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_thread *t = &s->threads[i];

		if (t->tid == k->tid)
			return t->blocked && t->syscall == k->syscall ? t : NULL;
	}
	return NULL;
}

static bool since_of_target(const struct sample_thread *t, struct sample_link *k)
{
	if (!t)
		return false;
	k->since_ns = t->io_age_ns ? t->io_age_ns : t->waiting_ns;
	k->at_least = t->io_age_ns ? t->io_at_least : t->at_least;
	return k->since_ns > 0;
}

/* ---- chains ----------------------------------------------------------------------- */

static bool on_the_way(const struct run *r, pid_t tid)
{
	for (size_t i = 0; i < r->length; i++)
		if (r->way[i] == tid)
			return true;
	return false;
}

/* The number of the link, 0: none. The next ones follow. */
static uint64_t chain_from(struct run *r, const struct waiter *first)
{
	const struct sample_thread *own;
	struct task_look look = {0};
	struct waiter w = *first;
	uint64_t head = 0, last = 0;
	bool certain = true; /* each thread so far is the one that must go on */
	struct step step;

	r->length = 0;
	r->way[r->length++] = w.tid;
	while (r->s->link_count < LINKS && links__in_time(r->l) && link_step__find(r->l, &w, &step)) {
		struct sample_link *k;

		ARRAY_RESERVE(r->s->links, r->room, r->s->link_count + 1);
		k = &r->s->links[r->s->link_count];
		link_look(&r->s->arena, &step, k, &look);
		if (!k->pid && !k->state)
			break;
		k->gives = link_gives(&w, &step);
		r->s->link_count++;
		if (last)
			r->s->links[last - 1].next = r->s->link_count;
		last = r->s->link_count;
		head = head ? head : last;
		/* A circle: it is part of the chain already, as the only thread that can go on. Of several
		 * threads another one may, except with a lock that this one owns. */
		/* Who changed a semaphore last need not be who changes it next. */
		if (k->role == LINK_CHANGED_SEMAPHORE) {
			find_since(r->l, k, &look);
			break;
		}
		certain = certain && (step.tid || k->threads == 1);
		k->again = certain && k->state == LINK_BLOCKED && on_the_way(r, k->tid);
		if (k->again ||
		    (k->state != LINK_BLOCKED && k->state != LINK_STOPPED && k->state != LINK_FROZEN))
			break;
		own = of_target(r->s, k);
		if (!since_of_target(own, k))
			find_since(r->l, k, &look);
		if (k->state != LINK_BLOCKED || k->serves || (!k->one_of && k->role != LINK_CHILD) ||
		    on_the_way(r, k->tid))
			break;
		r->way[r->length++] = k->tid;
		w = (struct waiter){
			.pid = look.pid, .tid = look.tid, .syscall = look.syscall, .args = look.args};
		w.word = look.syscall >= 0 && futex_wait__is(look.syscall)
				 ? futex_wait__word(look.syscall, look.args)
				 : 0;
		w.file_locker = own ? own->file_locker : 0;
		w.of_position = own && own->of_position;
		w.server = step.server;
		w.backend = step.backend;
	}
	return head;
}

/* ---- threads ---------------------------------------------------------------------- */

static bool worth_it(const struct sample_thread *t)
{
	if (!t->blocked || t->syscall < 0)
		return false;
	/* It wakes and tries again, and again. */
	if (links__in_sqlite_lock(t))
		return true;
	if (t->blocked_ns < NS_OF_MS(LOG_STALL_MS))
		return false;
	if (t->file_locker || links__in_database_lock(t))
		return true;
	/* A lease, or fanotify's permission. */
	if (!t->fifo && !t->server && call_file__is(t->syscall))
		return true;
	switch (t->kind) {
	case WAIT_FILE_LOCK:
	case WAIT_CHILD:
	case WAIT_READ:
	case WAIT_WRITE:
	case WAIT_CONNECT:
	case WAIT_SYSV_SEMAPHORE:
	case WAIT_MESSAGE_SEND:
		return true;
	default:
		return false;
	}
}

/* The lock that it waits for has an owner that is no thread of its process. */
static const struct sample_lock *outside_lock(const struct sample *s, const struct sample_thread *t)
{
	if (!t->blocked || !t->lock_address || t->blocked_by)
		return NULL;
	for (size_t i = 0; i < s->lock_count; i++)
		if (s->locks[i].outside && s->locks[i].pid == t->pid && s->locks[i].word == t->lock_address)
			return &s->locks[i];
	return NULL;
}

/* The child, or the descriptor of a file without a path. */
static uint64_t asked_of(const struct sample_thread *t)
{
	if (t->file_locker)
		return (uint64_t)t->file_locker;
	if (t->kind != WAIT_CHILD)
		return t->path || t->lock_address ? 0 : t->args[0];
	if (t->syscall == SYS_wait4)
		return t->args[0];
	/* Each thread has made the child itself that its vfork waits for. */
	return t->syscall == SYS_waitid ? t->args[0] << 32 | (uint32_t)t->args[1] : (uint64_t)t->tid;
}

static struct edge edge_of(const struct sample_thread *t)
{
	return (struct edge){.pid = t->pid,
			     .kind = t->kind,
			     .word = t->lock_address,
			     .path = t->path,
			     .syscall = t->syscall,
			     .asked = asked_of(t)};
}

static bool same_edge(const struct edge *x, const struct edge *y)
{
	return x->pid == y->pid && x->kind == y->kind && x->word == y->word && x->syscall == y->syscall &&
	       x->asked == y->asked && !strcmp(x->path ? x->path : "", y->path ? y->path : "");
}

static void link_thread(struct run *r, struct sample_thread *t, const struct sample_lock *lock)
{
	struct edge e = edge_of(t);
	struct waiter w = {.pid = t->pid,
			   .tid = t->tid,
			   .syscall = t->syscall,
			   .args = t->args,
			   .word = lock ? lock->word : 0,
			   .owner = lock ? lock->outside : 0,
			   .reused = lock ? lock->reused : 0,
			   .target = true,
			   .file_locker = t->file_locker,
			   .of_position = t->of_position,
			   .in_database = links__in_database_lock(t),
			   .in_sqlite = links__in_sqlite_lock(t)};

	for (size_t i = 0; i < r->edge_count; i++)
		if (same_edge(&r->edges[i], &e)) {
			t->link = r->edges[i].link;
			return;
		}
	if (r->edge_count == LINKS || r->s->link_count == LINKS)
		return;
	t->link = e.link = chain_from(r, &w);
	r->edges[r->edge_count++] = e;
}

void links__find(struct links *l, struct sample *s)
{
	struct run r = {.l = l, .s = s};
	bool owners = false;

	l->until_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + RUN_NS;
	for (size_t i = 0; i < s->lock_count && !owners; i++)
		owners = s->locks[i].outside > 0;
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct sample_lock *lock = owners ? outside_lock(s, &s->threads[i]) : NULL;

		if (lock || worth_it(&s->threads[i]))
			link_thread(&r, &s->threads[i], lock);
	}
	links__forget_sockets(l);
}
