/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A convoy whose owners write and sync a file: one cause, whatever moment of it a reading shows. */
#include "log_samples.h"

#include <sys/syscall.h>

#define LOCK  0x1000
#define OWNER 12
#define MS    (NS_PER_S / 1000)

/* The second reading of process 10: OWNER is its log's only writer, and syncs each write, for half the time.
 * seconds: since the base line. */
static struct sample *reading(uint64_t seconds)
{
	struct sample *s = sample_at(seconds);
	struct sample_lock *l = add_lock(s, 10, LOCK, LOCK);

	add_process(s, 10, 9);
	add_file(s, 10)->totals.fd = 3;
	for (uint64_t i = 1; i <= seconds; i++) {
		count_wait(&s->files[0].totals.writes, i, 1000, 50);
		count_wait(&s->files[0].totals.syncs, i, 10 * MS, 50);
		count_wait(&l->waits, i, 400 * MS, 10);
	}
	s->files[0].totals.sync_ns = seconds * 500 * MS;
	s->files[0].totals.single_syncs = seconds * 50;
	s->files[0].totals.sync_tid = OWNER;
	l->symbol = "log_mutex";
	l->wait_ns = seconds * 4 * NS_PER_S;
	return s;
}

static void wait_for(struct sample *s, pid_t owner, int count)
{
	s->locks[0].owner_tid = owner;
	for (int i = 0; i < count; i++)
		add_waiter(s, 10, 30 + i, LOCK, owner)->blocked_ns = 400 * MS;
}

static void sync_for(struct sample *s, uint64_t ns)
{
	struct sample_thread *t = add_caller(s, OWNER, WAIT_FSYNC, SYS_fsync, "/srv/demo/log");

	t->name = "log-writer";
	t->blocked_ns = ns;
}

static void run(struct sample *s)
{
	add_thread(s, 10, OWNER)->name = "log-writer";
}

static const struct interval_report *next(struct sample *s)
{
	return model__interval(model, s);
}

/* "lock-convoy warning: SUMMARY", a line for each finding; what follows from another one is indented. */
static const char *said(const struct interval_report *r)
{
	static char text[4096];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < r->finding_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s %s: %s\n",
					 r->findings[i].follows ? "  " : "",
					 finding_kind__name(r->findings[i].kind),
					 severity__name(r->findings[i].severity), r->findings[i].summary);
	return text;
}

#define EACH_WRITE                                                                               \
	"sync-per-write warning: every write to /srv/demo/log is followed by fsync: 50 syncs/s " \
	"take 0.50 s per second, all by log-writer (12)\n"

static void begin(void)
{
	model = model_with_base(sample_at(0));
}

static void end(void)
{
	model__free(model);
}

TEST(a_convoy_whose_owner_syncs_is_the_cause_of_what_its_log_suffers)
{
	struct sample *s = reading(1);
	const struct interval_report *r;

	begin();
	wait_for(s, OWNER, 8);
	sync_for(s, 6 * MS);
	r = next(s);
	CHECK_STR(said(r),
		  "lock-convoy warning: 8 threads wait, up to 400 ms, for log_mutex (mutex at 0x1000), "
		  "held by log-writer (12), which has been in fsync(/srv/demo/log) for 6.0 ms\n"
		  "  " EACH_WRITE);
	CHECK_EQ(r->findings[1].cause, FINDING_LOCK_CONVOY);
	CHECK_EQ(r->findings[0].cluster, r->findings[1].cluster);
	end();
}

TEST(an_owner_between_two_syncs_is_in_the_same_convoy)
{
	struct sample *s = reading(1);

	begin();
	wait_for(s, OWNER, 8);
	run(s);
	CHECK_STR(
		said(next(s)),
		"lock-convoy warning: 8 threads wait, up to 400 ms, for log_mutex (mutex at 0x1000), held by "
		"log-writer (12), which is running; it calls fsync(/srv/demo/log), which takes 0.50 s per "
		"second\n"
		"  " EACH_WRITE);
	end();
}

TEST(a_convoy_lasts_where_a_reading_finds_its_lock_between_two_owners)
{
	struct sample *s = reading(1);

	begin();
	wait_for(s, OWNER, 8);
	sync_for(s, 6 * MS);
	next(s);
	s = reading(2);
	wait_for(s, 0, 1);
	run(s);
	CHECK_STR(said(next(s)),
		  "lock-convoy warning: threads wait 4.0 s per second in sum, up to 400 ms, for "
		  "log_mutex (mutex at 0x1000); last seen held by log-writer (12) in "
		  "fsync(/srv/demo/log), which takes 0.50 s per second\n"
		  "  " EACH_WRITE);
	s = reading(3);
	wait_for(s, 31, 1); /* another one has it, and runs */
	run(s);
	add_thread(s, 10, 31);
	CHECK_STR(said(next(s)),
		  "lock-convoy warning: threads wait 4.0 s per second in sum, up to 400 ms, for "
		  "log_mutex (mutex at 0x1000), held by worker (31), which is running; holders of "
		  "the lock were seen in fsync(/srv/demo/log), which takes 0.50 s per second\n"
		  "  " EACH_WRITE);
	s = reading(40); /* long after it was last seen */
	wait_for(s, 0, 1);
	run(s);
	CHECK(!find(next(s)->findings, 1, FINDING_LOCK_CONVOY));
	end();
}

