// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/collector.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "waits/wait.h"
#include "collect/collector_private.h"
#include "util/heap.h"

/* ---- files ------------------------------------------------------------------- */

/* A log stays selected after its rotation. */
static bool log_wanted(const struct collector *c, const char *path, const char *first)
{
	if (!c->options.log_glob_count)
		return true;
	for (size_t i = 0; i < c->options.log_glob_count; i++)
		if (!fnmatch(c->options.log_globs[i], path, 0) ||
		    (*first && !fnmatch(c->options.log_globs[i], first, 0)))
			return true;
	return false;
}

static void name_files(struct collector *c, struct sample *s)
{
	bool crowded = s->file_count > TS_FILES / 2;
	size_t kept = 0;

	file_names__begin(c->names);
	for (size_t i = 0; i < s->file_count; i++) {
		struct sample_file *f = &s->files[i];
		struct file_use use = {.fd = f->totals.fd, .last_ns = file_last_used(&f->totals)};
		struct file_facts facts =
			file_names__facts(c->names, &f->key, &use, !c->options.every_process);

		if (!log_wanted(c, facts.path, facts.first)) {
			/* Not selected: makes room for selected files. */
			if (crowded && f->key.inode) {
				probes__forget_file(c->probes, &f->key, NULL);
				file_names__forget(c->names, &f->key);
			}
			continue;
		}
		f->deleted = facts.deleted;
		f->open = facts.open;
		f->path = arena__string(&s->arena, facts.path);
		f->fs = arena__string(&s->arena, facts.fs);
		f->host_path = arena__string(&s->arena, facts.host_path);
		s->files[kept++] = *f;
	}
	s->file_count = kept;
	if (!c->options.every_process)
		file_names__find_readers(c->names);
	for (size_t i = 0; i < kept; i++)
		s->files[i].peer = arena__string(&s->arena, file_names__peer(c->names, &s->files[i].key));
}

static void list_mapped(struct collector *c, struct sample *s)
{
	size_t kept = 0;

	if (!c->mapped)
		return;
	mapped_files__list(c->mapped, s);
	for (size_t i = 0; i < s->mapped_count; i++)
		if (log_wanted(c, s->mapped[i].path, ""))
			s->mapped[kept++] = s->mapped[i];
	s->mapped_count = kept;
}

/* ---- threads, locks ------------------------------------------------------------ */

/* Threads are sorted by process: the first one's record begins the process's sums. */
static void add_storage(struct collector *c, struct sample_process *p, const struct ts_thread *t, bool first)
{
	if (first)
		p->read_bytes = p->dirtied_bytes = p->d_ns = 0;
	p->storage_known = t->flags & TS_THREAD_STORAGE;
	c->storage_known = c->storage_known || p->storage_known;
	p->read_bytes += t->storage.read_bytes;
	p->dirtied_bytes += t->storage.dirtied_bytes;
	p->d_ns += t->storage.d_ns;
}

static void fill_threads(struct collector *c, struct sample *s, const struct pass *pass)
{
	s->threads = HEAP_NEW(struct sample_thread, pass->count + 1);
	s->thread_count = pass->count;
	for (size_t i = 0; i < pass->count; i++) {
		const struct ts_thread *t = &pass->threads[i].t;
		struct sample_process *p = collect__find_process(s, (pid_t)t->tgid);

		thread__fill(&s->threads[i], &pass->threads[i], &pass->clocks, &s->arena);
		if (p) {
			add_storage(c, p, t, !i || pass->threads[i - 1].t.tgid != t->tgid);
			p->threads = t->nr_threads;
			if ((t->flags & TS_THREAD_LEADER) || !*p->comm)
				p->comm = s->threads[i].name;
			if (t->flags & TS_THREAD_LEADER)
				p->uptime_ns = s->threads[i].age_ns;
		}
	}
}

