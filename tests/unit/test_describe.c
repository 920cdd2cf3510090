/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that are longer than there is room for. */
#include <stdlib.h>

#include "test.h"
#include "words/describe.h"

static const char *in(size_t size, const char *name)
{
	static char text[4200];

	memset(text, 'Z', sizeof(text));
	describe_function(text, size, name);
	CHECK(strlen(text) < size && text[size] == 'Z');
	return text;
}

TEST(what_fits_is_whole)
{
	CHECK_STR(in(32, "Cache<Key, Value>::put"), "Cache<Key, Value>::put");
	CHECK_STR(in(23, "Cache<Key, Value>::put"), "Cache<Key, Value>::put");
	CHECK_STR(in(8, ""), "");
}

TEST(template_arguments_go_first)
{
	CHECK_STR(in(22, "Cache<Key, Value>::put"), "Cache<...>::put");
	CHECK_STR(in(40, "a::Map<std::pair<int, long>, b<c<d>>>::find<long>"), "a::Map<...>::find<...>");
	CHECK_STR(in(16, "Cache<Key, Value, cut o"), "Cache<...>");
	CHECK_STR(in(40, "<alloc::vec::Vec<u8> as core::fmt::Write>::write_str"), "<...>::write_str");
}

TEST(operators_are_no_brackets)
{
	CHECK_STR(in(40, "std::operator<< <std::char_traits<char> >"), "std::operator<< <...>");
	CHECK_STR(in(40, "std::shared_ptr<company::product::Thing>::operator->"),
		  "std::shared_ptr<...>::operator->");
	CHECK_STR(in(40, "a::Key<long_parameter_name, another>::operator<"), "a::Key<...>::operator<");
	CHECK_STR(in(40, "a::Key<long_parameter_name, another>::operator<=>"), "a::Key<...>::operator<=>");
}

/* The end says which function it is. */
TEST(then_the_beginning)
{
	CHECK_STR(in(16, "company::product::storage::put"), "...storage::put");
	CHECK_STR(in(16, "company::Cache<A, B>::longer_name_of_it"), "...r_name_of_it");
	CHECK_STR(in(16, "no>pair<of>brackets<here"), "...rackets<here");
	CHECK_STR(in(9, "abcd\xc3\xa4\xc3\xa4xyz"), "...\xc3\xa4xyz");
}

TEST(any_buffer_and_any_name)
{
	static const char parts[][12] = {"<", ">", "operator", "->", "a", "::", "\xc3\xa4", " "};
	char name[256];

	srand(1);
	for (int round = 0; round < 5000; round++) {
		*name = '\0';
		for (int i = rand() % 20; i > 0; i--)
			strcat(name, parts[rand() % 8]);
		in(1 + (size_t)rand() % 64, name);
	}
}

TEST(threads_that_run)
{
	static const struct frame frames[] = {
		{.function = "compress"}, {.function = "flush"}, {.function = "main"}};
	struct thread_row t = {.state = 'R'};
	char text[64];

	CHECK_STR(describe_running(text, sizeof(text), &t), "running");
	/* only what was seen while it ran */
	t.stack = (struct call_stack){
		.frames = frames, .count = 2, .end = STACK_RUNNING, .sampled = STACK_COMPLETE};
	CHECK_STR(describe_running(text, sizeof(text), &t), "running, seen in compress < flush");
	t.stack.count = 3;
	CHECK_STR(describe_running(text, sizeof(text), &t), "running, seen in compress < flush < ...");
	t = (struct thread_row){.state = 'Z'};
	CHECK_STR(describe_running(text, sizeof(text), &t), "dead");
}

TEST_MAIN
