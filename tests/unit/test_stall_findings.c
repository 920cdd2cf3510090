/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of writes and syncs to a log that hang, or are slow. */
#include <sys/syscall.h>

#include "log_samples.h"

TEST(a_call_that_hangs_and_who_waits_behind)
{
	static const struct frame pipe_full = {.function = "pipe_write"};
	struct sample *s = with_log();
	struct sample_thread *t;

	add_writer(s, 10, 11, TS_IO_WRITE, NS_PER_S / 5);
	CHECK_STR(finding_of(s, FINDING_LOG_STALL),
		  "info: worker (11) has been in write(/srv/demo/log) for 200 ms (waiting for a CPU)");
	s = with_log();
	add_writer(s, 10, 11, TS_IO_WRITE, NS_PER_S / 10 - 1);
	CHECK_STR(finding_of(s, FINDING_LOG_STALL), "");
	s = with_log();
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	add_writer(s, 10, 11, TS_IO_SYNC, NS_PER_S / 5);
	t = &s->threads[0];
	t->state = 'S';
	t->blocked = true;
	t->kernel_stack = (struct call_stack){.frames = &pipe_full, .count = 1, .end = STACK_COMPLETE};
	add_waiter(s, 10, 12, 0x1000, 11);
	s->files[0].peer = "cat (813)";
	CHECK_STR(finding_of(s, FINDING_LOG_STALL),
		  "warning: worker (11) has been in sync(/srv/demo/log to cat (813)) for 200 ms "
		  "(pipe full); 1 thread waits behind "
		  "mutex 0x1000, which it holds");
}

static struct sample *two_hang(void)
{
	struct sample *s = with_log();

	add_writer(s, 10, 11, TS_IO_WRITE, 2 * NS_PER_S);
	add_writer(s, 10, 12, TS_IO_WRITE, 3 * NS_PER_S);
	for (size_t i = 0; i < 2; i++) {
		struct sample_thread *t = &s->threads[i];

		t->state = 'S';
		t->blocked = true;
		t->kind = WAIT_WRITE;
		t->syscall = SYS_write;
		t->path = "/srv/demo/log";
		t->blocked_ns = 2 * NS_PER_S;
	}
	return s;
}

TEST(threads_that_hang_in_calls_on_one_file_are_told_once)
{
	CHECK_STR(finding_of(two_hang(), FINDING_LOG_STALL),
		  "warning: worker (12) has been in write(/srv/demo/log) for 3.0 s; "
		  "1 more thread is in a call on it");
	CHECK_STR(finding_of(two_hang(), FINDING_STUCK_THREAD), "");
	CHECK_EQ(model__interval(model, two_hang())->finding_count, 1);
	model__free(model);
}

/* A tenth of the interval, of one second, is reported. */
TEST(slow_calls_by_their_share_of_the_time)
{
	static const struct sample_slow slowest = {
		.epoch = 1,
		.call = {.sync = true, .syscall = "fdatasync", .name = "writer", .tid = 11, .ns = 60000000}};

	for (uint64_t ms = 99; ms <= 100; ms++) {
		struct sample *s = with_log();
		struct slow_calls *c = &s->files[0].slow_syncs;
		const char *text;

		syncs(s, 3, 30000000);
		c->count = 3;
		c->ns = ms * 1000000;
		c->parts[STALL_DISK] = 80000000;
		c->parts[STALL_CPU] = 10000000;
		s->files[0].slowest = s->files[0].slowest_lately = &slowest;
		text = finding_of(s, FINDING_LOG_STALL);
		CHECK_STR(text, ms < 100 ? ""
					 : "warning: 3 slow calls on /srv/demo/log took 100 ms in total, "
					   "mostly disk; the slowest, fdatasync by writer (11), took 60 ms");
	}
}