/* Kernel stacks of threads blocked in a write or sync, or outside a system call; others have none here. */
static void name_kernel_stacks(struct collector *c, struct sample *s, const struct pass *pass)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		const struct pass_thread *p = &pass->threads[i];
		struct bare_frames b = {p->kstack, NULL, p->t.kstack_frames, STACK_COMPLETE};

		if (b.count && s->threads[i].blocked)
			s->threads[i].kernel_stack = kernel_names__frames(c->kernel, &s->arena, &b);
		thread__find_file_locker(&s->threads[i], &p->t);
		if (s->threads[i].syscall < 0)
			thread__classify(&s->threads[i], c->locks);
	}
}

/* ---- the reading ----------------------------------------------------------------- */

/* The kinds of locks are known by now. again: the pass that newer threads are from. */
static void count_tries(struct collector *c, struct sample *s, const struct pass *pass,
			const struct pass *again)
{
	for (size_t i = 0; i < s->thread_count; i++) {
		struct sample_thread *t = &s->threads[i];
		const struct pass *from = t->newer ? again : pass;
		const struct pass_thread *p =
			t->lock_address ? pass__find(from, (uint32_t)t->pid, (uint32_t)t->tid) : NULL;

		if (p)
			thread__count_tries(t, &p->t, &from->clocks,
					    locks__facts(c->locks, t->pid, t->lock_address)->form);
	}
}

static void mark_spinners(struct collector *c, struct sample *s, const struct pass *pass)
{
	struct bare_stack *running = busy_threads__sample(&c->blocked, c->targets, s, pass);

	collect__spinners(c, s, pass, running);
	free(running);
}

/*
 * Stacks and locks. Both are read while the threads run: a second pass shows which threads did not run
 * meanwhile, and the data is valid only for those.
 */
static void look_closer(struct collector *c, struct sample *s, struct pass *pass)
{
	size_t walked = walks__walk(c->walks, s, pass, c->options.stack_count);
	size_t waiting = lock_waiters__read(c->locks, s);
	bool python = python_stacks__look(c->python, s, pass), ruby = ruby_stacks__look(c->ruby, s, pass);
	struct pass again = {0};

	if (walked + waiting + python + ruby && pass__read(c->probes, 0, c->options.only_pid, &again))
		memset(&again, 0, sizeof(again));
	walks__prove(c->walks, &again);
	if (python)
		python_stacks__prove(c->python, s, pass, &again);
	if (ruby)
		ruby_stacks__prove(c->ruby, s, pass, &again);
	lock_waiters__mark_steady(s, pass, &again);
	lock_waiters__take_newer(s, pass, &again);
	walks__use(c->walks, s, pass, c->locks, c->options.stack_count);
	if (python)
		python_stacks__use(c->python, s);
	if (ruby)
		ruby_stacks__use(c->ruby, s);
	lock_objects__place(c->locks, c->targets, s, pass);
	lock_waiters__join(c->locks, s, &again);
	count_tries(c, s, pass, &again);
	if (c->options.stack_count) {
		mark_spinners(c, s, pass);
		collect__lock_holders(c, s, pass);
	}
	python_locks__name(c->python, s, pass);
	pass__free(&again);
}

void collect__spinners(struct collector *c, struct sample *s, const struct pass *pass,
		       const struct bare_stack *running)
{
	struct pass after = {0};

	if (!spinners__mark(c->targets, s, pass, running))
		return;
	if (pass__read(c->probes, 0, c->options.only_pid, &after))
		memset(&after, 0, sizeof(after));
	spinners__prove(s, pass, running, &after);
	/* Their holder is searched among those that have not run since. */
	lock_waiters__mark_steady(s, pass, &after);
	pass__free(&after);
}

void collect__lock_holders(struct collector *c, struct sample *s, const struct pass *pass)
{
	struct pass after = {0};

	if (!lock_holders__find(c->targets, s, pass))
		return;
	if (pass__read(c->probes, 0, c->options.only_pid, &after))
		memset(&after, 0, sizeof(after));
	lock_holders__prove(s, pass, &after);
	lock_reuse__settle(s);
	pass__free(&after);
}

