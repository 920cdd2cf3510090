// SPDX-License-Identifier: GPL-2.0-or-later
/* What everything stands on: lists that grow, tables, memory, and its end. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"
#include "util/arena.h"
#include "util/array.h"
#include "util/clock.h"
#include "util/heap.h"
#include "util/table.h"
#include "util/text.h"
#include "util/u64_table.h"

/* ---- without memory ----------------------------------------------------------- */

static int at_exit_pipe;

static void tidy_up(void)
{
	(void)!write(at_exit_pipe, "+", 1);
}

/* Runs it in a child: what that says on standard error, with "+" in it if it tidied up, and its exit status.
 */
static int status_of(void (*run)(void), char *said, size_t size)
{
	int ends[2], status;
	ssize_t n, used = 0;
	pid_t child;

	fflush(stdout);
	if (pipe(ends) || (child = fork()) < 0)
		return -1;
	if (!child) {
		dup2(ends[1], STDERR_FILENO);
		at_exit_pipe = ends[1];
		atexit(tidy_up);
		run();
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], said + used, size - 1 - (size_t)used)) > 0)
		used += n;
	said[used] = '\0';
	close(ends[0]);
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void array_too_long(void)
{
	uint64_t *list = NULL;
	size_t room = 0;

	ARRAY_RESERVE(list, room, SIZE_MAX / 2);
	free(list);
}

static void count_too_large(void)
{
	free(heap__resize(NULL, SIZE_MAX / 4, 8));
}

static void arena_too_large(void)
{
	struct arena a = {0};

	arena__array(&a, SIZE_MAX / 4, 8);
}

TEST(without_memory_it_says_so_tidies_up_and_fails)
{
	static void (*const runs[])(void) = {array_too_long, count_too_large, arena_too_large,
					     heap__exhausted};
	char said[4096];

	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		CHECK_EQ(status_of(runs[i], said, sizeof(said)), 1);
		CHECK_STR(said, "threadscope: out of memory\n+");
	}
}

/* ---- heap, arena ---------------------------------------------------------------- */

TEST(memory_of_no_bytes_is_memory)
{
	void *alloc = heap__alloc(0), *array = heap__array(0, 8), *copy = heap__copy(NULL, 0);

	CHECK(alloc && array && copy);
	array = heap__resize(array, 0, 8);
	CHECK(array != NULL);
	free(alloc);
	free(array);
	free(copy);
}

TEST(texts_are_copied_and_put_together)
{
	char *copy = heap__string("text"), *format = heap__format("%s %d", "a", 7);

	CHECK_STR(copy, "text");
	CHECK_STR(format, "a 7");
	CHECK(!heap__string(NULL));
	free(copy);
	free(format);
}

TEST(an_arena_counts_what_it_gave)
{
	struct arena a = {0};
	char *first = arena__alloc(&a, 1), *large;

	CHECK_EQ(a.bytes, 16);
	CHECK_EQ((uintptr_t)first % 16, 0);
	CHECK_EQ(*first, 0);
	large = arena__alloc(&a, 5 << 20);
	large[(5 << 20) - 1] = 1;
	CHECK_EQ(a.bytes, 16 + (5 << 20));
	CHECK_STR(arena__format(&a, "%d", 12), "12");
	arena__free(&a);
	CHECK(!a.bytes && !a.blocks);
	arena__free(&a);
}

/* ---- array -------------------------------------------------------------------------- */

TEST(an_arena_takes_in_another)
{
	for (int blocks = 0; blocks < 8; blocks++) { /* bits: what is in them before */
		struct arena a = {0}, from = {0};
		char *text = NULL, *large = NULL, *own = NULL;
		size_t bytes;

		if (blocks & 1)
			own = arena__string(&a, "own");
		if (blocks & 2)
			text = arena__string(&from, "taken");
		if (blocks & 4)
			large = arena__alloc(&from, 5 << 20);
		bytes = a.bytes + from.bytes;
		arena__join(&a, &from);
		CHECK_EQ(a.bytes, bytes);
		CHECK(!from.blocks && !from.bytes);
		arena__free(&from);
		CHECK_STR(arena__string(&a, "more"), "more");
		CHECK(!own || !strcmp(own, "own"));
		CHECK(!text || !strcmp(text, "taken"));
		CHECK(!large || !large[(5 << 20) - 1]);
		arena__free(&a);
	}
}

TEST(an_array_grows_by_doubling)
{
	size_t count = 0, room = 0, moves = 0;
	uint32_t *list = NULL;

	for (uint32_t i = 0; i < 100000; i++) {
		size_t before = room;

		*ARRAY_ADD(list, count, room) = i;
		moves += before != room;
	}
	CHECK_EQ(count, 100000);
	CHECK(room >= count && room < 2 * count + 16);
	CHECK(moves <= 14);
	for (uint32_t i = 0; i < count; i++)
		if (list[i] != i)
			CHECK_EQ(list[i], i);
	free(list);
}

