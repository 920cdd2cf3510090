/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 10 threads nap for 50 us again and again and time each nap themselves. The program says how long the
 * longest nap was, each second, and at SIGTERM for all the time.
 *
 *   gcc -O2 -g -pthread nap_truth.c -o nap_truth
 *
 * Perfect answer of a snapshot: no napper is asleep for longer than that.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NAPPERS 10

static volatile long longest[NAPPERS];
static volatile sig_atomic_t end;

static long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void *nap(void *arg)
{
	long i = (long)arg;

	pthread_setname_np(pthread_self(), "napper");
	for (;;) {
		long took = now_ns();

		usleep(50);
		took = now_ns() - took;
		if (took > longest[i])
			longest[i] = took;
	}
	return NULL;
}

static void on_term(int signal)
{
	end = signal;
}

static long longest_of_all(void)
{
	long most = 0;

	for (int i = 0; i < NAPPERS; i++) {
		if (longest[i] > most)
			most = longest[i];
	}
	return most;
}

static void say(const char *which)
{
	printf("%slongest %ld us\n", which, longest_of_all() / 1000);
	fflush(stdout);
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_term};
	pthread_t thread;

	sigaction(SIGTERM, &action, NULL);
	for (long i = 0; i < NAPPERS; i++)
		pthread_create(&thread, NULL, nap, (void *)i);
	puts("ready");
	for (int round = 0; !end; round++) {
		if (round % 100 == 0)
			say("");
		printf("longest_ns=%ld\n", longest_of_all());
		fflush(stdout);
		usleep(10000);
	}
	usleep(100000); /* what is in flight counts, too */
	say("all: ");
}
