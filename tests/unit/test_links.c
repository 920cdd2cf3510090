/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chains over processes: rows, words, findings. */
#include "samples.h"

#include <sys/syscall.h>

#include "util/clock.h"
#include "util/text.h"
#include "words/describe.h"

static struct sample_link *add_link(struct sample *s, enum link_role role, enum link_state state, pid_t pid)
{
	struct sample_link *k;

	if (!s->links)
		s->links = calloc(ROOM, sizeof(*s->links));
	k = &s->links[s->link_count++];
	*k = (struct sample_link){.role = role,
				  .state = state,
				  .pid = pid,
				  .tid = pid,
				  .name = "other",
				  .threads = 1,
				  .one_of = true,
				  .syscall = -1,
				  .since_ns = 3 * NS_PER_S};
	return k;
}

static struct sample *behind_a_file(void)
{
	struct sample *s = sample_at(1);
	struct sample_link *k;

	add_process(s, 10, 1);
	add_caller(s, 10, WAIT_FILE_LOCK, SYS_flock, "/lock")->link = 1;
	k = add_link(s, LINK_HOLDS_FILE, LINK_BLOCKED, 20);
	k->syscall = SYS_wait4;
	return s;
}

static const char *summary(const struct snapshot_report *r, enum finding_kind kind)
{
	const struct finding *f = find(r->findings, r->finding_count, kind);

	return f ? f->summary : "";
}

TEST(the_lock_of_an_inode)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};
	struct snapshot_report *r;
	char words[DESCRIBE_CHAIN];

	s->threads[0].kind = WAIT_WRITE;
	s->threads[0].syscall = SYS_write;
	s->threads[0].path = "/var/log/app.log";
	s->links[0].role = LINK_HOLDS_POSITION;
	s->links[0].syscall = SYS_write;
	s->links[0].next = 2;
	add_link(s, LINK_HOLDS_INODE, LINK_BLOCKED, 30)->syscall = SYS_fsync;
	r = model__snapshot(&a, s, NULL);
	CHECK_STR(
		describe_links(words, sizeof(words), &r->threads[0].wait),
		", whose position is locked by other (20), which has been in write for 3.0 s, whose inode is "
		"locked by other (30), which has been in fsync for 3.0 s");
	arena__free(&a);
	sample__free(s);
}

TEST(a_file_lock_with_its_holder_to_the_end)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};
	struct snapshot_report *r;

	s->links[0].next = 2;
	add_link(s, LINK_CHILD, LINK_STOPPED, 30);
	r = model__snapshot(&a, s, NULL);
	CHECK_STR(summary(r, FINDING_STUCK_THREAD),
		  "worker (10) has been in flock(/lock) for 2.0 s, held by other (20), which has been in "
		  "wait4 for "
		  "3.0 s, for its child other (30), which has been stopped for 3.0 s by a signal");
	CHECK_EQ(r->threads[0].wait.chain_count, 2);
	arena__free(&a);
	sample__free(s);
}

TEST(workers_that_take_turns_by_a_file_lock)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};

	s->links[0].syscall = SYS_accept4;
	CHECK_EQ(model__snapshot(&a, s, NULL)->finding_count, 0);
	s->links[0].syscall = SYS_epoll_wait;
	CHECK_EQ(model__snapshot(&a, s, NULL)->findings[0].severity, SEVERITY_INFO);
	s->links[0].state = LINK_RUNS;
	CHECK_EQ(model__snapshot(&a, s, NULL)->findings[0].severity, SEVERITY_INFO);
	s->threads[0].link = 0; /* it was not found in time */
	CHECK_EQ(model__snapshot(&a, s, NULL)->findings[0].severity, SEVERITY_INFO);
	arena__free(&a);
	sample__free(s);
}

/* Workers, each a process, take turns at a pipe: of jobs of their parent, or of answers. */
TEST(workers_that_take_turns_at_a_pipe)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};
	struct sample_link *writer;

	s->links[0].syscall = SYS_read;
	s->links[0].next = 2;
	writer = add_link(s, LINK_WRITES, LINK_BLOCKED, 30);
	CHECK_EQ(model__snapshot(&a, s, NULL)->findings[0].severity, SEVERITY_WARNING);
	writer->gives = true;
	CHECK_EQ(model__snapshot(&a, s, NULL)->findings[0].severity, SEVERITY_INFO);
	writer->state = LINK_STOPPED;
	CHECK_EQ(model__snapshot(&a, s, NULL)->findings[0].severity, SEVERITY_WARNING);
	s->links[0].next = 0;
	s->links[0].path = "anon_inode:[eventfd]";
	CHECK_EQ(model__snapshot(&a, s, NULL)->findings[0].severity, SEVERITY_INFO);
	arena__free(&a);
	sample__free(s);
}

