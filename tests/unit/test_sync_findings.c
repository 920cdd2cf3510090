/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of syncs: one for each write, and those that are missing at the end. */
#include "log_samples.h"

TEST(each_write_is_a_sync)
{
	struct sample *s = with_log();

	count_wait(&s->files[0].totals.writes, 1, 10000000, 100);
	s->files[0].totals.flags = 010000; /* O_DSYNC */
	CHECK(!strncmp(finding_of(s, FINDING_SYNC_PER_WRITE),
		       "warning: every write to /srv/demo/log waits for the disk, because the file is open "
		       "with O_DSYNC: 100 writes/s, median ",
		       100));
	s = with_log();
	writes(s, 100);
	s->files[0].totals.flags = 04010000; /* O_SYNC, fast */
	CHECK(!strncmp(finding_of(s, FINDING_SYNC_PER_WRITE), "info: every write to /srv/demo/log waits ",
		       40));
	s = with_log();
	writes(s, 9);
	s->files[0].totals.flags = 010000;
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE), "");
}

TEST(a_sync_after_each_write_by_its_share_of_the_time)
{
	struct sample *s = with_log();

	writes(s, 10);
	syncs(s, 10, 10000000);
	s->files[0].totals.sync_tid = 11;
	s->files[0].totals.syncers = 0;
	add_thread(s, 10, 11)->name = "log-writer";
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE),
		  "warning: every write to /srv/demo/log is followed by fsync: 10 syncs/s take 0.10 s per "
		  "second, all by log-writer (11)");
	s = with_log();
	writes(s, 10);
	syncs(s, 10, 10000000);
	s->files[0].totals.sync_tid = 10;
	s->files[0].totals.syncers = 0;
	s->processes[0].ended = true; /* and its threads with it */
	s->processes[0].comm = "logger";
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE),
		  "warning: every write to /srv/demo/log is followed by fsync: 10 syncs/s take 0.10 s per "
		  "second, all by logger (10)");
	s = with_log();
	writes(s, 10);
	syncs(s, 10, 9900000);
	s->files[0].totals.syncers = 2;
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE),
		  "info: every write to /srv/demo/log is followed by fsync: 10 syncs/s take 0.10 s per "
		  "second, summed over several threads");
	s = with_log();
	writes(s, 9);
	syncs(s, 9, 10000000); /* too few to judge */
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE), "");
	s = with_log();
	writes(s, 20);
	syncs(s, 20, 10000000);
	s->files[0].totals.single_syncs = 17; /* the others found more writes, or none */
	s->files[0].totals.sync_tid = 11;
	s->files[0].totals.syncers = 0;
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE), "");
	s = with_log();
	writes(s, 20);
	syncs(s, 20, 10000000);
	s->files[0].totals.single_syncs = 5;
	s->files[0].totals.syncers = 2; /* at the same time */
	CHECK(!strncmp(finding_of(s, FINDING_SYNC_PER_WRITE),
		       "warning: every write to /srv/demo/log is followed by fsync", 58));
	s = with_log();
	writes(s, 20);
	syncs(s, 23, 10000000);
	s->files[0].totals.single_syncs = 5;
	s->files[0].totals.syncers = 2;
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE), "");
	s = with_log();
	writes(s, 12);
	syncs(s, 10, 10000000);
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE), "");
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
		if (r->findings[i].kind != FINDING_SYNC_PER_WRITE)
			continue;
		found++;
		if (!strcmp(r->findings[i].path, "/srv/demo/log"))
			CHECK_STR(r->findings[i].summary,
				  "every write to /srv/demo/log is followed by "
				  "fsync: 50 syncs/s take 0.15 s per second, summed over 3 processes");
	}
	CHECK_EQ(found, 2);
	model__free(model);
}

/* Files of process 10, each with writes and a sync for each. */
static const char *told_of_files(const char *const *paths, size_t count)
{
	struct sample *s = with_log();

	for (size_t i = 0; i < count; i++) {
		if (i)
			add_file(s, 10);
		s->files[i].path = paths[i];
		s->files[i].key.inode = 100 + i;
		s->files[i].totals.sync_tid = 10;
		writes(s, 20);
		syncs(s, 20, 10000000);
		s->files[i].totals.syncers = 0;
	}
	add_thread(s, 10, 10)->name = "app";
	return finding_of(s, FINDING_SYNC_PER_WRITE);
}

TEST(rotated_generations_are_one_log)
{
	static const char *const PATHS[] = {"/log/app.log", "/log/app.log.1", "/log/app.log.2"};
	static const char *const OTHERS[] = {"/log/app.log", "/log/other.log"};

	CHECK_STR(told_of_files(PATHS, 3), "warning: every write to /log/app.log is followed by fsync: 60 "
					   "syncs/s take 0.60 s per second, "
					   "all by app (10)");
	CHECK_STR(told_of_files(OTHERS, 2), "warning: every write to /log/app.log is followed by fsync: 20 "
					    "syncs/s take 0.20 s per second, "
					    "all by app (10)");
}

