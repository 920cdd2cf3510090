/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of logs: lines dropped, torn or overwritten, syncs that fail, calls that hang. */
#include <sys/syscall.h>

#include "log_samples.h"

TEST(lines_dropped_by_what_they_met)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.errors[TS_IO_EAGAIN] = 12;
	CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES),
		  "warning: 12 of 100 writes to /srv/demo/log failed: 12 with EAGAIN (pipe full, "
		  "non-blocking); the unwritten data is lost unless the program retries");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.errors[TS_IO_ENOSPC] = 2;
	s->files[0].totals.errors[TS_IO_OTHER] = 1;
	s->files[0].totals.short_writes = 4;
	CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES),
		  "critical: 3 of 100 writes to /srv/demo/log failed: 2 with ENOSPC (disk full), 1 with "
		  "another error; 4 short writes; the unwritten data is lost unless the program retries");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.errors[TS_IO_OTHER] = 100;
	s->files[0].totals.other_errno[0] = 9;
	CHECK_STR(
		finding_of(s, FINDING_DROPPED_WRITES),
		"warning: 100 of 100 writes to /srv/demo/log failed: 100 with EBADF (not open for writing); "
		"the unwritten data is lost unless the program retries");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.errors[TS_IO_OTHER] = 3;
	s->files[0].totals.other_errno[0] = 30;
	s->files[0].totals.other_errno[1] = 9;
	CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES),
		  "warning: 3 of 100 writes to /srv/demo/log failed: 3 with "
		  "EROFS or EBADF; the unwritten data is "
		  "lost unless the program retries");
	s = with_log();
	writes(s, 5);
	s->files[0].path = "";
	s->files[0].totals.short_writes = 1;
	CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES),
		  "warning: writes to a file of unknown name: 1 short write; the unwritten data is lost "
		  "unless the program retries");
}

TEST(each_error_of_a_disk_is_critical)
{
	static const struct {
		enum ts_io_error error;
		const char *text;
	} ERRORS[] = {
		{TS_IO_ENOSPC, "critical: 1 of 9 writes to /srv/demo/log failed: 1 with ENOSPC (disk full)"},
		{TS_IO_EIO, "critical: 1 of 9 writes to /srv/demo/log failed: 1 with EIO (device error)"},
		{TS_IO_EDQUOT,
		 "critical: 1 of 9 writes to /srv/demo/log failed: 1 with EDQUOT (quota exceeded)"},
		{TS_IO_EFBIG,
		 "warning: 1 of 9 writes to /srv/demo/log failed: 1 with EFBIG (file size limit reached)"},
		{TS_IO_EPIPE,
		 "warning: 1 of 9 writes to /srv/demo/log failed: 1 with EPIPE (the reader closed it)"},
	};

	for (size_t i = 0; i < sizeof(ERRORS) / sizeof(ERRORS[0]); i++) {
		struct sample *s = with_log();
		const char *text;

		writes(s, 9);
		s->files[0].totals.errors[ERRORS[i].error] = 1;
		text = finding_of(s, FINDING_DROPPED_WRITES);
		CHECK(!strncmp(text, ERRORS[i].text, strlen(ERRORS[i].text)));
	}
}

TEST(a_socket_that_is_full_for_the_moment_is_daily_life)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].key.kind = TS_FILE_SOCKET;
	s->files[0].totals.errors[TS_IO_EAGAIN] = 12;
	s->files[0].totals.short_writes = 5;
	CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES), "");
	s = with_log();
	writes(s, 100);
	s->files[0].key.kind = TS_FILE_SOCKET;
	s->files[0].totals.errors[TS_IO_EAGAIN] = 12;
	s->files[0].totals.errors[TS_IO_EPIPE] = 1;
	s->files[0].peer = "/dev/log";
	CHECK(!strncmp(finding_of(s, FINDING_DROPPED_WRITES), "warning: 1 of 100 writes", 24));
}

TEST(clients_that_go_away_are_daily_life)
{
	static const struct {
		const char *peer;
		enum ts_io_error error;
		const char *text;
	} CASES[] = {
		{"10.0.0.1:50000", TS_IO_EPIPE, ""},
		{"10.0.0.1:50000", TS_IO_ECONNRESET, ""},
		{NULL, TS_IO_ECONNRESET, ""},
		{"/run/log.sock", TS_IO_ECONNRESET,
		 "warning: 1 of 9 writes to /srv/demo/log to /run/log.sock failed: 1 with ECONNRESET"},
		{"10.0.0.1:514", TS_IO_ECONNREFUSED,
		 "warning: 1 of 9 writes to /srv/demo/log to 10.0.0.1:514 failed: 1 with ECONNREFUSED "
		 "(connection refused)"},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct sample *s = with_log();
		const char *text;

		writes(s, 9);
		s->files[0].key.kind = TS_FILE_SOCKET;
		s->files[0].peer = CASES[i].peer;
		s->files[0].totals.errors[CASES[i].error] = 1;
		text = finding_of(s, FINDING_DROPPED_WRITES);
		CHECK(*CASES[i].text ? !strncmp(text, CASES[i].text, strlen(CASES[i].text)) : !*text);
	}
}

/* Of the row of those that found no room it is not known what they are: a busy server's connections. */
TEST(clients_among_the_other_files_are_daily_life)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].key = (struct ts_file_key){.tgid = s->files[0].key.tgid, .kind = TS_FILE_OTHER};
	s->files[0].totals.errors[TS_IO_EPIPE] = 3;
	s->files[0].totals.errors[TS_IO_EAGAIN] = 2;
	s->files[0].totals.short_writes = 1;
	CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES), "");
	s = with_log();
	writes(s, 100);
	s->files[0].key = (struct ts_file_key){.tgid = s->files[0].key.tgid, .kind = TS_FILE_OTHER};
	s->files[0].totals.errors[TS_IO_ENOSPC] = 3;
	CHECK(!strncmp(finding_of(s, FINDING_DROPPED_WRITES), "critical: 3 of 100 writes to (other files)",
		       42));
}

