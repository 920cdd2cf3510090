/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Crashes whose handler waits, as those of crash reporters do: "null" has called a null pointer, "data" a
 * variable, "wild" an address where nothing is, "broken" has jumped to a null pointer with no return address
 * on its stack, so that nobody can tell who called.
 *
 *   gcc -O2 -g -pthread bad_calls.c -o bad_calls       (also -O0, -Os, clang, musl-gcc, stripped)
 *
 * Perfect stacks: report_crash < on_segv < (return from the signal) < the bad address < call_null (call_data,
 * call_wild) < run_* < the thread's start, complete, as in gdb; of
 * broken truncated behind the bad address.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifdef __clang__
#define FRAME __attribute__((noinline))
#else
#define FRAME __attribute__((noinline, noclone))
#endif
#define KEEP_FRAME() __asm__ volatile("" ::: "memory")

typedef void call(void);

static _Atomic int crashed;
static long variable[64];

FRAME void report_crash(void)
{
	crashed++;
	for (;;)
		pause();
}

static void on_segv(int signal)
{
	(void)signal;
	report_crash();
	KEEP_FRAME();
}

FRAME void call_null(call *volatile f)
{
	f();
	KEEP_FRAME();
}

FRAME void call_data(call *volatile f)
{
	f();
	KEEP_FRAME();
}

FRAME void call_wild(call *volatile f)
{
	f();
	KEEP_FRAME();
}

FRAME void call_broken(void)
{
	__asm__ volatile("xor %%eax, %%eax\n\tpush $0x1234\n\tjmp *%%rax" ::: "rax", "memory");
	KEEP_FRAME();
}

static void *run_null(void *arg)
{
	prctl(PR_SET_NAME, "null", 0, 0, 0);
	call_null(NULL);
	KEEP_FRAME();
	return arg;
}

static void *run_data(void *arg)
{
	prctl(PR_SET_NAME, "data", 0, 0, 0);
	call_data((call *)(void *)variable);
	KEEP_FRAME();
	return arg;
}

static void *run_wild(void *arg)
{
	prctl(PR_SET_NAME, "wild", 0, 0, 0);
	call_wild((call *)0x123456); /* NOLINT */
	KEEP_FRAME();
	return arg;
}

static void *run_broken(void *arg)
{
	prctl(PR_SET_NAME, "broken", 0, 0, 0);
	call_broken();
	KEEP_FRAME();
	return arg;
}

int main(void)
{
	void *(*const runs[])(void *) = {run_null, run_data, run_wild, run_broken};
	struct sigaction action = {.sa_handler = on_segv, .sa_flags = SA_NODEFER};
	pthread_t thread;

	sigaction(SIGSEGV, &action, NULL);
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		pthread_create(&thread, NULL, runs[i], NULL);
	while (crashed < (int)(sizeof(runs) / sizeof(runs[0])))
		usleep(1000);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
