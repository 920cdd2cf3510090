/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of logs: lines dropped, torn or overwritten, syncs that fail, cost much or are missing. */
#include "samples.h"

static struct model *model;

/* The next sample, one second later: process 10 with one file, on which nothing has happened. */
static struct sample *with_log(void)
{
	struct sample *s = sample_at(1);

	model = model_with_base(sample_at(0));
	add_process(s, 10, 1);
	add_file(s, 10)->totals.fd = 3;
	return s;
}

static void writes(struct sample *s, int n)
{
	count_wait(&s->files[s->file_count - 1].totals.writes, 1, 1000, n);
}

static void syncs(struct sample *s, int n, uint64_t ns)
{
	struct ts_file *t = &s->files[s->file_count - 1].totals;

	count_wait(&t->syncs, 1, ns, n);
	t->sync_ns = (uint64_t)n * ns;
	t->single_syncs = (uint64_t)n;
}

/* The finding of a kind, as "severity: summary"; "" if there is none. */
static const char *told(struct sample *s, const char *kind)
{
	static char text[1024];
	const struct interval_report *r = model__interval(model, s);
	const struct finding *f = find(r->findings, r->finding_count, kind);

	text[0] = '\0';
	if (f)
		snprintf(text, sizeof(text), "%s: %s", f->severity, f->summary);
	model__free(model);
	return text;
}

TEST(lines_dropped_by_what_they_met)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.errors[TS_IO_EAGAIN] = 12;
	CHECK_STR(
		told(s, "dropped-writes"),
		"warning: 12 of 100 writes to /srv/demo/log failed: 12 with EAGAIN (it is full and not to be "
		"waited for); what was not written is lost unless the program writes it again");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.errors[TS_IO_ENOSPC] = 2;
	s->files[0].totals.errors[TS_IO_OTHER] = 1;
	s->files[0].totals.short_writes = 4;
	CHECK_STR(
		told(s, "dropped-writes"),
		"critical: 3 of 100 writes to /srv/demo/log failed: 2 with ENOSPC (the disk is full), 1 with "
		"another error; 4 took only a part of what was given; what was not written is lost unless "
		"the "
		"program writes it again");
	s = with_log();
	writes(s, 5);
	s->files[0].path = "";
	s->files[0].totals.short_writes = 1;
	CHECK_STR(told(s, "dropped-writes"), "warning: writes to a file whose name is not known: 1 took only "
					     "a part of what was given; what "
					     "was not written is lost unless the program writes it again");
}

TEST(each_error_of_a_disk_is_critical)
{
	static const struct {
		enum ts_io_error error;
		const char *text;
	} ERRORS[] = {
		{TS_IO_ENOSPC,
		 "critical: 1 of 9 writes to /srv/demo/log failed: 1 with ENOSPC (the disk is full)"},
		{TS_IO_EIO,
		 "critical: 1 of 9 writes to /srv/demo/log failed: 1 with EIO (the device failed)"},
		{TS_IO_EDQUOT,
		 "critical: 1 of 9 writes to /srv/demo/log failed: 1 with EDQUOT (the quota is used up)"},
		{TS_IO_EFBIG, "warning: 1 of 9 writes to /srv/demo/log failed: 1 with EFBIG (the file may "
			      "not grow further)"},
		{TS_IO_EPIPE,
		 "warning: 1 of 9 writes to /srv/demo/log failed: 1 with EPIPE (nobody reads it any more)"},
	};

	for (size_t i = 0; i < sizeof(ERRORS) / sizeof(ERRORS[0]); i++) {
		struct sample *s = with_log();
		const char *text;

		writes(s, 9);
		s->files[0].totals.errors[ERRORS[i].error] = 1;
		text = told(s, "dropped-writes");
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
	CHECK_STR(told(s, "dropped-writes"), "");
	s = with_log();
	writes(s, 100);
	s->files[0].key.kind = TS_FILE_SOCKET;
	s->files[0].totals.errors[TS_IO_EAGAIN] = 12;
	s->files[0].totals.errors[TS_IO_EPIPE] = 1;
	CHECK(!strncmp(told(s, "dropped-writes"), "warning: 1 of 100 writes", 24));
}

TEST(a_sync_that_fails_loses_what_was_written)
{
	struct sample *s = with_log();

	syncs(s, 3, 1000);
	s->files[0].totals.sync_errors[TS_IO_EIO] = 1;
	CHECK_STR(
		told(s, "failed-sync"),
		"critical: 1 sync of /srv/demo/log failed: 1 with EIO (the device failed); what was written "
		"since the last good one may be lost for good, and a later sync that succeeds does not bring "
		"it "
		"back");
	s = with_log();
	syncs(s, 3, 1000);
	s->files[0].totals.sync_errors[TS_IO_ENOSPC] = 2;
	s->files[0].totals.sync_errors[TS_IO_EDQUOT] = 1;
	CHECK(!strncmp(
		told(s, "failed-sync"),
		"critical: 3 syncs of /srv/demo/log failed: 2 with ENOSPC (the disk is full), 1 with EDQUOT "
		"(the quota is used up);",
		100));
	s = with_log();
	syncs(s, 3, 1000);
	s->files[0].totals.sync_errors[TS_IO_OTHER] = 3; /* EINVAL: it cannot be synced at all */
	CHECK_STR(told(s, "failed-sync"), "");
}

TEST(lines_are_torn_only_where_there_are_lines)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.torn_lines = 2;
	s->files[0].totals.partial_writes = 75;
	CHECK(!strncmp(told(s, "torn-lines"), "warning: 2 lines torn in /srv/demo/log: ", 40));
	s = with_log();
	writes(s, 100);
	s->files[0].totals.torn_lines = 1;
	s->files[0].totals.partial_writes = 76; /* data, not lines */
	CHECK_STR(told(s, "torn-lines"), "");
	s = with_log();
	writes(s, 100);
	s->files[0].key.kind = TS_FILE_SOCKET;
	s->files[0].totals.torn_lines = 2;
	CHECK_STR(told(s, "torn-lines"), "");
}

