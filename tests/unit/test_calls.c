// SPDX-License-Identifier: GPL-2.0-or-later
/* System calls by number: the table, and files that were saved on another processor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "facts/calls.h"
#include "facts/saved/saved.h"
#include "test.h"

#define FILE_BYTES (1u << 20)

TEST(the_table_has_the_numbers_of_this_processor)
{
	CHECK_STR(syscall_name(SYS_read), "read");
	CHECK_STR(syscall_name(SYS_futex), "futex");
	CHECK_STR(syscall_name(SYS_fcntl), "fcntl");
	CHECK_STR(syscall_name(SYS_lseek), "lseek");
	CHECK_STR(syscall_name(SYS_mmap), "mmap");
	CHECK_STR(syscall_name(SYS_sendfile), "sendfile");
	CHECK_STR(syscall_name(SYS_epoll_pwait2), "epoll_pwait2");
	CHECK_STR(syscall_name(SYS_clock_nanosleep), "clock_nanosleep");
	CHECK_STR(syscall_name(449), "futex_waitv");
	CHECK_STR(syscall_name(CALL_FOREIGN(7)), "poll");
	CHECK(!syscall_name(-1) && !syscall_name(400) && !syscall_name(511) && !syscall_name(512));
	CHECK(!syscall_name(CALL_FOREIGN(999)) && !syscall_name(CALL_NAMELESS(0)));
}

/* The first sample of a file, with these calls in its threads, after it was saved as that processor's. */
static struct sample *saved_as(uint32_t numbers, const char *arch, const long *calls, size_t count)
{
	static char bytes[FILE_BYTES];
	struct saved_head head = {.snapshot = true, .calls = numbers}, unused;
	FILE *from = fopen("tests/samples/demo.facts", "r"), *to = fmemopen(bytes, sizeof(bytes), "w"), *in;
	struct saved_reader *r = NULL;
	struct saved_writer *w = NULL;
	struct sample *s = NULL;

	CHECK(from && to && !saved_reader__open(from, &unused, &r) && !saved_reader__sample(r, &s));
	saved_reader__close(r);
	fclose(from);
	CHECK(s && s->thread_count >= count);
	for (size_t i = 0; i < count; i++)
		s->threads[i].syscall = calls[i];
	s->arch = arch;
	CHECK(!saved_writer__new(to, &head, &w) && !saved_writer__sample(w, s));
	saved_writer__close(w);
	sample__free(s);
	in = fmemopen(bytes, sizeof(bytes), "r");
	CHECK(!saved_reader__open(in, &unused, &r) && !saved_reader__sample(r, &s));
	CHECK_EQ(unused.calls, 0);
	saved_reader__close(r);
	fclose(in);
	return s;
}

TEST(calls_of_another_processor_have_their_names)
{
	/* futex, read, ppoll, none, no call, fdatasync */
	static const long arm64[] = {98, 63, 73, -1, 440000, 83}, x86_64[] = {202, 0, 271, -1, 440000, 75};
	static const long own[] = {SYS_futex, SYS_read, SYS_ppoll, -1, CALL_NAMELESS(440000), SYS_fdatasync};
	struct sample *a = saved_as(CALLS_ARM64, "x86_64", arm64, 6);
	struct sample *x = saved_as(CALLS_X86_64, "aarch64", x86_64, 6);

	for (size_t i = 0; i < 6; i++) {
		/* Our own are as they are, also those that we do not know. */
		if (i != 4 || call_numbers__own != CALLS_ARM64)
			CHECK_EQ(a->threads[i].syscall, own[i]);
		if (i != 4 || call_numbers__own != CALLS_X86_64)
			CHECK_EQ(x->threads[i].syscall, own[i]);
	}
	sample__free(a);
	sample__free(x);
}

TEST(calls_that_a_processor_lacks_survive)
{
	static const long poll[] = {7};
	struct sample *s = saved_as(CALLS_X86_64, "x86_64", poll, 1);
	long nr = s->threads[0].syscall;

	CHECK_STR(syscall_name(nr), "poll");
	sample__free(s);
	/* Saved again where there is none, and read anywhere. */
	nr = CALL_FOREIGN(7);
	s = saved_as(CALLS_ARM64, "x86_64", &nr, 1);
	CHECK_STR(syscall_name(s->threads[0].syscall), "poll");
	sample__free(s);
}

TEST(calls_of_a_later_processor_have_none)
{
	static const long read[] = {0};
	struct sample *s = saved_as(CALLS_ARM64 + 7, "riscv64", read, 1);

	CHECK(!syscall_name(s->threads[0].syscall));
	sample__free(s);
}

TEST(machines)
{
	CHECK_EQ(call_numbers__of("x86_64"), CALLS_X86_64);
	CHECK_EQ(call_numbers__of("aarch64"), CALLS_ARM64);
	CHECK_EQ(call_numbers__of("riscv64"), CALLS_UNKNOWN);
	CHECK_EQ(call_numbers__of(NULL), CALLS_UNKNOWN);
}

TEST_MAIN
