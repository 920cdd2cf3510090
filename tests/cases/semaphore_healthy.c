/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Healthy users of semaphores, which none of their waiters is held up by:
 * - jobs (whose name says lock): workers wait for jobs, one is in a long job, and the one that makes jobs
 * naps before the next;
 * - the same with workers that wake the next one when they end;
 * - slots: three of five threads may work at a time, and do;
 * - a bounded buffer whose consumer waits for the producer; a gate that is closed until the program is ready;
 * - two threads that hand on to each other.
 *
 * Perfect: no warning. Only slots and the gate are used as locks.
 */
#include "case.h"

#include <semaphore.h>

static sem_t lock_for_free, cascade, slots, empty, filled, open_gate, mine, yours;
static volatile int stop, first = 1, done;

FRAME static void work_for_long(void)
{
	sleep_ns(1000000000000);
}

static void work(void)
{
	for (;;) {
		sem_wait(&lock_for_free);
		if (__atomic_exchange_n(&first, 0, __ATOMIC_RELAXED))
			work_for_long();
		done++;
	}
}

static void make_jobs(void)
{
	for (;;) {
		sem_post(&lock_for_free);
		sleep_ns(1000000000000);
	}
}

static void work_until_stop(void)
{
	for (;;) {
		sem_wait(&cascade);
		if (stop) {
			sem_post(&cascade);
			return;
		}
		done++;
	}
}

static void work_in_slot(void)
{
	for (;;) {
		sem_wait(&slots);
		work_for_long();
		sem_post(&slots);
	}
}

static void consume(void)
{
	for (;;) {
		sem_wait(&filled);
		done++;
		sem_post(&empty);
	}
}

static void produce(void)
{
	for (;;) {
		sem_wait(&empty);
		sleep_ns(1000000000000);
		sem_post(&filled);
	}
}

static void pass_gate(void)
{
	sem_wait(&open_gate);
	sem_post(&open_gate);
	sleep_for_ever();
}

static void prepare(void)
{
	sleep_ns(1000000000000);
	sem_post(&open_gate);
}

static void hand_on(void)
{
	for (;;) {
		sem_wait(&mine);
		done++;
		sem_post(&yours);
	}
}

static void hand_back(void)
{
	for (;;) {
		sem_wait(&yours);
		sleep_ns(1000000000000);
		sem_post(&mine);
	}
}

int main(void)
{
	sem_t *const closed[] = {&lock_for_free, &cascade, &filled, &open_gate, &mine};

	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
		sem_init(closed[i], 0, 0);
	sem_init(&slots, 0, 3);
	sem_init(&empty, 0, 4);
	sem_init(&yours, 0, 1);
	start_blocked("makes-jobs", make_jobs);
	start_blocked("produces", produce);
	start_blocked("prepares", prepare);
	start_blocked("hands-back", hand_back);
	for (int i = 0; i < 3; i++) {
		start_blocked("works", work);
		start_blocked("until-stop", work_until_stop);
		start_blocked("passes-gate", pass_gate);
	}
	for (int i = 0; i < 5; i++)
		start_blocked("in-slot", work_in_slot);
	start_blocked("consumes", consume);
	start_blocked("consumes", consume);
	start_blocked("hands-on", hand_on);
	sleep_ns(1200000000);
	tell("ready");
	sleep_for_ever();
}