TEST(a_leader_that_waits_for_events_is_no_cause)
{
	struct sample *s = reading(1);
	const struct interval_report *r;

	begin();
	wait_for(s, OWNER, 8);
	sync_for(s, 6 * MS);
	next(s);
	s = reading(2); /* it holds the lock while it waits for clients, and logs without it */
	wait_for(s, OWNER, 8);
	add_caller(s, OWNER, WAIT_POLL, SYS_epoll_pwait, NULL)->name = "log-writer";
	r = next(s);
	CHECK_STR(said(r), EACH_WRITE
		  "lock-convoy info: 8 threads wait, up to 400 ms, for log_mutex (mutex at 0x1000), held "
		  "by log-writer (12), which has been in epoll_pwait(fd 0) for 2.0 s\n");
	end();
}

TEST(a_log_that_others_sync_is_not_of_the_convoy)
{
	struct sample *s = reading(1);

	begin();
	wait_for(s, OWNER, 8);
	run(s);
	s->files[0].totals.sync_tid = 77;
	add_thread(s, 10, 77)->name = "other";
	CHECK_STR(said(next(s)),
		  "sync-per-write warning: every write to /srv/demo/log is followed by fsync: 50 syncs/s "
		  "take 0.50 s "
		  "per second, all by other (77)\n"
		  "lock-convoy info: 8 threads wait, up to 400 ms, for log_mutex (mutex at 0x1000), held by "
		  "log-writer (12), which is running\n");
	end();
}

/* Group commit: followers wait for the leader's sync on purpose. */
TEST(a_commit_log_makes_no_convoy_a_warning)
{
	struct sample *s = reading(1);
	const struct interval_report *r;

	begin();
	s->files[0].path = "/var/lib/mysql/ib_logfile0";
	wait_for(s, OWNER, 8);
	sync_for(s, 6 * MS);
	s->threads[8].path = s->files[0].path;
	r = next(s);
	for (size_t i = 0; i < r->finding_count; i++)
		CHECK_EQ(r->findings[i].severity, SEVERITY_INFO);
	CHECK_EQ(r->findings[0].kind, FINDING_LOCK_CONVOY);
	s = reading(2); /* and none is added where the reading shows none */
	s->files[0].path = "/var/lib/mysql/ib_logfile0";
	wait_for(s, 0, 1);
	run(s);
	r = next(s);
	CHECK(!find(r->findings, r->finding_count, FINDING_LOCK_CONVOY));
	end();
}

TEST(a_call_in_flight_follows_from_the_convoy_behind_it_in_a_snapshot_too)
{
	struct arena a = {0};
	struct sample *s = reading(1);
	struct snapshot_report *r;

	sync_for(s, 2300 * MS); /* threads of a snapshot come by TID */
	wait_for(s, OWNER, 8);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 2);
	CHECK_EQ(r->findings[0].kind, FINDING_LOCK_CONVOY);
	CHECK_EQ(r->findings[0].severity, SEVERITY_WARNING);
	CHECK(!r->findings[0].follows);
	CHECK(says(&r->findings[0],
		   "held by log-writer (12), which has been in fsync(/srv/demo/log) for 2.3 s"));
	CHECK_EQ(r->findings[1].kind, FINDING_LOG_STALL);
	CHECK(r->findings[1].follows);
	CHECK(finding__follows(&r->findings[1], &r->findings[0]));
	arena__free(&a);
	sample__free(s);
}

TEST(a_convoy_behind_a_call_names_the_file_server)
{
	struct arena a = {0};
	struct sample *s = reading(1);
	struct snapshot_report *r;

	sync_for(s, 2300 * MS);
	s->threads[s->thread_count - 1].server = "fuse server of /srv, sshfs (4)";
	wait_for(s, OWNER, 8);
	r = model__snapshot(&a, s, NULL);
	CHECK(says(&r->findings[0],
		   "which has been in fsync(/srv/demo/log) for 2.3 s (file server: fuse server of "
		   "/srv, sshfs (4))"));
	arena__free(&a);
	sample__free(s);
}

TEST_MAIN
