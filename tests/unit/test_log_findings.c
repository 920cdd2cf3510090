/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of logs: lines dropped, torn or overwritten, syncs that fail. */
#include <sys/syscall.h>

#include "log_samples.h"

TEST(lines_dropped_by_what_they_met)
{
	struct sample *s = with_log();

	writes(s, 100);
	s->files[0].totals.errors[TS_IO_EAGAIN] = 12;
	CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES),
		  "warning: 12 of 100 writes to /srv/demo/log failed: 12 with EAGAIN (it would "
		  "have blocked); the unwritten data is lost unless the program retries");
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

TEST(a_full_pipe_of_an_event_loop_loses_nothing)
{
	static const struct {
		int32_t fd;
		const char *text;
	} CASES[] = {
		{7, "info: 2 of 4 writes to /srv/demo/log of app (10) failed: 2 with EAGAIN (pipe full, "
		    "non-blocking); nothing is lost if it writes the rest when there is room, as event loops "
		    "do"},
		{2, "warning: 2 of 4 writes to /srv/demo/log of app (10) failed: 2 with EAGAIN (pipe full, "
		    "non-blocking); the unwritten data is lost unless the program retries"}};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct sample *s = with_log();

		writes(s, 4);
		s->files[0].key.kind = TS_FILE_PIPE;
		s->files[0].totals.fd = CASES[i].fd;
		s->files[0].totals.errors[TS_IO_EAGAIN] = 2;
		CHECK_STR(finding_of(s, FINDING_DROPPED_WRITES), CASES[i].text);
	}
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

TEST_MAIN