TEST(an_owner_that_is_gone)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, 10, 1);
	add_lock(s, 10, 0x1000, 0x1000)->outside = 20;
	add_waiter(s, 10, 10, 0x1000, 0)->link = 1;
	add_link(s, LINK_OWNS, LINK_GONE, 0)->tid = 20;
	r = model__snapshot(&a, s, NULL);
	CHECK(strstr(summary(r, FINDING_STUCK_THREAD),
		     ", whose owner, thread 20, does not exist any more: nobody will unlock it"));
	s->links[0].state = LINK_LEFT;
	s->links[0].pid = 19;
	r = model__snapshot(&a, s, NULL);
	CHECK(strstr(summary(r, FINDING_STUCK_THREAD),
		     "thread other (20) of the parent (19), does not exist here"));
	s->threads[0].link = 0;
	r = model__snapshot(&a, s, NULL);
	CHECK(strstr(summary(r, FINDING_STUCK_THREAD),
		     "holder unknown (its owner is no thread of this process)"));
	arena__free(&a);
	sample__free(s);
}

/* Servers of several processes take turns at clients: a thread alone, or several of a process. */
TEST(an_owner_elsewhere_that_polls)
{
	for (pid_t waiters = 1; waiters <= 2; waiters++) {
		struct sample *s = sample_at(1);
		struct arena a = {0};
		const struct snapshot_report *r;
		struct sample_link *owner;

		add_process(s, 10, (size_t)waiters);
		add_lock(s, 10, 0x1000, 0x1000)->outside = 20;
		for (pid_t i = 0; i < waiters; i++) {
			struct sample_thread *t = add_waiter(s, 10, 10 + i, 0x1000, 0);

			t->link = 1;
			t->blocked_ns = 2 * NS_PER_S;
		}
		owner = add_link(s, LINK_OWNS, LINK_BLOCKED, 20);
		owner->syscall = SYS_poll;
		r = model__snapshot(&a, s, NULL);
		CHECK_EQ(r->finding_count, 1);
		CHECK_EQ(r->findings[0].severity, SEVERITY_INFO);
		owner->syscall = SYS_clock_nanosleep;
		CHECK_EQ(model__snapshot(&a, s, NULL)->findings[0].severity, SEVERITY_WARNING);
		arena__free(&a);
		sample__free(s);
	}
}

TEST(a_child_that_hangs)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};

	add_process(s, 10, 1);
	add_caller(s, 10, WAIT_CHILD, SYS_wait4, NULL)->link = 1;
	add_link(s, LINK_CHILD, LINK_BLOCKED, 20)->syscall = SYS_clock_nanosleep;
	CHECK_EQ(model__snapshot(&a, s, NULL)->finding_count, 0); /* a shell waits for hours */
	s->links[0].syscall = SYS_flock;
	s->links[0].next = 2;
	add_link(s, LINK_HOLDS_FILE, LINK_BLOCKED, 30)->syscall = SYS_fsync;
	CHECK_EQ(model__snapshot(&a, s, NULL)->finding_count, 1);
	s->links[0].since_ns = NS_PER_S / 2; /* not for long so far */
	CHECK_EQ(model__snapshot(&a, s, NULL)->finding_count, 0);
	arena__free(&a);
	sample__free(s);
}

/* The pipe of a command is read by another thread than the one that waits for its end, or by none. */
TEST(a_child_whose_output_is_not_read)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	const struct snapshot_report *r;

	add_process(s, 10, 2);
	add_caller(s, 10, WAIT_CHILD, SYS_wait4, NULL)->link = 1;
	add_link(s, LINK_CHILD, LINK_BLOCKED, 20)->syscall = SYS_write;
	s->links[0].next = 2;
	add_link(s, LINK_READS, LINK_BLOCKED, 10)->syscall = SYS_wait4;
	s->links[1].one_of = true;
	CHECK_EQ(model__snapshot(&a, s, NULL)->finding_count, 0);
	s->links[1].one_of = false;
	s->links[1].threads = 2;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	CHECK(r->finding_count && r->findings[0].severity == SEVERITY_INFO);
	s->links[0].since_ns = NS_PER_S / 2; /* not for long so far */
	CHECK_EQ(model__snapshot(&a, s, NULL)->finding_count, 0);
	arena__free(&a);
	sample__free(s);
}