TEST(a_pipe_whose_reader_has_seen_enough_is_ordinary)
{
	static const struct {
		unsigned errors;
		bool ended;
		const char *text;
	} CASES[] = {{1, false, ""}, /* it may end next */
		     {2, true, ""},
		     {2, false,
		      "warning: 2 of 4 writes to /srv/demo/log of app (10) failed: 2 with EPIPE (the reader "
		      "closed "
		      "it); the unwritten data is lost unless the program retries"}};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct sample *s = with_log();

		writes(s, 4);
		s->files[0].key.kind = TS_FILE_PIPE;
		s->files[0].totals.errors[TS_IO_EPIPE] = CASES[i].errors;
		s->processes[0].ended = CASES[i].ended;
		CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES), CASES[i].text);
	}
}

TEST(a_sync_that_fails_loses_what_was_written)
{
	struct sample *s = with_log();

	syncs(s, 3, 1000);
	s->files[0].totals.sync_errors[TS_IO_EIO] = 1;
	CHECK_STR(finding_of(s, FINDING_FAILED_SYNC),
		  "critical: 1 sync of /srv/demo/log failed: 1 with EIO (device error); data written since "
		  "the last successful sync may be lost, and a later successful sync does not recover it");
	s = with_log();
	syncs(s, 3, 1000);
	s->files[0].totals.sync_errors[TS_IO_ENOSPC] = 2;
	s->files[0].totals.sync_errors[TS_IO_EDQUOT] = 1;
	CHECK(!strncmp(finding_of(s, FINDING_FAILED_SYNC),
		       "critical: 3 syncs of /srv/demo/log failed: 2 with ENOSPC (disk full), 1 with EDQUOT "
		       "(quota exceeded);",
		       100));
	s = with_log();
	syncs(s, 3, 1000);
	s->files[0].totals.sync_errors[TS_IO_OTHER] = 3; /* EINVAL: it cannot be synced at all */
	CHECK_STR(finding_of(s, FINDING_FAILED_SYNC), "");
}

TEST(lines_are_torn_only_where_there_are_lines)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.torn_lines = s->files[0].totals.torn_proven = 2;
	s->files[0].totals.partial_writes = s->files[0].totals.text_parts = 75;
	CHECK(!strncmp(finding_of(s, FINDING_TORN_LINES), "warning: 2 lines torn in /srv/demo/log: ", 40));
	s = with_log();
	writes(s, 100);
	s->files[0].totals.torn_lines = 1;
	s->files[0].totals.torn_proven = 1;
	s->files[0].totals.partial_writes = s->files[0].totals.text_parts = 91; /* data, not lines */
	CHECK_STR(finding_of(s, FINDING_TORN_LINES), "");
	s = with_log();
	writes(s, 100);
	s->files[0].key.kind = TS_FILE_SOCKET;
	s->files[0].totals.torn_lines = 2;
	CHECK_STR(finding_of(s, FINDING_TORN_LINES), "");
}

TEST(overwrites_are_critical)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.overwrites = 1;
	CHECK(!strncmp(finding_of(s, FINDING_OVERWRITES), "critical: 1 write to /srv/demo/log overwrote ",
		       45));
	s = with_log();
	writes(s, 100);
	CHECK_STR(finding_of(s, FINDING_OVERWRITES), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.overwrites = 1;
	s->files[0].totals.partial_writes = 99; /* pages, one of which has a newline for its last byte */
	CHECK_STR(finding_of(s, FINDING_OVERWRITES), "");
	s = with_log();
	writes(s, 3); /* or all that were seen so far */
	s->files[0].totals.overwrites = 1;
	CHECK_STR(finding_of(s, FINDING_OVERWRITES), "");
}

TEST(a_hole_is_named_with_its_place)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.cuts = 1;
	s->files[0].totals.cut_at = 4 << 20;
	CHECK_STR(finding_of(s, FINDING_LOG_HOLE),
		  "warning: /srv/demo/log was cut from 4.0 MiB to 0 B, and its "
		  "writer went on at 4.0 MiB: the gap "
		  "reads as NUL bytes; open it with O_APPEND");
	s = with_log();
	writes(s, 100);
	CHECK_STR(finding_of(s, FINDING_LOG_HOLE), "");
}

TEST(a_log_without_a_name)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = s->files[0].open = true;
	CHECK_STR(finding_of(s, FINDING_DELETED_LOG),
		  "warning: 100 writes to /srv/demo/log, which is deleted: contents unreachable and space "
		  "not freed until its writers reopen it");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	CHECK_STR(finding_of(s, FINDING_DELETED_LOG), "");
	s = with_log();
	s->files[0].deleted = s->files[0].open = true; /* nobody writes to it */
	CHECK_STR(finding_of(s, FINDING_DELETED_LOG), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = s->files[0].open = true;
	s->files[0].totals.not_append = 1; /* scratch */
	CHECK_STR(finding_of(s, FINDING_DELETED_LOG), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = s->files[0].open = true;
	s->files[0].totals.partial_writes = 100;
	CHECK_STR(finding_of(s, FINDING_DELETED_LOG), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = s->files[0].open = true;
	s->files[0].path = "/memfd:log";
	CHECK_STR(finding_of(s, FINDING_DELETED_LOG), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = true; /* after it was closed */
	CHECK_STR(finding_of(s, FINDING_DELETED_LOG), "");
}

/* ---- calls that hang, and slow ones ---- */

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
