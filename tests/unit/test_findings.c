/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot's findings: who is said to be stuck, behind whom, and who is not. */
#include "words/describe.h"
#include "samples.h"

#include <sys/syscall.h>

static const struct finding *find_in(const struct snapshot_report *r, enum finding_kind kind)
{
	return find(r->findings, r->finding_count, kind);
}

TEST(a_convoy_is_one_sentence)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;
	const struct finding *f;

	add_process(s, 10, 6);
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	s->locks[0].symbol = "log_mutex";
	add_caller(s, 11, WAIT_WRITE, SYS_write, "/var/log/app.log")->name = "log-writer";
	for (pid_t i = 12; i < 15; i++)
		add_waiter(s, 10, i, 0x1000, 11)->blocked_ns = (uint64_t)(i == 12 ? 4 : 2) * NS_PER_S;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count,
		 2); /* the owner is in it, and in that on the log; it is not stuck as well */
	f = find_in(r, FINDING_LOCK_CONVOY);
	CHECK_STR(f ? f->summary : "",
		  "3 threads wait, up to 4.0 s, for log_mutex (mutex at 0x1000), held by log-writer (11), "
		  "which has been in write(/var/log/app.log) for 2.0 s");
	CHECK(f && f->severity == SEVERITY_WARNING);
	CHECK_EQ(f ? f->tid_count : 0, 4);
	CHECK_EQ(f ? f->tids[0] : 0, 12);
	CHECK_EQ(f ? f->tids[3] : 0, 11);
	arena__free(&a);
	sample__free(s);
}

TEST(an_interval_says_the_same_of_a_convoy)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;
	const struct finding *f;
	struct sample_thread *t;

	add_process(s, 10, 7);
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	s->locks[0].symbol = "log_mutex";
	add_lock(s, 10, 0x2000, 0x2000);
	t = add_waiter(s, 10, 11, 0, 0);
	t->name = "log-writer";
	t->kind = WAIT_WRITE;
	t->syscall = SYS_write;
	t->path = "/var/log/app.log";
	for (pid_t i = 12; i < 15; i++)
		add_waiter(s, 10, i, 0x1000, 11);
	add_waiter(s, 10, 15, 0x2000, 0);
	r = model__interval(m, s);
	CHECK_EQ(r->finding_count, 2);
	f = find(r->findings, r->finding_count, FINDING_LOCK_CONVOY);
	CHECK_STR(f ? f->summary : "",
		  "3 threads wait, up to 2.0 s, for log_mutex (mutex at 0x1000), held by "
		  "log-writer (11), which has been in write(/var/log/app.log) for 2.0 s");
	CHECK_EQ(f ? f->tid_count : 0, 4);
	f = find(r->findings, r->finding_count, FINDING_STUCK_THREAD);
	CHECK_STR(f ? f->summary : "", "worker (15) has waited 2.0 s for mutex 0x2000, holder unknown (no "
				       "owner could be read from it)");
	model__free(m);
}

TEST(a_convoy_behind_a_lock_without_a_known_holder)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;
	const struct finding *f;

	add_process(s, 10, 2);
	add_lock(s, 10, 0x1000, 0x1000);
	add_waiter(s, 10, 11, 0x1000, 0);
	add_waiter(s, 10, 12, 0x1000, 0);
	r = model__interval(m, s);
	f = find(r->findings, r->finding_count, FINDING_LOCK_CONVOY);
	CHECK_EQ(r->finding_count, 1);
	CHECK(f && f->severity == SEVERITY_WARNING);
	CHECK_STR(f ? f->summary : "", "2 threads wait, up to 2.0 s, for the mutex at 0x1000, holder unknown "
				       "(no owner could be read from it)");
	model__free(m);
}

/* In an interruptible sleep all the same, with those that have just begun. */
TEST(a_file_server_that_does_not_answer)
{
	static const char server[] = "fuse server of /mnt, sshfs (99)";
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;
	const struct finding *f;

	add_process(s, 10, 6);
	for (pid_t i = 11; i < 15; i++) {
		struct sample_thread *t =
			add_caller(s, i, WAIT_OTHER, i == 14 ? SYS_openat : SYS_newfstatat, "/mnt/x");

		t->server = i == 12 ? "nfs4 server of /home" : server;
		t->blocked_ns = i == 12 ? 900000000 : (uint64_t)(i - 10) * 1000000000;
		t->state = 'S';
	}
	s->threads[2].blocked_ns = 200000000;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	f = find_in(r, FINDING_STUCK_THREAD);
	CHECK_STR(f ? f->summary : "", "3 threads wait, for up to 4.0 s, in newfstatat(/mnt/x), "
				       "openat(/mnt/x) for an answer of the fuse "
				       "server of /mnt, sshfs (99)");
	CHECK_EQ(f ? f->tid_count : 0, 3);
	arena__free(&a);
	sample__free(s);
}

