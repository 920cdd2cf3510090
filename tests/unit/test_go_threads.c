/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Goroutines joined with the threads they are on, and the check of the stack that functions begin with. */
#include "go/runtime/code.h"
#include "go/runtime/layout.h"
#include "model/go/go_threads.h"
#include "test.h"
#include "waits/wait.h"

#define IN_CALL(number, g, name, path, ns)                               \
	{                                                                \
		.tid = (number), .goid = (g), .blocked = true, .wait = { \
			.kind = WAIT_WRITE,                              \
			.syscall = (name),                               \
			.file = (path),                                  \
			.duration_ns = (ns)                              \
		}                                                        \
	}

TEST(what_threads_are_there_for)
{
	struct thread_row rows[] = {
		IN_CALL(1, 11, "write", "/b", 5),
		IN_CALL(2, 12, "write", "/a", 7),
		IN_CALL(3, 13, "read", "/z", 6),
		IN_CALL(4, 14, "write", "/a", 9),
		IN_CALL(5, 15, "write", "/a", 8),
		IN_CALL(6, 0, "futex", NULL, 100),                           /* idle */
		{.tid = 7, .goid = 17},                                      /* runs */
		{.tid = 8, .goid = 18, .blocked = true, .go_running = true}, /* runs, and is held up */
	};
	struct go_reading reading = {0};
	struct arena a = {0};
	const struct go_report *r = go_threads__join(&a, &reading, rows, 8);

	CHECK(r->reading == &reading);
	CHECK_EQ(r->thread_groups, 5);
	CHECK_EQ(r->threads[0].count, 3); /* most threads first */
	CHECK_STR(r->threads[0].file, "/a");
	CHECK_EQ(r->threads[0].longest_ns, 9);
	CHECK_EQ(r->threads[1].count, 2);
	CHECK(r->threads[1].running && !r->threads[1].syscall);
	CHECK(!r->threads[2].running && !r->threads[2].syscall); /* then by call, then by file */
	CHECK_STR(r->threads[3].syscall, "read");
	CHECK_STR(r->threads[4].syscall, "write");
	CHECK_STR(r->threads[4].file, "/b");
	CHECK_EQ(r->threads[4].longest_ns, 5);
	arena__free(&a);
}

/* Threads that ran while goroutines were read are on none; where they are in a call of a goroutine, that is
 * what they are there for. */
TEST(threads_that_moved)
{
	struct thread_row rows[] = {IN_CALL(1, 0, "fsync", "/a", 5), IN_CALL(2, 0, "epoll_pwait", NULL, 7),
				    IN_CALL(3, 0, "nanosleep", NULL, 6)};
	struct go_reading reading = {0};
	struct arena a = {0};
	const struct go_report *r = go_threads__join(&a, &reading, rows, 3);

	CHECK_EQ(r->thread_groups, 2);
	CHECK(!r->threads[0].syscall && !r->threads[0].running);
	CHECK_EQ(r->threads[0].count, 2);
	CHECK_STR(r->threads[1].syscall, "fsync");
	arena__free(&a);
}

TEST(files_in_order)
{
	struct thread_row rows[] = {IN_CALL(1, 11, "write", "/b", 1), IN_CALL(2, 12, "write", "/a", 1),
				    IN_CALL(3, 13, "write", "/c", 1)};
	struct go_reading reading = {0};
	struct arena a = {0};
	const struct go_report *r = go_threads__join(&a, &reading, rows, 3);

	CHECK_EQ(r->thread_groups, 3);
	for (size_t i = 0; i < r->thread_groups; i++)
		CHECK_STR(r->threads[i].file, ((const char *[]){"/a", "/b", "/c"})[i]);
	arena__free(&a);
}

static struct go_group_row joined(const struct thread_row *rows, size_t count)
{
	static pid_t tids[] = {1, 2, 3};
	static struct arena a;
	struct go_group group = {.tids = tids, .tid_count = 3};
	struct go_reading reading = {.groups = &group, .group_count = 1};

	return go_threads__join(&a, &reading, rows, count)->groups[0];
}

