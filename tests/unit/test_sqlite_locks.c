/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose lock of an SQLite database makes a process try again: lines of the kernel's list of file locks. */
#include "test.h"

#include "target/sqlite_locks.h"

#define PENDING  "1073741824 1073741824"
#define RESERVED "1073741825 1073741825"
#define SHARED   "1073741826 1073742335"

static struct sqlite_holder held;

/* Of three files of process 100: two databases, and the index of the second one's log. */
static int locked_file(const char *list)
{
	static const struct sqlite_file files[] = {
		{.inode = 11}, {.inode = 12}, {.inode = 13, .index = true}};
	char text[4096];
	size_t found;

	held = (struct sqlite_holder){0};
	snprintf(text, sizeof(text), "%s", list);
	found = sqlite_lock__holder_in(text, 100, files, 3, &held);
	return found == 3 ? -1 : (int)found;
}

TEST(a_writer_of_another_process)
{
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 200 08:01:11 " RESERVED "\n"
			     "2: POSIX  ADVISORY  READ  200 08:01:11 " SHARED "\n"),
		 0);
	CHECK_EQ(held.pid, 200);
	CHECK_EQ(held.more, 0);
	/* exclusive */
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 201 08:01:12 1073741824 1073742335\n"), 1);
	CHECK_EQ(held.pid, 201);
	/* of the log's index */
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 202 08:01:13 120 120\n"
			     "2: POSIX  ADVISORY  READ  203 08:01:13 124 124\n"
			     "3: POSIX  ADVISORY  READ  203 08:01:12 " SHARED "\n"),
		 2);
	CHECK_EQ(held.pid, 202);
}

TEST(readers_make_one_wait_that_is_about_to_commit)
{
	static const char READERS[] = "1: POSIX  ADVISORY  READ  200 08:01:11 " SHARED "\n"
				      "2: POSIX  ADVISORY  READ  201 08:01:11 " SHARED "\n";
	char list[512];

	CHECK_EQ(locked_file(READERS), -1);
	snprintf(list, sizeof(list), "%s%s", READERS,
		 "3: POSIX  ADVISORY  WRITE 100 08:01:11 " PENDING "\n"
		 "4: POSIX  ADVISORY  WRITE 100 08:01:11 " RESERVED "\n");
	CHECK_EQ(locked_file(list), 0);
	CHECK_EQ(held.pid, 200);
	CHECK_EQ(held.more, 1);
}

TEST(another_connection_of_its_own_process)
{
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 100 08:01:12 " RESERVED "\n"), 1);
	CHECK_EQ(held.pid, 100);
}

TEST(no_answer)
{
	CHECK_EQ(locked_file(""), -1);
	/* two databases are locked */
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 200 08:01:11 " RESERVED "\n"
			     "2: POSIX  ADVISORY  WRITE 201 08:01:12 " RESERVED "\n"),
		 -1);
	/* another file; other bytes; no lock of SQLite's kind; one that waits */
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 200 08:01:99 " RESERVED "\n"), -1);
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 200 08:01:11 0 EOF\n"), -1);
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 200 08:01:11 1073741824 EOF\n"), -1);
	CHECK_EQ(locked_file("1: FLOCK  ADVISORY  WRITE 200 08:01:11 " RESERVED "\n"), -1);
	CHECK_EQ(locked_file("1: -> POSIX  ADVISORY  WRITE 200 08:01:11 " RESERVED "\n"), -1);
	/* a process of elsewhere */
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 0 08:01:11 " RESERVED "\n"), -1);
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 99999999999 08:01:11 " RESERVED "\n"), -1);
	CHECK_EQ(locked_file("1: POSIX  ADVISORY  WRITE 200 08:01:11"), -1);
}

TEST_MAIN
