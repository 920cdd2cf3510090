// SPDX-License-Identifier: GPL-2.0-or-later
/* Clocks, cost, losses, limits, and room in the kernel's tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "collect/collector_private.h"
#include "symbols/parser.h"
#include "target/namespace_helper.h"
#include "target/open_helper.h"
#include "util/budget.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/histogram.h"

/* A table that is three quarters full drops rows unused for a minute; that of files also the quietest rows.
 */
#define LOCK_ROOM  4096
#define FILE_ROOM  4096
#define UNUSED_FOR (60 * NS_PER_S)
#define CLOSED_FOR (5 * NS_PER_S)

struct ranked {
	struct sample_file *file;
	uint64_t calls;
};

static uint64_t own_rss(void)
{
	unsigned long long size, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%llu %llu", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

void collect__clocks(struct sample *s)
{
	struct utsname host;

	s->time_ns = clock_ns(CLOCK_REALTIME);
	s->now_ns = monotonic_ns();
	if (!uname(&host)) {
		s->kernel = arena__string(&s->arena, host.release);
		s->arch = arena__string(&s->arena, host.machine);
	}
}

void collect__own_cost(struct collector *c, struct sample *s)
{
	/* Nearly all of it is allocated when they are loaded. */
	if (!c->maps_bytes || c->maps_changes != devices__changes(c->devices))
		c->maps_bytes = probes__maps_bytes(c->probes);
	c->maps_changes = devices__changes(c->devices);
	s->maps_bytes = c->maps_bytes;
	s->attach_ns = probes__attach_ns(c->probes);
	s->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) + parser__cpu_ns() + open_helper__cpu_ns() +
		    namespace_helper__cpu_ns();
	s->rss_bytes = own_rss() + parser__held_bytes();
}

/* Which processes they were of. */
static void note_unanswered(struct collector *c, struct sample *s)
{
	for (size_t i = 0; s->unread_memory && !c->options.every_process && i < s->process_count; i++) {
		struct target *t =
			s->processes[i].ended ? NULL : targets__get(c->targets, s->processes[i].pid);

		s->processes[i].unanswered = t ? process__unanswered(t->process) : 0;
	}
}

void collect__losses(struct collector *c, struct sample *s, const struct pass *pass)
{
	probes__losses(c->probes, s->losses);
	s->losses[TS_LOSS_STACKS] += stacks__lost(c->stacks);
	s->lost_threads = pass__unseen(pass);
	s->unread_files = budget__refused();
	s->parser_died_on = arena__string(&s->arena, parser__given_up());
	s->unread_memory = memory__unread();
	note_unanswered(c, s);
	s->bpf_ns_per_s = c->options.cost_window_ns
				  ? probes__bpf_ns_per_s(c->probes, c->options.cost_window_ns)
				  : UINT64_MAX;
}

#define GROWN 4 /* threads, before a program is read to see whether it has a limit of its own */

void collect__limits(struct collector *c, struct sample *s)
{
	struct shared_limits shared = {0};

	for (size_t i = 0; i < s->process_count; i++) {
		struct sample_process *p = &s->processes[i];
		struct target *t;

		/* Also where as many have ended as were created: those from before attach end, too. */
		if (!p->created || p->ended)
			continue;
		t = targets__get(c->targets, p->pid);
		p->has_limits = t && !process__thread_limits(t->process, &shared, &p->limits);
		if (p->has_limits && p->created >= p->exited + GROWN)
			p->limits.go = go_live__thread_limit(c->go, p->pid);
	}
}

static void evict_file(struct collector *c, struct sample_file *f)
{
	collect__forget_file(c, f, false);
	f->evicted = true;
}

static uint64_t calls(const struct sample_file *f)
{
	return histogram__total(f->totals.writes.buckets) + histogram__total(f->totals.syncs.buckets);
}

static int by_calls(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->calls < y->calls ? -1 : x->calls > y->calls;
}

