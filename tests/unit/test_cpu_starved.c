/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that were runnable and got no CPU: which of them are worth a word. */
#include "samples.h"

#define MS 1000000ull

static struct sample *base;
static struct model *model;

/* Process 10 with so many threads, from TID 10 on, of which the first was runnable for so long in the second.
 */
static struct sample *with_threads(int threads, int starved, uint64_t runnable_ns)
{
	struct sample *s = sample_at(1);

	base = sample_at(0);
	for (int i = 0; i < threads; i++) {
		add_thread(base, 10, 10 + i)->account.counts[TS_RUNNABLE_NS] = 5000 * MS;
		add_thread(s, 10, 10 + i)->account.counts[TS_RUNNABLE_NS] =
			5000 * MS + (i < starved ? runnable_ns + (uint64_t)i : 0);
	}
	add_process(s, 10, (uint64_t)threads);
	return s;
}

/* The last thread waits for a mutex that this one holds. */
static struct sample *held_by(struct sample *s, pid_t owner)
{
	pid_t last = s->threads[--s->thread_count].tid;

	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = owner;
	s->locks[0].symbol = "log_mutex";
	add_waiter(s, 10, last, 0x1000, owner)->account = base->threads[base->thread_count - 1].account;
	return s;
}

/* "severity: summary [TIDs]"; "" without a finding. */
static const char *finding_of(struct sample *s)
{
	static char text[1024];
	const struct interval_report *r;
	const struct finding *f;
	size_t used;

	model = model_with_base(base);
	r = model__interval(model, s);
	f = find(r->findings, r->finding_count, FINDING_CPU_STARVED);
	text[0] = '\0';
	if (f) {
		used = (size_t)snprintf(text, sizeof(text), "%s: %s [", severity__name(f->severity),
					f->summary);
		for (size_t i = 0; i < f->tid_count; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%d", i ? " " : "",
						 (int)f->tids[i]);
		snprintf(text + used, sizeof(text) - used, "]%s%s", f->path ? f->path : "",
			 finding__of_logs(f) ? ", of logs" : "");
	}
	model__free(model);
	return text;
}

TEST(an_owner_that_others_wait_for)
{
	struct sample *s;

	CHECK_STR(finding_of(held_by(with_threads(9, 1, 800 * MS), 10)),
		  "warning: worker (10) was runnable without a CPU for 800 ms of 1.0 s; 1 thread waits for "
		  "mutex "
		  "log_mutex, which it holds [10]");
	/* Another one is starved more, but nobody waits for it, and they are few. */
	CHECK_STR(finding_of(held_by(with_threads(11, 2, 800 * MS), 10)),
		  "warning: worker (10) was runnable without a CPU for 800 ms of 1.0 s; 1 thread waits for "
		  "mutex "
		  "log_mutex, which it holds [10]");
	/* The owner comes first, then who was starved longest. */
	CHECK_STR(finding_of(held_by(with_threads(6, 3, 800 * MS), 11)),
		  "warning: worker (11) was runnable without a CPU for 800 ms of 1.0 s, as were 2 more of 6 "
		  "threads "
		  "for over half of it; 1 thread waits for mutex log_mutex, which it holds [11 12 10]");
	CHECK_STR(finding_of(held_by(with_threads(9, 1, 800 * MS), 12)), ""); /* that one had its CPU */
	/* Nobody has waited for long: a lock that is held for microseconds. */
	s = held_by(with_threads(9, 1, 800 * MS), 10);
	s->threads[s->thread_count - 1].blocked_ns = 99 * MS;
	CHECK_STR(finding_of(s), "");
	CHECK_STR(finding_of(held_by(with_threads(9, 1, 500 * MS), 10)), "");
	CHECK(*finding_of(held_by(with_threads(9, 1, 500 * MS + 1), 10)));
}

TEST(many_threads_of_a_process)
{
	CHECK_STR(finding_of(with_threads(10, 2, 800 * MS)), ""); /* 20 % */
	CHECK_STR(finding_of(with_threads(9, 2, 800 * MS)),
		  "info: worker (11) was runnable without a CPU for 800 "
		  "ms of 1.0 s, as was 1 more of 9 threads for "
		  "over half of it [11 10]");
	/* One that only has a low priority; but a process of one thread is that. */
	CHECK_STR(finding_of(with_threads(2, 1, 800 * MS)), "");
	CHECK_STR(finding_of(with_threads(1, 1, 800 * MS)),
		  "info: worker (10) was runnable without a CPU for 800 ms of 1.0 s [10]");
	/* Clocks are read one after the other. */
	CHECK(strstr(finding_of(with_threads(1, 1, 1003 * MS)), "for 1.0 s of 1.0 s"));
}

TEST(a_short_interval_takes_more_than_half)
{
	struct sample *s = with_threads(1, 1, 99 * MS);

	s->now_ns = base->now_ns + 150 * MS;
	CHECK_STR(finding_of(s), "");
	s = with_threads(1, 1, 100 * MS);
	s->now_ns = base->now_ns + 150 * MS;
	CHECK(*finding_of(s));
}

static struct ts_account *with_quota(struct sample *s, uint64_t periods, uint64_t throttled,
				     const char *cgroup)
{
	struct ts_account *a = &s->threads[0].account;

	a->quota_ns = 150 * MS;
	a->period_ns = 100 * MS;
	a->counts[TS_PERIODS] = periods;
	a->counts[TS_THROTTLED] = throttled;
	snprintf(a->cgroup, sizeof(a->cgroup), "%s", cgroup);
	return a;
}