/* A lock that is tried in vain, and one look that cannot tell since when. */
TEST(a_wait_is_as_old_as_its_first_try)
{
	for (int at_least = 0; at_least < 2; at_least++) {
		struct sample *s = sample_at(1);
		struct arena a = {0};
		struct snapshot_report *r;
		const struct finding *f;
		struct sample_thread *t;

		add_process(s, 10, 6);
		add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
		t = add_caller(s, 11, WAIT_WRITE, SYS_write, "/var/log/app.log");
		t->waiting_ns = 3 * NS_PER_S;
		t->at_least = at_least;
		for (pid_t i = 12; i < 15; i++) {
			t = add_waiter(s, 10, i, 0x1000, 11);
			t->waiting_ns = (uint64_t)i * NS_PER_S;
			t->at_least = at_least;
		}
		r = model__snapshot(&a, s, NULL);
		CHECK_EQ(r->threads[1].wait.duration_ns, 12 * NS_PER_S);
		CHECK_EQ(r->threads[1].wait.at_least, at_least);
		f = find_in(r, FINDING_LOCK_CONVOY);
		CHECK_STR(
			f ? f->summary : "",
			at_least
				? "3 threads wait, the longest for at least 14.0 s, for the mutex at 0x1000, "
				  "held by worker (11), which has been in write(/var/log/app.log) for at "
				  "least 3.0 s"
				: "3 threads wait, up to 14.0 s, for the mutex at 0x1000, held by worker "
				  "(11), which has been in write(/var/log/app.log) for 3.0 s");
		arena__free(&a);
		sample__free(s);
	}
}

TEST(a_short_queue_is_no_convoy)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, 10, 3);
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	add_thread(s, 10, 11);
	for (pid_t i = 12; i < 20; i++)
		add_waiter(s, 10, i, 0x1000, 11)->blocked_ns = 9000000;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 0);
	arena__free(&a);
	s->threads[5].blocked_ns = 10000000;
	r = model__snapshot(&a, s, NULL);
	CHECK(says(find_in(r, FINDING_LOCK_CONVOY), "which is running"));
	CHECK(r->finding_count && r->findings[0].severity == SEVERITY_INFO);
	arena__free(&a);
	sample__free(s);
}

/* 11 waits for 12, which waits for 13 ...; the last one is in a write. */
static char *chain_of(char text[DESCRIBE_CHAIN], pid_t owners, bool circle)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;
	struct naming n;

	add_process(s, 10, 10);
	for (pid_t i = 0; i < owners; i++) {
		uint64_t lock = 0x1000 + 0x100 * (uint64_t)i;
		pid_t next = i + 1 < owners ? 12 + i : circle ? 11 : 0;

		if (!next) {
			add_caller(s, 11 + i, WAIT_WRITE, SYS_write, "/log")->name = "last";
			continue;
		}
		add_lock(s, 10, lock, lock)->owner_tid = next;
		add_waiter(s, 10, 11 + i, lock, next);
	}
	r = model__snapshot(&a, s, NULL);
	n = naming__of_snapshot(r);
	describe_chain(text, DESCRIBE_CHAIN, &n, 11);
	arena__free(&a);
	sample__free(s);
	return text;
}

TEST(chains_read_to_their_end)
{
	char text[DESCRIBE_CHAIN];

	CHECK_STR(chain_of(text, 0, false), "");
	CHECK_STR(chain_of(text, 1, false), ", which has been in write(/log) for 2.0 s");
	CHECK_STR(chain_of(text, 2, false),
		  ", which has waited 2.0 s for mutex 0x1000, held by last (12), which "
		  "has been in write(/log) for 2.0 s");
	CHECK(strstr(chain_of(text, 6, false), "held by last (16), which has been in write(/log) for 2.0 s"));
	CHECK(!strstr(text, "and so on"));
	CHECK(strstr(chain_of(text, 40, false),
		     "mutex 0x1500, held by worker (17), and 34 more threads up to "
		     "last (50), which has been in write(/log) for 2.0 s"));
	CHECK_STR(chain_of(text, 1, true),
		  ", which has waited 2.0 s for mutex 0x1000, held by worker (11) again: a deadlock");
	CHECK(strstr(chain_of(text, 6, true), "held by worker (11) again: a deadlock"));
	for (pid_t i = 7; i < 40; i++)
		CHECK(strstr(chain_of(text, i, true), "held by worker (17), and on into a deadlock"));
}