/* Files with calls or requests in flight keep their rows; otherwise these would count in two rows. */
struct busy {
	struct ts_file_key *keys; /* sorted */
	size_t count;
};

static int by_key(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct ts_file_key));
}

/* The caller frees keys. */
static void find_busy(const struct sample *s, struct busy *ret)
{
	*ret = (struct busy){HEAP_NEW(struct ts_file_key, s->thread_count + s->request_count + 1), 0};
	for (size_t i = 0; i < s->thread_count; i++)
		if (s->threads[i].io_kind)
			ret->keys[ret->count++] = s->threads[i].io_file;
	for (size_t i = 0; i < s->request_count; i++)
		ret->keys[ret->count++] = s->requests[i].key;
	qsort(ret->keys, ret->count, sizeof(*ret->keys), by_key);
}

static bool is_busy(const struct busy *b, const struct ts_file_key *key)
{
	return bsearch(key, b->keys, b->count, sizeof(*key), by_key);
}

/* All are in use: the half with the most calls stays, to make room for new, busy files. */
static void evict_quietest(struct collector *c, struct sample *s, const struct busy *busy)
{
	struct ranked *list = HEAP_NEW(struct ranked, s->file_count);
	size_t count = 0;

	for (size_t i = 0; i < s->file_count; i++)
		if (s->files[i].key.inode && !s->files[i].evicted)
			list[count++] = (struct ranked){&s->files[i], calls(&s->files[i])};
	qsort(list, count, sizeof(*list), by_calls);
	for (size_t i = 0; i + FILE_ROOM / 2 < count; i++)
		if (!is_busy(busy, &list[i].file->key))
			evict_file(c, list[i].file);
	free(list);
}

/* A closed connection: it gets no more writes, and a server has thousands per hour. */
static bool is_over(const struct sample *s, const struct sample_file *f)
{
	return (f->key.kind == TS_FILE_SOCKET || f->key.kind == TS_FILE_PIPE) && f->totals.fd >= 0 &&
	       !f->open && s->now_ns > file_last_used(&f->totals) + CLOSED_FOR;
}

static bool is_unused(const struct sample *s, const struct sample_file *f)
{
	return f->key.inode && s->now_ns > file_last_used(&f->totals) + UNUSED_FOR;
}

/* Returns their number. */
static size_t evict_those(struct collector *c, struct sample *s, const struct busy *busy,
			  bool (*wanted)(const struct sample *s, const struct sample_file *f))
{
	size_t count = 0;

	for (size_t i = 0; i < s->file_count; i++) {
		struct sample_file *f = &s->files[i];

		if (f->evicted || !wanted(s, f) || is_busy(busy, &f->key))
			continue;
		evict_file(c, f);
		count++;
	}
	return count;
}

static void evict_files(struct collector *c, struct sample *s)
{
	size_t used = s->file_count;
	struct busy busy;

	find_busy(s, &busy);
	used -= evict_those(c, s, &busy, is_over);
	if (used > FILE_ROOM * 3 / 4)
		used -= evict_those(c, s, &busy, is_unused);
	if (used > FILE_ROOM * 3 / 4)
		evict_quietest(c, s, &busy);
	free(busy.keys);
}

void collect__evict(struct collector *c, struct sample *s)
{
	if (s->lock_count > LOCK_ROOM * 3 / 4) {
		for (size_t i = 0; i < s->lock_count; i++) {
			struct ts_lock_key key = {.tgid = (uint32_t)s->locks[i].pid,
						  .address = s->locks[i].word};
			if (s->locks[i].word && s->now_ns > s->locks[i].last_ns + UNUSED_FOR) {
				probes__forget_lock(c->probes, &key);
				s->locks[i].evicted = true;
				c->evicted_ns = s->now_ns;
			}
		}
	}
	evict_files(c, s);
	collect__evict_calls(c, s);
}