/*
 * First the events, so that the stacks and files of all rows are known; then the files' totals; then the
 * pass, which adds waits in flight to the other totals; then those. A call that ends between files and pass
 * is in neither, and counts in the next sample; in the other order it would count twice.
 */
static int read_kernel_side(struct collector *c, struct sample *s, struct pass *pass, size_t *ret_ended)
{
	int err;

	collector__events(c, NULL, NULL);
	/* A process whose end is noticed after the totals were read may have counted in between: it is
	 * handled next time. */
	/* A base line has no report: the first interval reports what has ended by then. */
	*ret_ended = c->first_ns ? c->ended_count : 0;
	s->epoch = probes__next_epoch(c->probes);
	collect__clocks(s);
	err = collect__files(c, s);
	if (err)
		return err;
	err = pass__read_whole(c->probes, 0, c->options.only_pid, pass);
	if (err && err != -ESRCH) /* ended: its totals are still available */
		return err;
	err = collect__totals(c, s);
	if (err)
		return err;
	collector__events(c, NULL, NULL);
	if (pass->clocks.now_ns) { /* the ages are those of the pass, and so is the time */
		s->time_ns += pass->clocks.now_ns - s->now_ns;
		s->now_ns = pass->clocks.now_ns;
	}
	if (!c->first_ns)
		c->first_ns = s->now_ns;
	return 0;
}

/* Names, and data from the memory of some processes. */
static int complete(struct collector *c, struct sample *s, struct pass *pass)
{
	int err;

	fill_threads(c, s, pass);
	name_files(c, s);
	collect__line_writers(c, s);
	err = collect__slow_calls(c, s);
	if (!err)
		err = collect__timed_calls(c, s);
	if (err)
		return err;
	name_kernel_stacks(c, s, pass);
	devices__find(c->devices, s);
	collect__limits(c, s);
	if (c->origins)
		origins__fill(c->origins, s);
	if (c->options.every_process)
		return 0;
	lock_waiters__find_words(c->targets, s, pass, c->first_ns);
	look_closer(c, s, pass);
	collect__java(c, s, pass, false);
	ruby_locks__name(c->ruby, s, false);
	for (size_t i = 0; i < s->thread_count; i++)
		thread__find_path(&s->threads[i], c->targets, &s->arena);
	call_files__name(c->targets, s);
	ipc_waits__name(c->targets, s);
	server_waits__name(c->servers, s);
	resolver_waits__find(c->targets, s);
	socket_waits__name(c->sockets, s);
	call_addresses__name(c->targets, s);
	resolver_waits__name(c->targets, s);
	links__find(c->links, s);
	return 0;
}

static void read_goroutines(struct collector *c, struct sample *s, const struct pass *pass)
{
	struct threads_again again = {c, pass};
	const struct go_threads_now now = {collect__look_again, &again};

	go_live__read(c->go, s, &now);
}

int collector__sample(struct collector *c, struct sample **ret)
{
	struct sample *s = HEAP_NEW(struct sample, 1);
	struct pass pass = {0};
	size_t ended;
	int err;

	targets__new_interval(c->targets);
	err = read_kernel_side(c, s, &pass, &ended);
	if (!err)
		err = complete(c, s, &pass);
	if (err)
		goto out;
	collector__events(c, NULL, NULL); /* whether another process has the PID of an ended one */
	collect__note_ended(c, s, ended);
	s->uring_hidden = c->options.uring_hidden;
	list_mapped(c, s);
	if (!c->options.every_process && c->options.watch_goroutines)
		read_goroutines(c, s, &pass);
	collect__losses(c, s, &pass);
	collect__forget_ended(c, s, ended);
	collect__evict(c, s);
	collect__own_cost(c, s);
	*ret = s;
	s = NULL;
out:
	pass__free(&pass);
	sample__free(s);
	return err;
}