TEST(slow_calls_that_mostly_ran)
{
	static const struct sample_slow slowest = {
		.epoch = 1, .call = {.syscall = "write", .name = "writer", .tid = 11, .ns = 90000000}};
	struct sample *s = with_log();
	struct slow_calls *c = &s->files[0].slow_writes;

	writes(s, 3);
	c->count = 3;
	c->ns = 200000000;
	c->parts[STALL_CPU] = 190000000;
	c->parts[STALL_DISK] = 10000000;
	s->files[0].slowest = s->files[0].slowest_lately = &slowest;
	CHECK_STR(finding_of(s, FINDING_LOG_STALL),
		  "warning: 3 slow calls on /srv/demo/log took 200 ms in total, mostly running; the slowest, "
		  "write by writer (11), took 90 ms");
}

static struct sample_slow a_write(const char *syscall, uint64_t ns)
{
	return (struct sample_slow){.epoch = 1,
				    .call = {.syscall = syscall, .name = "writer", .tid = 11, .ns = ns}};
}

/* What is said of 50 slow writes that took 1.6 s together. */
static const char *of_slow_writes(const char *path, enum stall_part part, bool uring,
				  const struct sample_slow *slowest)
{
	struct sample *s = with_log();
	struct sample_file *f = &s->files[0];

	f->path = path;
	writes(s, 50);
	f->totals.uring_writes = uring ? 50 : 0;
	f->slow_writes.count = 50;
	f->slow_writes.ns = f->slow_writes.parts[part] = 1600000000;
	f->slowest = f->slowest_lately = slowest;
	return finding_of(s, FINDING_LOG_STALL);
}

/* The pages that a database flushes are under way together: nobody has waited for 1.6 s. */
TEST(writes_by_io_uring_do_not_add_up)
{
	struct sample_slow quick = a_write("io_uring_enter", 15000000), slow = quick;

	CHECK_STR(of_slow_writes("/srv/db/ibdata1", STALL_UNKNOWN, true, &quick), "");
	slow.call.ns = 1200000000;
	CHECK_STR(
		of_slow_writes("/srv/db/ibdata1", STALL_UNKNOWN, true, &slow),
		"warning: 50 slow calls on /srv/db/ibdata1; the slowest, io_uring write by writer (11), took "
		"1.2 s");
}

/* A commit log that is written with O_DIRECT pays for a commit in write, others in their sync. */
TEST(slow_writes_of_a_commit_log)
{
	struct sample_slow one = a_write("pwrite64", 31000000);
	const char *all = "50 slow calls on %s took 1.6 s in total, mostly disk; the slowest, pwrite64 by "
			  "writer (11), took 31 ms";
	char text[256];

	snprintf(text, sizeof(text), all, "/srv/db/ib_logfile0");
	CHECK(strstr(of_slow_writes("/srv/db/ib_logfile0", STALL_DISK, false, &one), text) != NULL);
	CHECK(!strncmp(of_slow_writes("/srv/db/ib_logfile0", STALL_DISK, false, &one), "info: ", 6));
	CHECK(!strncmp(of_slow_writes("/srv/demo/app.log", STALL_DISK, false, &one), "warning: ", 9));
	one.call.ns = 1200000000;
	CHECK(!strncmp(of_slow_writes("/srv/db/ib_logfile0", STALL_DISK, false, &one), "warning: ", 9));
}

/* Threads wait for the file's lock because its owner, in the slowest write, has no CPU. */
TEST(slow_writes_behind_one_without_a_cpu)
{
	struct sample_slow one = a_write("write", 59000000);

	one.call.parts[STALL_RUNNABLE] = 58000000;
	CHECK_STR(of_slow_writes("/srv/demo/app.log", STALL_LOCK, false, &one), "");
	one.call.parts[STALL_RUNNABLE] = 1000000;
	one.call.parts[STALL_LOCK] = 58000000;
	CHECK(strstr(of_slow_writes("/srv/demo/app.log", STALL_LOCK, false, &one), "mostly the file's lock"));
}

TEST_MAIN
