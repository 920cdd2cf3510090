/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A unit test program: include this, write TEST(name) { CHECK(...); } and one
 * TEST_MAIN. Prints TAP lines; the exit status is 1 if any check failed.
 * Arguments are names: only these tests run.
 */
#ifndef TS_TEST_H
#define TS_TEST_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};
static struct test *test_first, **test_last = &test_first;
static int test_failures; /* of the test that runs */

static void test_register(struct test *t)
{
	*test_last = t;
	test_last = &t->next;
}

/* Constructors of one file run in the order they are written. */
#define TEST(name)                                                         \
	static void test_##name(void);                                     \
	static struct test test_entry_##name = {#name, test_##name, NULL}; \
	__attribute__((constructor)) static void test_add_##name(void)     \
	{                                                                  \
		test_register(&test_entry_##name);                         \
	}                                                                  \
	static void test_##name(void)

#define CHECK(condition)                                                         \
	do {                                                                     \
		if (!(condition)) {                                              \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition); \
			test_failures++;                                         \
		}                                                                \
	} while (0)

#define CHECK_EQ(got, want)                                                                               \
	do {                                                                                              \
		long long got_ = (long long)(got), want_ = (long long)(want);                             \
		if (got_ != want_) {                                                                      \
			printf("# %s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #got, got_, want_); \
			test_failures++;                                                                  \
		}                                                                                         \
	} while (0)

#define CHECK_STR(got, want)                                                                    \
	do {                                                                                    \
		const char *got_ = (got), *want_ = (want);                                      \
		if (!got_ || strcmp(got_, want_)) {                                             \
			printf("# %s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #got, \
			       got_ ? got_ : "(null)", want_);                                  \
			test_failures++;                                                        \
		}                                                                               \
	} while (0)

/* The next of a row of numbers that looks random and is the same each time. */
static inline unsigned next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

static int test_run(int argc, char **argv)
{
	int number = 0, failed = 0;

	for (struct test *t = test_first; t; t = t->next) {
		bool wanted = argc < 2;

		for (int i = 1; i < argc; i++)
			wanted = wanted || !strcmp(argv[i], t->name);
		if (!wanted)
			continue;
		test_failures = 0;
		t->run();
		printf("%sok %d - %s\n", test_failures ? "not " : "", ++number, t->name);
		fflush(stdout);
		failed += test_failures != 0;
	}
	printf("1..%d\n", number);
	return failed || !number;
}

#define TEST_MAIN                            \
	int main(int argc, char **argv)      \
	{                                    \
		return test_run(argc, argv); \
	}

#endif
