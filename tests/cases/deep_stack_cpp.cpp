/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parser that calls itself by two functions in turn, 12,000 frames deep, in a thread of its own with a
 * large stack.
 *
 * Perfect: both ends of the stack, and how many frames are left out between them.
 */
#include <cstdio>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

static volatile int depth;

struct parser {
	__attribute__((noinline)) int value(int left);
	__attribute__((noinline)) int list(int left);
};

int parser::list(int left)
{
	int found = value(left - 1);

	depth = left;
	return found + depth;
}

int parser::value(int left)
{
	int found;

	if (left <= 0) {
		std::puts("ready");
		std::fflush(stdout);
		for (;;)
			pause();
	}
	found = list(left - 1);
	depth = left;
	return found + depth;
}

static void *parse(void *)
{
	prctl(PR_SET_NAME, "parser");
	parser().value(12000);
	return nullptr;
}

int main()
{
	pthread_attr_t big;
	pthread_t t;

	pthread_attr_init(&big);
	pthread_attr_setstacksize(&big, 64 << 20);
	pthread_create(&t, &big, parse, nullptr);
	pthread_join(t, nullptr);
}