TEST(overwrites_are_critical)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.overwrites = 1;
	CHECK(!strncmp(told(s, "overwrites"), "critical: 1 write to /srv/demo/log went over ", 45));
	s = with_log();
	writes(s, 100);
	CHECK_STR(told(s, "overwrites"), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.overwrites = 1;
	s->files[0].totals.partial_writes = 99; /* pages, one of which has a newline for its last byte */
	CHECK_STR(told(s, "overwrites"), "");
	s = with_log();
	writes(s, 3); /* or all that were seen so far */
	s->files[0].totals.overwrites = 1;
	CHECK_STR(told(s, "overwrites"), "");
}

TEST(a_log_without_a_name)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = true;
	CHECK_STR(told(s, "deleted-log"), "warning: 100 writes to /srv/demo/log, which is deleted: nobody "
					  "can find what it says, and its "
					  "disk space stays taken, until its writers open their log anew");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	CHECK_STR(told(s, "deleted-log"), "");
	s = with_log();
	s->files[0].deleted = true; /* nobody writes to it */
	CHECK_STR(told(s, "deleted-log"), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = true;
	s->files[0].totals.not_append = 1; /* scratch */
	CHECK_STR(told(s, "deleted-log"), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = true;
	s->files[0].totals.partial_writes = 100;
	CHECK_STR(told(s, "deleted-log"), "");
	s = with_log();
	writes(s, 100);
	s->files[0].totals.writers = 1;
	s->files[0].deleted = true;
	s->files[0].path = "/memfd:log";
	CHECK_STR(told(s, "deleted-log"), "");
}

TEST(each_write_is_a_sync)
{
	struct sample *s = with_log();

	count_wait(&s->files[0].totals.writes, 1, 10000000, 100);
	s->files[0].totals.flags = 010000; /* O_DSYNC */
	CHECK(!strncmp(
		told(s, "sync-per-write"),
		"warning: every write to /srv/demo/log waits until it is on the disk, as it is open with "
		"O_DSYNC: 100 writes/s, half of them take ",
		100));
	s = with_log();
	writes(s, 100);
	s->files[0].totals.flags = 04010000; /* O_SYNC, fast */
	CHECK(!strncmp(told(s, "sync-per-write"), "info: every write to /srv/demo/log waits ", 40));
	s = with_log();
	writes(s, 9);
	s->files[0].totals.flags = 010000;
	CHECK_STR(told(s, "sync-per-write"), "");
}

TEST(a_sync_after_each_write_by_its_share_of_the_time)
{
	struct sample *s = with_log();

	writes(s, 10);
	syncs(s, 10, 10000000);
	s->files[0].totals.sync_tid = 11;
	add_thread(s, 10, 11)->name = "log-writer";
	CHECK_STR(told(s, "sync-per-write"), "warning: every write to /srv/demo/log is followed by fsync: 10 "
					     "syncs/s cost 10 % of the time of "
					     "log-writer (11)");
	s = with_log();
	writes(s, 10);
	syncs(s, 10, 10000000);
	s->files[0].totals.sync_tid = 10;
	s->processes[0].ended = true; /* and its threads with it */
	s->processes[0].comm = "logger";
	CHECK_STR(told(s, "sync-per-write"), "warning: every write to /srv/demo/log is followed by fsync: 10 "
					     "syncs/s cost 10 % of the time of logger (10)");
	s = with_log();
	writes(s, 10);
	syncs(s, 10, 9900000);
	s->files[0].totals.syncers = 2;
	CHECK_STR(
		told(s, "sync-per-write"),
		"info: every write to /srv/demo/log is followed by fsync: 10 syncs/s cost 10 % of a thread's "
		"time, over several threads");
	s = with_log();
	writes(s, 9);
	syncs(s, 9, 10000000); /* too few to judge */
	CHECK_STR(told(s, "sync-per-write"), "");
	s = with_log();
	writes(s, 20);
	syncs(s, 20, 10000000);
	s->files[0].totals.single_syncs = 17; /* the others found more writes, or none */
	CHECK_STR(told(s, "sync-per-write"), "");
	s = with_log();
	writes(s, 12);
	syncs(s, 10, 10000000);
	CHECK_STR(told(s, "sync-per-write"), "");
}

TEST(one_log_of_several_processes_is_told_once)
{
	struct sample *s = with_log();
	const struct interval_report *r;
	size_t found = 0;

	writes(s, 10);
	syncs(s, 10, 3000000);
	for (pid_t pid = 20; pid < 22; pid++) {
		add_process(s, pid, 1);
		add_file(s, pid);
		writes(s, 20);
		syncs(s, 20, 3000000);
	}
	add_process(s, 30, 1);
	add_file(s, 30)->path = "/srv/demo/other";
	writes(s, 10);
	syncs(s, 10, 1000);
	r = model__interval(model, s);
	for (size_t i = 0; i < r->finding_count; i++) {
		if (strcmp(r->findings[i].kind, "sync-per-write") != 0)
			continue;
		found++;
		if (!strcmp(r->findings[i].path, "/srv/demo/log"))
			CHECK_STR(r->findings[i].summary, "every write to /srv/demo/log is followed by "
							  "fsync: 50 syncs/s cost 15 % of a "
							  "thread's time, over 3 processes");
	}
	CHECK_EQ(found, 2);
	model__free(model);
}

TEST(what_an_ended_process_has_not_synced)
{
	struct sample *s = with_log();

	writes(s, 3);
	s->files[0].totals.bytes = 300;
	CHECK_STR(told(s, "unsynced-at-exit"), ""); /* it lives */
	s = with_log();
	writes(s, 3);
	s->files[0].totals.bytes = 300;
	s->files[0].totals.synced_writes = 2;
	s->files[0].totals.synced_bytes = 200;
	s->processes[0].ended = true;
	CHECK_STR(told(s, "unsynced-at-exit"), "info: app (10) ended with 100 B in 1 write to /srv/demo/log "
					       "not synced: the kernel has them, a "
					       "kill loses none, but a crash of the machine now would");
	s = with_log();
	writes(s, 3);
	s->files[0].totals.bytes = 300;
	s->files[0].totals.synced_writes = 3;
	s->files[0].totals.synced_bytes = 300;
	s->processes[0].ended = true;
	CHECK_STR(told(s, "unsynced-at-exit"), "");
	s = with_log();
	writes(s, 3);
	s->files[0].totals.bytes = 300;
	s->files[0].deleted = true; /* gone with the process */
	s->processes[0].ended = true;
	CHECK_STR(told(s, "unsynced-at-exit"), "");
	s = with_log();
	writes(s, 3);
	s->files[0].totals.bytes = 300;
	s->files[0].fs = "tmpfs";
	s->processes[0].ended = true;
	CHECK(strstr(
		told(s, "unsynced-at-exit"),
		"a kill loses none, but a crash of the machine loses the whole file: it is in memory only"));
}

/* Compilers and shells leave files by the hundred. */
TEST(of_all_processes_only_logs_are_told_at_exit)
{
	struct sample *s;

	for (int append = 0; append < 2; append++) {
		s = with_log();
		model__every_process(model);
		writes(s, 3);
		s->files[0].totals.bytes = 300;
		s->files[0].totals.writers = 1;
		s->files[0].totals.not_append = !append;
		s->processes[0].ended = true;
		CHECK_EQ(*told(s, "unsynced-at-exit") != '\0', append);
	}
}

/* ---- calls that hang, and slow ones ---- */

TEST(a_call_that_hangs_and_who_waits_behind)
{
	static const struct frame pipe_full = {.function = "pipe_write"};
	struct sample *s = with_log();
	struct sample_thread *t;

	add_writer(s, 10, 11, TS_IO_WRITE, NS_PER_S / 5);
	CHECK_STR(told(s, "log-stall"),
		  "info: worker (11) has been in write(/srv/demo/log) for 200 ms (waiting for a CPU)");
	s = with_log();
	add_writer(s, 10, 11, TS_IO_WRITE, NS_PER_S / 10 - 1);
	CHECK_STR(told(s, "log-stall"), "");
	s = with_log();
	add_lock(s, 10, 0x1000, 0x1000)->owner_tid = 11;
	add_writer(s, 10, 11, TS_IO_SYNC, NS_PER_S / 5);
	t = &s->threads[0];
	t->state = 'S';
	t->blocked = true;
	t->kernel_stack = (struct call_stack){.frames = &pipe_full, .count = 1, .end = "complete"};
	add_waiter(s, 10, 12, 0x1000, 11);
	CHECK_STR(told(s, "log-stall"), "warning: worker (11) has been in sync(/srv/demo/log) for 200 ms "
					"(pipe full); 1 thread waits behind "
					"mutex 0x1000, which it holds");
}

/* A tenth of the interval, of one second, is told. */
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
		text = told(s, "log-stall");
		CHECK_STR(text,
			  ms < 100
				  ? ""
				  : "warning: 3 slow calls on /srv/demo/log took 100 ms in all, mostly disk; "
				    "the slowest, fdatasync by writer (11), 60 ms");
	}
}

TEST_MAIN