TEST(workers_that_wait_for_work_are_no_finding)
{
	static const struct {
		enum wait_kind kind;
		long call;
	} WAITS[] = {
		{WAIT_CONDVAR, SYS_futex},
		{WAIT_FUTEX, SYS_futex},
		{WAIT_SEMAPHORE, SYS_futex},
		{WAIT_BARRIER, SYS_futex},
		{WAIT_JOIN, SYS_futex},
		{WAIT_POLL, SYS_epoll_pwait},
		{WAIT_READ, SYS_read},
		{WAIT_ACCEPT, SYS_accept},
		{WAIT_SLEEP, SYS_clock_nanosleep},
		{WAIT_SIGNAL, SYS_rt_sigtimedwait},
		{WAIT_CHILD, SYS_wait4},
		{WAIT_OTHER, SYS_io_getevents},
	};
	struct sample *s = sample_at(1);
	const struct interval_report *i;
	struct arena a = {0};
	struct model *m;

	add_process(s, 10, 1);
	add_lock(s, 10, 0x1000, 0x1000)->kind = LOCK_CONDVAR;
	for (size_t k = 0; k < sizeof(WAITS) / sizeof(WAITS[0]); k++) {
		struct sample_thread *t = add_waiter(s, 10, 11 + (pid_t)k, 0x1000, 0);

		t->kind = WAITS[k].kind;
		t->syscall = WAITS[k].call;
		t->blocked_ns = 5000 * NS_PER_S;
		if (t->syscall != SYS_futex)
			t->lock_address = 0;
	}
	CHECK_EQ(model__snapshot(&a, s, NULL)->finding_count, 0);
	arena__free(&a);
	m = model_with_base(sample_at(0));
	i = model__interval(m, s);
	CHECK_EQ(i->finding_count, 0);
	model__free(m);
}

TEST(stuck_threads_are_told_together)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, 10, 9);
	for (pid_t i = 11; i < 16; i++)
		add_caller(s, i, WAIT_CONNECT, SYS_connect, "10.0.0.1:80");
	s->threads[4].blocked_ns = NS_PER_S - 1; /* not yet */
	add_caller(s, 16, WAIT_READ, SYS_read, "/nfs/file")->state = 'D';
	add_lock(s, 10, 0x1000, 0x1000);
	add_waiter(s, 10, 17, 0x1000, 0);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 3);
	CHECK_STR(r->findings[0].summary,
		  "4 threads have been in connect(10.0.0.1:80) for up to 2.0 s: worker (11), worker "
		  "(12), worker (13) and 1 more");
	CHECK_STR(r->findings[1].summary,
		  "worker (16) has been in read(/nfs/file) for 2.0 s, in uninterruptible sleep");
	CHECK_STR(r->findings[2].summary, "worker (17) has waited 2.0 s for mutex 0x1000, holder unknown (no "
					  "owner could be read from it)");
	for (size_t i = 0; i < r->finding_count; i++) {
		CHECK_EQ(r->findings[i].kind, FINDING_STUCK_THREAD);
		CHECK_EQ(r->findings[i].severity, SEVERITY_WARNING);
	}
	arena__free(&a);
	sample__free(s);
}

TEST(a_stopped_process_is_one_finding)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, 10, 2);
	for (pid_t i = 10; i < 12; i++) {
		/* Wherever they are. */
		struct sample_thread *t = add_caller(s, i, WAIT_STOPPED, SYS_read, i == 10 ? "/a" : "/b");

		t->state = 'T';
	}
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	CHECK(says(find_in(r, FINDING_STUCK_THREAD),
		   "2 threads have been stopped for up to 2.0 s, by a signal; "
		   "SIGCONT continues it: worker (10) and worker (11)"));
	arena__free(&a);
	sample__free(s);
}

TEST(many_findings_are_few)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;
	size_t covered = 0;

	add_process(s, 10, 60);
	for (unsigned i = 0; i < 20; i++) {
		uint64_t lock = 0x1000 + 0x100 * i;

		add_lock(s, 10, lock, lock);
		add_waiter(s, 10, 11 + 3 * (pid_t)i, lock, 0);
		add_waiter(s, 10, 12 + 3 * (pid_t)i, lock, 0);
		add_caller(s, 13 + 3 * (pid_t)i, WAIT_CONNECT, SYS_connect,
			   arena__format(&s->arena, "10.0.0.%u:80", i));
	}
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 18);
	CHECK(says(&r->findings[16], "24 more threads wait for 12 more locks"));
	CHECK_EQ(r->findings[16].tid_count, 24);
	CHECK(says(&r->findings[17], "12 more threads have been stuck for over 1 s"));
	for (size_t i = 0; i < r->finding_count; i++)
		covered += r->findings[i].tid_count;
	CHECK_EQ(covered, 60);
	arena__free(&a);
	sample__free(s);
}

TEST_MAIN
