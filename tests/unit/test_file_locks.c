/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's list of file locks: holders, and lines that are cut or lie. */
#include "test.h"

#include <stdlib.h>

#include "target/file_locks.h"
#include "util/clock.h"

static const char LIST[] = "1: POSIX  ADVISORY  WRITE 100 08:01:11 0 EOF\n"
			   "1: -> POSIX  ADVISORY  WRITE 200 08:01:11 0 EOF\n"
			   "1:  -> POSIX  ADVISORY  WRITE 201 08:01:11 0 EOF\n"
			   "2: FLOCK  ADVISORY  WRITE 101 08:01:12 0 EOF\n"
			   "2: -> FLOCK  ADVISORY  WRITE 200 08:01:12 0 EOF\n"
			   "3: OFDLCK ADVISORY  WRITE -1 08:01:13 0 EOF\n"
			   "3: -> OFDLCK ADVISORY  WRITE -1 08:01:13 0 EOF\n"
			   "4: FLOCK  ADVISORY  WRITE 0 08:01:14 0 EOF\n"
			   "4: -> FLOCK  ADVISORY  WRITE 202 08:01:14 0 EOF\n"
			   "5: LEASE  ACTIVE    READ 103 08:01:15 0 EOF\n";

static struct file_lock_holder holder(const char *list, pid_t pid, enum file_lock_kind kind, uint64_t inode)
{
	const struct file_lock_wait w = {.pid = pid, .fd = 3, .kind = kind};
	char text[4096];

	snprintf(text, sizeof(text), "%s", list);
	return file_lock__holder_in(text, &w, inode);
}

TEST(who_holds_what_a_process_waits_for)
{
	CHECK_EQ(holder(LIST, 200, FILE_LOCK_RECORD, 11).pid, 100);
	CHECK_EQ(holder(LIST, 201, FILE_LOCK_RECORD, 11).pid, 100); /* behind another waiter */
	CHECK_EQ(holder(LIST, 200, FILE_LOCK_FLOCK, 12).pid, 101);
	CHECK_EQ(holder(LIST, 200, FILE_LOCK_FLOCK, 0).pid, 101); /* inode not known */
	CHECK(!holder(LIST, 200, FILE_LOCK_FLOCK, 99).found);
	CHECK(!holder(LIST, 300, FILE_LOCK_FLOCK, 12).found);
	/* an open file holds it; a process that threadscope cannot see does */
	CHECK(holder(LIST, 200, FILE_LOCK_DESCRIPTION, 13).found);
	CHECK_EQ(holder(LIST, 200, FILE_LOCK_DESCRIPTION, 13).pid, 0);
	CHECK(!holder(LIST, 200, FILE_LOCK_DESCRIPTION, 0).found);
	CHECK(holder(LIST, 202, FILE_LOCK_FLOCK, 14).found);
	CHECK_EQ(holder(LIST, 202, FILE_LOCK_FLOCK, 14).pid, 0);
}

TEST(a_list_of_locks_that_is_cut_or_lies)
{
	static const char *const BAD[] = {
		"",
		"\n\n",
		"1: -> FLOCK  ADVISORY  WRITE 200 08:01:12 0 EOF\n",
		"1: FLOCK\n1: -> FLOCK  ADVISORY  WRITE 200 08:01:12 0 EOF\n",
		"2: FLOCK  ADVISORY  WRITE 101 08:01:12 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 200 08:01:12 0 "
		"EOF\n",
		"2: FLOCK  ADVISORY  WRITE 101 08:01:12 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 2",
		"x: FLOCK  ADVISORY  WRITE 101 08:01:12 0 EOF\nx: -> FLOCK  ADVISORY  WRITE 200 08:01:12 0 "
		"EOF\n",
	};

	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
		CHECK(!holder(BAD[i], 200, FILE_LOCK_FLOCK, 12).found);
	CHECK_EQ(holder("2: FLOCK ADVISORY WRITE -7 08:01:12 0 EOF\n2: -> FLOCK ADVISORY WRITE 200 08:01:12 "
			"0 EOF\n",
			200, FILE_LOCK_FLOCK, 12)
			 .pid,
		 0);
}

/* Threads of one process that wait for ranges of a file: the list does not say which thread waits where. */
TEST(two_holders_of_what_a_process_waits_for)
{
	static const char TWO[] = "1: POSIX  ADVISORY  WRITE 100 08:01:11 0 9\n"
				  "1: -> POSIX  ADVISORY  WRITE 200 08:01:11 0 9\n"
				  "2: POSIX  ADVISORY  WRITE %d 08:01:11 20 29\n"
				  "2: -> POSIX  ADVISORY  WRITE 200 08:01:11 20 29\n";
	char list[512];

	snprintf(list, sizeof(list), TWO, 100);
	CHECK_EQ(holder(list, 200, FILE_LOCK_RECORD, 11).pid, 100);
	snprintf(list, sizeof(list), TWO, 101);
	CHECK(!holder(list, 200, FILE_LOCK_RECORD, 11).found);
}

TEST(lines_of_locks_that_are_malformed)
{
	static const char *const BAD[] = {
		"1",
		":",
		"1:",
		"1: ->",
		"1: ->\n1: ->\n",
		"-1: FLOCK\n",
		"99999999999999999999999: FLOCK  ADVISORY  WRITE 99999999999999999999 08:01:12 0 EOF\n"
		"1: -> FLOCK  ADVISORY  WRITE 200 08:01:12 0 EOF\n",
		"1: FLOCK  ADVISORY  WRITE 101 <none>:0 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 200 <none>:0 0 "
		"EOF\n",
		"1: FLOCKFLOCKFLOCKFLOCKFLOCK  ADVISORY  WRITE 101 08:01:12 0 EOF\n"
		"1: -> FLOCKFLOCKFLOCKFLOCKFLOCK  ADVISORY  WRITE 200 08:01:12 0 EOF\n",
		/* of inode 123, cut */
		"1: FLOCK  ADVISORY  WRITE 101 08:01:123 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 200 08:01:12",
		"\xff\xfe: \x80 \xff\n1: -> FLOCK\t\v\f\n",
	};

	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
		CHECK(!holder(BAD[i], 200, FILE_LOCK_FLOCK, 12).found);
		CHECK(!holder(BAD[i], 200, FILE_LOCK_RECORD, 12).found);
	}
}

TEST(very_many_locks)
{
	enum { COUNT = 100000, LINE = 64 };
	const struct file_lock_wait last = {.pid = COUNT + 1, .fd = 3, .kind = FILE_LOCK_FLOCK};
	char *text = malloc((size_t)COUNT * 2 * LINE);
	size_t used = 0;
	struct file_lock_holder h;
	uint64_t from;

	for (int i = 1; i <= COUNT; i++) {
		used += (size_t)sprintf(text + used, "%d: FLOCK  ADVISORY  WRITE %d 08:01:%d 0 EOF\n", i, i,
					i);
		used += (size_t)sprintf(text + used, "%d: -> FLOCK  ADVISORY  WRITE %d 08:01:%d 0 EOF\n", i,
					i + 1, i);
	}
	from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	h = file_lock__holder_in(text, &last, COUNT);
	CHECK(h.found);
	CHECK_EQ(h.pid, COUNT);
	CHECK(clock_ns(CLOCK_THREAD_CPUTIME_ID) - from < 5 * NS_PER_S);
	free(text);
}

TEST_MAIN