TEST(the_one_call_of_a_group)
{
	struct thread_row same[] = {IN_CALL(1, 11, "write", "/a", 1), IN_CALL(2, 12, "write", "/a", 1),
				    IN_CALL(3, 13, "write", "/a", 1)};
	struct go_group_row g = joined(same, 3);

	CHECK(g.same_call);
	CHECK_STR(g.syscall, "write");
	CHECK_STR(g.file, "/a");
	same[1].wait.file = "/b";
	g = joined(same, 3);
	CHECK(!g.same_call && !g.file);
	CHECK_STR(g.syscall, "write");
	same[1].wait.syscall = "read";
	g = joined(same, 3);
	CHECK(!g.same_call && !g.syscall && !g.file);
	same[1].wait.syscall = "write";
	same[1].wait.file = "/a";
	same[2].goid = 0; /* it has run since the call */
	g = joined(same, 3);
	CHECK(!g.same_call && !g.syscall);
	same[2].goid = 13;
	same[2].blocked = false;
	g = joined(same, 3);
	CHECK(!g.same_call && !g.syscall);
	g = joined(same, 2); /* the third is not known */
	CHECK(!g.same_call && !g.syscall);
}

static int check_of(const char *code)
{
	uint8_t bytes[32] = {0};

	memcpy(bytes, code, 16);
	return go_amd64.stack_check(bytes, sizeof(bytes));
}

/* As cmd/internal/obj/x86 makes them: cmp 16(%r14),%rsp, or of %r12 = %rsp - n, and jbe, short or long. */
TEST(the_stack_check)
{
	CHECK_EQ(check_of("\x49\x3b\x66\x10\x76\x01\0\0\0\0\0\0\0\0\0\0"), 4);
	CHECK_EQ(check_of("\x49\x3b\x66\x10\x0f\x86\x01\0\0\0\0\0\0\0\0\0"), 4);
	CHECK_EQ(check_of("\x4c\x8d\x64\x24\xf8\x4d\x3b\x66\x10\x76\x01\0\0\0\0\0"), 9);
	CHECK_EQ(check_of("\x4c\x8d\xa4\x24\0\xff\xff\xff\x4d\x3b\x66\x10\x76\x01\0\0"), 12);
	CHECK_EQ(check_of("\x4c\x8d\xa4\x24\0\xff\xff\xff\x4d\x3b\x66\x10\x0f\x86\0\0"), 12);
	CHECK_EQ(check_of("\x49\x3b\x66\x10\x77\x01\0\0\0\0\0\0\0\0\0\0"), -1); /* ja */
	CHECK_EQ(check_of("\x49\x3b\x66\x10\x0f\x87\0\0\0\0\0\0\0\0\0\0"), -1);
	CHECK_EQ(check_of("\x4c\x8d\x64\x24\xf8\x49\x3b\x66\x10\x76\x01\0\0\0\0\0"),
		 -1); /* of %rsp all the same */
	CHECK_EQ(check_of("\x4d\x3b\x66\x10\x76\x01\0\0\0\0\0\0\0\0\0\0"), -1);
	CHECK_EQ(check_of("\x49\x3b\x66\x18\x76\x01\0\0\0\0\0\0\0\0\0\0"), -1); /* 24(%r14) */
	CHECK_EQ(go_amd64.stack_check((const uint8_t *)"\x49\x3b\x66\x10\x76\x01", 6), -1);
}

TEST(reasons_to_wait)
{
	struct go_layout l;

	CHECK(go_layout__choose(&l, 24, false));
	CHECK(go_layout__wait_reason(&l, 0) != NULL);
	for (unsigned i = 0; i < 256; i++) { /* the sanitizer watches the end of the table */
		const char *text = go_layout__wait_reason(&l, i);

		CHECK(!text || strlen(text) < 64);
	}
	CHECK(!go_layout__wait_reason(&l, 200));
	CHECK(!go_layout__choose(&l, GO_MINOR_MIN - 1, false));
	CHECK(go_layout__choose(&l, GO_MINOR_MIN, false));
}

TEST_MAIN