TEST(commit_logs_are_told_with_their_price)
{
	static const char *const PATHS[] = {"/srv/pg_wal/00000001000000000000000A",
					    "/srv/pg_wal/00000001000000000000000B"};

	CHECK_STR(told_of_files(PATHS, 1), "info: every write to /srv/pg_wal/00000001000000000000000A is "
					   "followed by fsync: 20 syncs/s take "
					   "0.20 s per second, all by app (10); expected of a commit log");
	CHECK_STR(told_of_files(PATHS, 2), "info: every write to the files of /srv/pg_wal is followed by "
					   "fsync: 40 syncs/s take 0.40 s per "
					   "second, all by app (10); expected of a commit log");
}

TEST(a_sync_that_only_begins_to_write_is_none)
{
	struct sample *s = with_log();

	writes(s, 20);
	syncs(s, 20, 10000000);
	s->files[0].totals.syncers = 0; /* neither fsync nor fdatasync was called */
	CHECK_STR(finding_of(s, FINDING_SYNC_PER_WRITE), "");
}

TEST(binary_files_are_told_with_their_price)
{
	static const char *const PATHS[] = {"/srv/demo/data", "/srv/demo/old.log.1"};

	for (int i = 0; i < 2; i++) {
		struct sample *s = with_log();

		writes(s, 20);
		syncs(s, 20, 50000000);
		s->files[0].path = PATHS[i];
		s->files[0].totals.partial_writes = 20;
		CHECK(!strncmp(finding_of(s, FINDING_SYNC_PER_WRITE),
			       i ? "warning: every" : "info: every write", 14));
	}
}

TEST(what_an_ended_process_has_not_synced)
{
	struct sample *s = with_log();

	writes(s, 3);
	s->files[0].totals.bytes = 300;
	CHECK_STR(finding_of(s, FINDING_UNSYNCED_AT_EXIT), ""); /* it lives */
	s = with_log();
	writes(s, 3);
	s->files[0].totals.bytes = 300;
	s->files[0].totals.synced_writes = 2;
	s->files[0].totals.synced_bytes = 200;
	s->files[0].totals.last_sync_ns = 1;
	s->processes[0].ended = true;
	CHECK_STR(finding_of(s, FINDING_UNSYNCED_AT_EXIT),
		  "info: app (10) ended with 100 B in 1 write to /srv/demo/log "
		  "not synced: in the page cache only, lost if the machine crashes now");
	s = with_log();
	writes(s, 3);
	s->files[0].totals.bytes = 300;
	s->files[0].totals.synced_writes = 3;
	s->files[0].totals.synced_bytes = 300;
	s->files[0].totals.last_sync_ns = 1;
	s->processes[0].ended = true;
	CHECK_STR(finding_of(s, FINDING_UNSYNCED_AT_EXIT), "");
	s = with_log();
	writes(s, 3);
	s->files[0].totals.bytes = 300;
	s->files[0].deleted = true; /* gone with the process */
	s->files[0].totals.last_sync_ns = 1;
	s->processes[0].ended = true;
	CHECK_STR(finding_of(s, FINDING_UNSYNCED_AT_EXIT), "");
	s = with_log();
	writes(s, 3);
	s->files[0].totals.bytes = 300;
	s->files[0].fs = "tmpfs";
	s->files[0].totals.writers = 1;
	s->processes[0].ended = true;
	CHECK(strstr(finding_of(s, FINDING_UNSYNCED_AT_EXIT),
		     "in memory only, the whole file is lost if the machine crashes"));
}

TEST(how_a_process_ended_is_said_with_what_it_left)
{
	static const struct {
		int code;
		const char *end;
	} CASES[] = {
		{9, "info: app (10) was killed by SIGKILL with 300 B in 3 writes to /srv/demo/log not "
		    "synced: in "
		    "the page cache only, lost if the machine crashes now; any lines that it had not written "
		    "yet "
		    "are "
		    "lost"},
		{3 << 8,
		 "info: app (10) exited with status 3 with 300 B in 3 writes to /srv/demo/log not synced: "
		 "in the page cache only, lost if the machine crashes now"}};

	for (size_t i = 0; i < 2; i++) {
		struct sample *s = with_log();

		writes(s, 3);
		s->files[0].totals.bytes = 300;
		s->files[0].totals.writers = 1;
		s->processes[0].ended = s->processes[0].exit_known = true;
		s->processes[0].exit_code = CASES[i].code;
		CHECK_STR(finding_of(s, FINDING_UNSYNCED_AT_EXIT), CASES[i].end);
	}
}

/* Compilers and shells leave files by the hundred. */
TEST(only_logs_are_told_at_exit)
{
	struct sample *s;

	for (int append = 0; append < 2; append++) {
		s = with_log();
		writes(s, 3);
		s->files[0].totals.bytes = 300;
		s->files[0].totals.writers = 1;
		s->files[0].totals.not_append = !append;
		s->processes[0].ended = true;
		CHECK_EQ(*finding_of(s, FINDING_UNSYNCED_AT_EXIT) != '\0', append);
	}
}

TEST_MAIN