TEST(an_array_makes_room_for_many_at_once)
{
	size_t room = 0;
	char *list = NULL;

	ARRAY_RESERVE(list, room, 1000);
	CHECK_EQ(room, 1000);
	memset(list, 'x', room);
	ARRAY_RESERVE(list, room, 10);
	CHECK_EQ(room, 1000);
	ARRAY_RESERVE(list, room, 1001);
	CHECK_EQ(room, 2000);
	CHECK_EQ(list[999], 'x');
	free(list);
}

/* ---- tables -------------------------------------------------------------------------- */

TEST(a_table_keeps_every_number)
{
	struct u64_table t = {0};
	unsigned state = 1;
	bool made;

	CHECK(!u64_table__find(&t, sizeof(uint64_t), 0));
	CHECK(!u64_table__find(&t, sizeof(uint64_t), 7));
	for (uint64_t i = 0; i < 20000; i++) {
		uint64_t key = (uint64_t)next_random(&state) << 40 | i, *record;

		record = u64_table__get(&t, sizeof(*record), key, &made);
		CHECK(made && !*record);
		*record = key;
	}
	CHECK_EQ(t.count, 20000);
	state = 1;
	for (uint64_t i = 0; i < 20000; i++) {
		uint64_t key = (uint64_t)next_random(&state) << 40 | i, *record;

		record = u64_table__find(&t, sizeof(*record), key);
		if (!record || *record != key)
			CHECK(record && *record == key);
		CHECK(u64_table__get(&t, sizeof(*record), key, &made) == record && !made);
	}
	CHECK(!u64_table__find(&t, sizeof(uint64_t), 12345));
	u64_table__free(&t);
	CHECK(!t.count && !u64_table__find(&t, sizeof(uint64_t), 1));
}

/* No number marks what is free: the first and the last one are keys as any. */
TEST(a_table_tells_zero_from_the_largest)
{
	static const uint64_t keys[] = {0, UINT64_MAX, 1};
	struct u64_table t = {0};
	bool made;

	for (size_t i = 0; i < 3; i++) {
		uint64_t *record = u64_table__get(&t, sizeof(*record), keys[i], &made);

		CHECK(made);
		*record = i + 10;
	}
	for (uint64_t i = 2; i < 1000; i++)
		u64_table__get(&t, sizeof(uint64_t), i, &made); /* it grows in between */
	for (size_t i = 0; i < 3; i++) {
		const uint64_t *record = u64_table__find(&t, sizeof(*record), keys[i]);

		CHECK(record && *record == i + 10);
		CHECK(u64_table__get(&t, sizeof(*record), keys[i], &made) == record && !made);
	}
	CHECK_EQ(t.count, 1001);
	u64_table__free(&t);
}

struct named {
	UT_hash_handle hh;
	int key;
};

TEST(uthash_uses_our_memory)
{
	struct named *all = NULL, *n, *next;

	for (int i = 0; i < 1000; i++) {
		n = HEAP_NEW(struct named, 1);
		n->key = i;
		HASH_ADD_INT(all, key, n);
	}
	CHECK_EQ(HASH_COUNT(all), 1000);
	HASH_ITER(hh, all, n, next)
	{
		HASH_DEL(all, n);
		free(n);
	}
	CHECK(!all);
}

/* ---- clock, text ------------------------------------------------------------------------- */

TEST(a_counter_that_is_behind_has_gained_nothing)
{
	CHECK_EQ(gained_since(5, 3), 2);
	CHECK_EQ(gained_since(3, 3), 0);
	CHECK_EQ(gained_since(3, 5), 0);
	CHECK(gained_since(UINT64_MAX, 0) == UINT64_MAX);
}

TEST(clocks_are_nanoseconds)
{
	uint64_t from = monotonic_ns(), to;

	usleep(2000);
	to = monotonic_ns();
	CHECK(to - from >= 2000000);
	CHECK_EQ(timespec_ns((struct timespec){.tv_sec = 5, .tv_nsec = 7}), 5000000007);
	CHECK(clock_ns(CLOCK_REALTIME) > 1700000000 * NS_PER_S);
}

TEST(texts_are_compared)
{
	char a[] = "text";

	CHECK(same_text(a, "text"));
	CHECK(same_text(NULL, NULL));
	CHECK(!same_text(a, NULL) && !same_text(NULL, a) && !same_text(a, "tex"));
	CHECK(starts_with(a, "te") && starts_with(a, "") && starts_with(a, a));
	CHECK(!starts_with(a, "texts") && !starts_with("", "a"));
}

TEST(a_path_has_a_last_part)
{
	CHECK_STR(path_basename("/usr/lib/libc.so.6"), "libc.so.6");
	CHECK_STR(path_basename("libc.so.6"), "libc.so.6");
	CHECK_STR(path_basename("/usr/"), "/usr/");
	CHECK_STR(path_basename("/"), "/");
	CHECK_STR(path_basename(""), "");
	CHECK(!path_basename(NULL));
}

TEST_MAIN