TEST(a_quota_that_was_used_up)
{
	struct sample *s = with_threads(1, 1, 800 * MS);

	with_quota(base, 100, 40, "web.service");
	with_quota(s, 110, 49, "web.service");
	CHECK_STR(finding_of(s),
		  "info: worker (10) was runnable without a CPU for 800 ms of 1.0 s; its cgroup "
		  "web.service may use 1.50 CPUs and was throttled in 9 of 10 periods of 100 ms [10]");
	/* Not in this interval, in another cgroup, and counts that began anew. */
	s = with_threads(1, 1, 800 * MS);
	with_quota(base, 100, 40, "web.service");
	with_quota(s, 110, 40, "web.service");
	CHECK(!strstr(finding_of(s), "cgroup"));
	s = with_threads(1, 1, 800 * MS);
	with_quota(base, 100, 40, "web.service");
	with_quota(s, 110, 49, "other.service");
	CHECK(!strstr(finding_of(s), "cgroup"));
	s = with_threads(1, 1, 800 * MS);
	with_quota(base, 100, 40, "web.service");
	with_quota(s, 3, 2, "web.service");
	CHECK(!strstr(finding_of(s), "cgroup"));
	/* No limit. */
	s = with_threads(1, 1, 800 * MS);
	with_quota(base, 100, 40, "");
	with_quota(s, 110, 49, "")->quota_ns = 0;
	CHECK(!strstr(finding_of(s), "cgroup"));
}

/* A write of so long. */
static struct sample *with_call(uint64_t ns, uint64_t runnable_ns, const char *path)
{
	struct sample *s = with_threads(1, 0, 0);
	struct sample_file *f = add_file(s, 10);
	struct sample_slow *slow = ARENA_NEW(&s->arena, struct sample_slow, 1);

	slow->epoch = 1;
	slow->call = (struct slow_call){.syscall = "write", .name = "logger", .tid = 10, .ns = ns};
	slow->call.parts[STALL_RUNNABLE] = runnable_ns;
	f->path = path;
	count_wait(&f->totals.writes, 1, ns, 1);
	f->slow_writes.count = 1;
	f->slow_writes.ns = ns;
	f->slowest_lately = slow;
	return s;
}

TEST(a_slow_call)
{
	CHECK_STR(finding_of(with_call(10 * MS, 6 * MS, "/srv/log")),
		  "info: logger (10) was runnable without a CPU for 6.0 ms of the 10 ms that write(/srv/log) "
		  "took "
		  "[10]/srv/log, of logs");
	CHECK_STR(finding_of(with_call(10 * MS, 6 * MS, "")),
		  "info: logger (10) was runnable without a CPU for "
		  "6.0 ms of the 10 ms that write(file) took [10]");
	CHECK_STR(finding_of(with_call(10 * MS, 5 * MS, "/srv/log")), "");
	CHECK_STR(finding_of(with_call(10 * MS - 1, 9 * MS, "/srv/log")), "");
}

/* Another file with such a call, which took so long. */
static void and_call(struct sample *s, pid_t pid, enum ts_file_kind kind, const char *path, uint64_t ns)
{
	const struct sample_slow *first = s->files[0].slowest_lately;
	struct sample_slow *slow = ARENA_NEW(&s->arena, struct sample_slow, 1);
	struct sample_file *f = add_file(s, pid);

	*slow = *first;
	slow->call.tid = pid;
	slow->call.ns = slow->call.parts[STALL_RUNNABLE] = ns;
	f->key.kind = kind;
	f->path = path;
	count_wait(&f->totals.writes, 1, ns, 1);
	f->slow_writes.count = 1;
	f->slow_writes.ns = ns;
	f->slowest_lately = slow;
}

static size_t starved(const struct interval_report *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->finding_count; i++)
		count += r->findings[i].kind == FINDING_CPU_STARVED;
	return count;
}

/* Each writer of a log waits for a CPU where CPUs are short: one line, not one for each process and
 * connection. */
TEST(slow_calls_in_one_finding)
{
	struct sample *s = with_call(10 * MS, 6 * MS, "/srv/log");
	const struct interval_report *r;

	add_process(s, 20, 1);
	add_process(s, 30, 1);
	and_call(s, 20, TS_FILE_REGULAR, "/srv/log", 20 * MS);
	and_call(s, 20, TS_FILE_REGULAR, "/srv/other", 15 * MS);
	and_call(s, 30, TS_FILE_REGULAR, "/srv/third", 12 * MS);
	and_call(s, 20, TS_FILE_SOCKET, "socket:[1]", 40 * MS);
	and_call(s, 20, TS_FILE_SOCKET, "socket:[2]", 30 * MS);
	model = model_with_base(base);
	r = model__interval(model, s);
	CHECK_EQ(starved(r), 3);
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct finding *f = &r->findings[i];

		if (f->kind != FINDING_CPU_STARVED)
			continue;
		if (strstr(f->summary, "40 ms that write(socket:[1]) took; the same in 1 more slow call"))
			CHECK_STR(f->path, "socket:[1]");
		else if (strstr(f->summary, "20 ms that write(/srv/log) took; the same in 2 more slow calls"))
			CHECK_EQ(f->pid, 20);
		else
			CHECK(strstr(f->summary, "12 ms that write(/srv/third) took") && f->pid == 30);
	}
	model__free(model);
}

TEST_MAIN