TEST(a_circle_of_processes)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};
	struct snapshot_report *r;

	s->links[0].next = 2;
	add_link(s, LINK_CHILD, LINK_BLOCKED, 10)->again = true;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	CHECK(strstr(summary(r, FINDING_DEADLOCK),
		     "deadlock of 2 processes: worker (10) has been in flock(/lock)"));
	s->links[0].since_ns = 0; /* it may be a moment's */
	CHECK(!*summary(model__snapshot(&a, s, NULL), FINDING_DEADLOCK));
	arena__free(&a);
	sample__free(s);
}

/* A program that fills a pipe of its own: another of its threads may read it. */
TEST(threads_that_may_serve_each_other_are_no_circle)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};

	s->links[0].role = LINK_READS;
	s->links[0].again = true;
	s->links[0].threads = 1;
	CHECK(*summary(model__snapshot(&a, s, NULL), FINDING_DEADLOCK));
	s->links[0].threads = 2;
	CHECK(!*summary(model__snapshot(&a, s, NULL), FINDING_DEADLOCK));
	arena__free(&a);
	sample__free(s);
}

TEST(links_of_a_file_that_lies)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};

	s->links[0].next = 1; /* itself */
	CHECK_EQ(model__snapshot(&a, s, NULL)->threads[0].wait.chain_count, 1);
	s->links[0].next = UINT64_MAX;
	CHECK_EQ(model__snapshot(&a, s, NULL)->threads[0].wait.chain_count, 1);
	for (uint64_t bad = 2; bad; bad = bad == 2 ? UINT64_MAX : 0) {
		s->threads[0].link = bad;
		CHECK_EQ(model__snapshot(&a, s, NULL)->threads[0].wait.chain_count, 0);
	}
	arena__free(&a);
	sample__free(s);
}

/* At most that many threads of a process are looked at: of one that has more, nothing is said of the others.
 */
TEST(a_reader_among_many_threads)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};

	s->links[0].role = LINK_READS;
	s->links[0].one_of = s->links[0].serves = false;
	s->links[0].threads = LINK_THREADS - 1;
	CHECK(strstr(summary(model__snapshot(&a, s, NULL), FINDING_STUCK_THREAD), "but no thread reads it"));
	s->links[0].threads = LINK_THREADS;
	CHECK(strstr(summary(model__snapshot(&a, s, NULL), FINDING_STUCK_THREAD), "has it open: its main"));
	arena__free(&a);
	sample__free(s);
}

TEST(a_long_chain_has_both_ends)
{
	struct sample *s = behind_a_file();
	struct arena a = {0};
	struct snapshot_report *r;

	for (pid_t i = 1; i < 40; i++) {
		s->links[i - 1].next = (uint64_t)i + 1;
		add_link(s, LINK_CHILD, LINK_BLOCKED, 20 + i);
	}
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->threads[0].wait.chain_count, 40);
	CHECK(strstr(summary(r, FINDING_STUCK_THREAD), "and on over 31 more processes to the last one"));
	CHECK(strstr(summary(r, FINDING_STUCK_THREAD), "other (59)"));
	arena__free(&a);
	sample__free(s);
}

/* The sentence of the last one follows the chain; a queue on the way is said instead, with those behind it.
 */
TEST(twelve_waits_of_one_chain_are_one_finding)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	struct snapshot_report *r;

	add_process(s, 10, 14);
	add_caller(s, 11, WAIT_SLEEP, SYS_clock_nanosleep, NULL);
	for (pid_t i = 0; i < 12; i++)
		add_lock(s, 10, 0x1000 * (uint64_t)(i + 1), 0x1000 * (uint64_t)(i + 1))->owner_tid = 11 + i;
	for (pid_t i = 0; i < 12; i++)
		add_waiter(s, 10, 12 + i, 0x1000 * (uint64_t)(i + 1), 11 + i);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	CHECK(starts_with(r->findings[0].summary, "worker ("));
	CHECK(strstr(r->findings[0].summary, "more threads up to worker (11)"));
	CHECK_EQ(r->findings[0].tid_count, 12);
	add_waiter(s, 10, 24, 0x1000, 11);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	CHECK(starts_with(r->findings[0].summary,
			  "2 threads wait, up to 2.0 s, for the mutex at 0x1000, held by worker (11)"));
	CHECK(strstr(r->findings[0].summary, "; 11 more threads wait behind worker (11)"));
	arena__free(&a);
	sample__free(s);
}

TEST_MAIN
