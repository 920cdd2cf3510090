/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who holds up a call on a file: leases in the kernel's list, marks of fanotify; hostile text. */
#include "samples.h"

#include <sys/syscall.h>

#include "target/fanotify.h"
#include "target/file_locks.h"
#include "util/clock.h"
#include "words/describe.h"

static const char LIST[] = "1: FLOCK  ADVISORY  WRITE 100 fe:00:11 0 EOF\n"
			   "2: LEASE  BREAKING  UNLCK 101 fe:00:12 0 EOF\n"
			   "2: -> LEASE  BREAKER   WRITE 200 <none>:0 0 EOF\n"
			   "2:  -> LEASE  BREAKER   WRITE 201 <none>:0 0 EOF\n"
			   "3: LEASE  ACTIVE    READ  102 fe:00:13 0 EOF\n"
			   "4: LEASE  BREAKING  READ  0 fe:00:14 0 EOF\n"
			   "4: -> LEASE  BREAKER   READ  202 <none>:0 0 EOF\n";

static struct file_lock_holder holder(const char *list, pid_t pid, uint64_t inode)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s", list);
	return file_lease__holder_in(text, pid, inode);
}

TEST(who_has_the_lease)
{
	CHECK_EQ(holder(LIST, 200, 12).pid, 101);
	CHECK_EQ(holder(LIST, 200, 0).pid, 101);
	CHECK_EQ(holder(LIST, 201, 12).pid, 101); /* behind another one */
	CHECK(!holder(LIST, 200, 99).found);      /* it waits for another file */
	CHECK(!holder(LIST, 300, 12).found);
	CHECK(holder(LIST, 202, 14).found); /* of a process that threadscope cannot see */
	CHECK_EQ(holder(LIST, 202, 14).pid, 0);
}

/* Threads of one process that wait for the leases of two files, which are not known. */
TEST(two_leases)
{
	static const char TWO[] = "1: LEASE  BREAKING  UNLCK 101 fe:00:12 0 EOF\n"
				  "1: -> LEASE  BREAKER   WRITE 200 <none>:0 0 EOF\n"
				  "2: LEASE  BREAKING  UNLCK 102 fe:00:13 0 EOF\n"
				  "2: -> LEASE  BREAKER   WRITE 200 <none>:0 0 EOF\n";

	CHECK(!holder(TWO, 200, 0).found);
	CHECK_EQ(holder(TWO, 200, 13).pid, 102);
}

TEST(leases_that_are_malformed)
{
	static const char *const BAD[] = {
		"",
		"2",
		"2:",
		"2: ",
		"2: -> ",
		"2: -> LEASE",
		"2: -> LEASE  BREAKER",
		"2: -> LEASE  BREAKER   WRITE 200 <none>:0 0 EOF\n",
		"1: LEASE  BREAKING  UNLCK 101 fe:00:12 0 EOF\n2: -> LEASE  BREAKER   WRITE 200 <none>:0 0 "
		"EOF\n",
		"2: FLOCK  ADVISORY  WRITE 101 fe:00:12 0 EOF\n2: -> LEASE  BREAKER   WRITE 200 <none>:0 0 "
		"EOF\n",
		"2: LEASE  BREAKING  UNLCK 101 fe:00:12 0 EOF\n2: -> LEASE  ACTIVE   WRITE 200 <none>:0 0 "
		"EOF\n",
		"2: LEASE  BREAKING  UNLCK 101 fe:00\n2: -> LEASE  BREAKER   WRITE 200 <none>:0 0 EOF\n",
		"\xff: -> \x80\n: : : ->\n",
	};

	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
		CHECK(!holder(BAD[i], 200, 12).found);
}

TEST(very_many_leases)
{
	enum { COUNT = 100000, LINE = 64 };
	char *text = malloc((size_t)COUNT * 2 * LINE);
	struct file_lock_holder h;
	size_t used = 0;
	uint64_t from;

	for (int i = 1; i <= COUNT; i++) {
		used += (size_t)sprintf(text + used, "%d: LEASE  BREAKING  UNLCK %d fe:00:%d 0 EOF\n", i, i,
					i);
		used += (size_t)sprintf(text + used, "%d: -> LEASE  BREAKER   WRITE %d <none>:0 0 EOF\n", i,
					i + 1);
	}
	from = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	h = file_lease__holder_in(text, COUNT + 1, COUNT);
	CHECK_EQ(h.pid, COUNT);
	CHECK(clock_ns(CLOCK_THREAD_CPUTIME_ID) - from < 5 * NS_PER_S);
	free(text);
}

/* ---- fanotify --------------------------------------------------------------------- */

