/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files are one log, and which are commit logs. */
#include "model/findings/log_names.h"
#include "waits/commit_log.h"

#include <string.h>

#include "test.h"

static bool is_named(const char *path, bool segments, const char *name)
{
	struct log_name n = log_name__of(path, segments);

	return n.length == strlen(name) && !strncmp(path, name, n.length);
}

TEST(suffixes_of_rotations)
{
	static const char *const SUFFIXES[] = {
		"",          ".1",           ".12",         ".1.gz",        ".old",
		"-20260131", ".20260131.xz", "-2026-01-31", ".2026-01-31.3"};
	char path[64];

	for (size_t i = 0; i < sizeof(SUFFIXES) / sizeof(SUFFIXES[0]); i++) {
		snprintf(path, sizeof(path), "/var/log/app.log%s", SUFFIXES[i]);
		CHECK(is_named(path, false, "/var/log/app.log"));
	}
}

TEST(other_names)
{
	static const char *const PATHS[] = {
		"",       "/",           "/1",           "/.1",       "/a/.1", "/a/123", "/a/b.12345",
		"/a/b-1", "/a/20260131", "/a/-20260131", "pipe:[12]", "x",     ".1",     "/a/2026-01-31"};

	for (size_t i = 0; i < sizeof(PATHS) / sizeof(PATHS[0]); i++)
		CHECK(is_named(PATHS[i], false, PATHS[i]));
}

TEST(segments_are_one_log_by_folder)
{
	struct log_name a = log_name__of("/db/wal/0001", true), b = log_name__of("/db/wal/0002", true);
	struct log_name c = log_name__of("/db/0001", true), none = log_name__of("", false);

	CHECK(log_name__same(&a, &b));
	CHECK(!log_name__same(&a, &c));
	CHECK(!log_name__same(&none, &none));
}

TEST(commit_logs_by_path)
{
	static const char *const PATHS[] = {"/srv/pg_wal/000000010000000000000001",
					    "/var/lib/mysql/ib_logfile0",
					    "/var/lib/mysql/the-bin.000001",
					    "/var/lib/etcd/member/wal/0000000000000000-0000000000000000.wal",
					    "/var/lib/redis/appendonlydir/appendonly.aof.1.incr.aof",
					    "/home/a/app.db-wal",
					    "/home/a/app.db-journal",
					    "/srv/rocks/000123.log"};
	static const char *const OTHERS[] = {"",
					     "/var/log/app.log",
					     "/var/log/syslog",
					     "/var/log/app.log.1",
					     "/var/log/journal.txt",
					     "/srv/12345.log",
					     "/srv/walrus/a"};

	for (size_t i = 0; i < sizeof(PATHS) / sizeof(PATHS[0]); i++)
		CHECK(commit_log__is(PATHS[i]));
	for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++)
		CHECK(!commit_log__is(OTHERS[i]));
}

TEST_MAIN
