/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Its main thread has ended, the others go on: one thread each with a name that
 * is hard to show, waiting, and one that tells. The process itself has such a
 * name, too.
 */
#include "workload.h"

static struct workload w;

/* As text between JSON's quotes, where it has to be escaped. */
static const char *const NAMES[] = {"\033[2J\033[31mred",
				    ") S 1 2 (",
				    "two\nlines\t",
				    "\xff\xfe\xc3(",
				    "",
				    "\xe2\x80\xae"
				    "right",
				    "\\x1b\"",
				    "%s%n"};
#define COUNT (sizeof(NAMES) / sizeof(NAMES[0]))

static void *run_named(void *arg)
{
	prctl(PR_SET_NAME, arg, 0, 0, 0);
	for (;;)
		pause();
	return arg;
}

static void *run_teller(void *arg)
{
	unsigned long switches;

	set_name("teller");
	while (thread_state(getpid(), &switches) != 'Z')
		sleep_ns(1000000);
	announcef(&w, "{\"pid\":%d,\"teller_tid\":%d,\"named\":%zu}", (int)getpid(), (int)my_tid(), COUNT);
	stay(&w);
	exit(0);
	return arg;
}

int main(int argc, char **argv)
{
	w = workload_begin(argc, argv, "");
	for (size_t i = 0; i < COUNT; i++)
		start_thread(run_named, (void *)NAMES[i], 65536);
	start_thread(run_teller, NULL, 65536);
	prctl(PR_SET_NAME, "ev)il\033[1m\n(x", 0, 0, 0);
	pthread_exit(NULL);
}