static const struct cached_place PLACE = {.inode = 0x4f969, .mount = 0x12, .dev_major = 8, .dev_minor = 19};

static enum fanotify_asked asked(const char *marks, const struct cached_place *place)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "pos:\t0\nflags:\t02\nmnt_id:\t18\nfanotify flags:4 event-flags:8000\n%s", marks);
	return fanotify__asked_in(text, place);
}

TEST(marks_of_fanotify)
{
	static const char HERE[] = "fanotify ino:4f969 sdev:800013 mflags:0 mask:10000 ignored_mask:0 "
				   "fhandle-bytes:8 fhandle-type:1 f_handle:69f90400\n";
	static const char FOLDER[] = "fanotify ino:33 sdev:800013 mflags:0 mask:8010000 ignored_mask:0\n";

	CHECK_EQ(asked(HERE, &PLACE), FANOTIFY_THIS);
	CHECK_EQ(asked(HERE, NULL), FANOTIFY_OTHERS);
	CHECK_EQ(asked(FOLDER, &PLACE), FANOTIFY_MAYBE);
	CHECK_EQ(asked("fanotify ino:33 sdev:800013 mflags:0 mask:10000 ignored_mask:0\n", &PLACE),
		 FANOTIFY_OTHERS);
	CHECK_EQ(asked("fanotify mnt_id:12 mflags:0 mask:20000 ignored_mask:0\n", &PLACE), FANOTIFY_THIS);
	CHECK_EQ(asked("fanotify mnt_id:13 mflags:0 mask:20000 ignored_mask:0\n", &PLACE), FANOTIFY_OTHERS);
	CHECK_EQ(asked("fanotify sdev:800013 mflags:0 mask:40000 ignored_mask:0\n", &PLACE), FANOTIFY_THIS);
	CHECK_EQ(asked("fanotify sdev:800014 mflags:0 mask:40000 ignored_mask:0\n", &PLACE), FANOTIFY_OTHERS);
	/* Who is told of openings only gives no permissions. */
	CHECK_EQ(asked("fanotify mnt_id:12 mflags:0 mask:20 ignored_mask:10000\n", &PLACE), FANOTIFY_NOT);
	CHECK_EQ(asked("", &PLACE), FANOTIFY_NOT);
}

TEST(marks_that_are_malformed)
{
	static const char *const BAD[] = {"fanotify",
					  "fanotify ino:\n",
					  " mask:\n",
					  "fanotify mnt_id:12 mask:\n",
					  "fanotify ino:4f969 sdev:800013 mask:xyz\n",
					  "\xff\xfe mask:0\n",
					  "fanotify mnt_id:12 mask"};

	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
		CHECK_EQ(asked(BAD[i], &PLACE), FANOTIFY_NOT);
	CHECK_EQ(asked("fanotify ino:fffffffffffffffffffffff sdev:f mask:ffffffffffffffffffff\n", &PLACE),
		 FANOTIFY_OTHERS);
}

/* ---- words and findings ----------------------------------------------------------- */

static void check_words(enum link_role role, enum link_state state, const char *words, size_t findings,
			enum severity severity)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	const struct snapshot_report *r;
	char text[DESCRIBE_CHAIN];

	add_process(s, 10, 1);
	add_caller(s, 10, WAIT_OTHER, SYS_openat, "/etc/app.conf")->link = 1;
	s->links = calloc(1, sizeof(*s->links));
	s->link_count = 1;
	s->links[0] = (struct sample_link){.role = role,
					   .state = state,
					   .pid = 20,
					   .tid = 20,
					   .name = "other",
					   .threads = 1,
					   .one_of = true,
					   .syscall = SYS_epoll_wait,
					   .since_ns = 3 * NS_PER_S};
	r = model__snapshot(&a, s, NULL);
	CHECK_STR(describe_links(text, sizeof(text), &r->threads[0].wait), words);
	CHECK_EQ(r->threads[0].wait.class, WAIT_CLASS_BLOCKED);
	CHECK_EQ(r->finding_count, findings);
	if (findings)
		CHECK_EQ(r->findings[0].severity, severity);
	arena__free(&a);
	sample__free(s);
}

TEST(askers_in_words)
{
	check_words(LINK_LEASES, LINK_BLOCKED,
		    ", leased by other (20), which has been in epoll_wait for 3.0 s", 1, SEVERITY_WARNING);
	check_words(
		LINK_PERMITS, LINK_STOPPED,
		", for permission (fanotify) from other (20), which has been stopped for 3.0 s by a signal",
		1, SEVERITY_WARNING);
}

TEST_MAIN
