/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A semaphore with the value 1 as a lock: "writer" has it and sleeps, three threads wait for it. Argument:
 * what it is: object (a member of an object, behind functions of the program's own), named (sem_open), alone
 * (a variable, with one waiter whose time-out is far away).
 *
 * Perfect: a warning that names the semaphore and its likely holder, and what that is in. Nobody is idle.
 */
#include "case.h"

#include <semaphore.h>
#include <time.h>

struct database {
	int version;
	sem_t permit;
	int rows;
};

static struct database *database;
static sem_t *named, busy;

FRAME static void enter(struct database *d)
{
	sem_wait(&d->permit);
}

FRAME static void leave(struct database *d)
{
	d->rows++;
	sem_post(&d->permit);
}

FRAME static int query(struct database *d)
{
	enter(d);
	d->version++;
	leave(d);
	return d->rows;
}

static void ask(void)
{
	while (query(database) >= 0)
		KEEP_FRAME();
}

static void write_to_it(void)
{
	enter(database);
	sleep_ns(1000000000000);
	leave(database);
}

FRAME static int one_query(void)
{
	if (sem_wait(named))
		return -1;
	database->version++;
	return sem_post(named);
}

static void ask_named(void)
{
	while (one_query() >= 0)
		KEEP_FRAME();
}

static void write_named(void)
{
	sem_wait(named);
	sleep_ns(1000000000000);
	sem_post(named);
}

static void ask_in_time(void)
{
	struct timespec end = {.tv_sec = time(NULL) + 100000};

	while (sem_timedwait(&busy, &end) == 0) {
		database->version++;
		sem_post(&busy);
	}
}

static void write_alone(void)
{
	while (sem_trywait(&busy))
		sleep_ns(1000000);
	sleep_for_ever();
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "object";
	void (*writer)(void) = write_to_it, (*waiter)(void) = ask;
	int waiters = 3;
	pid_t holder;

	database = calloc(1, sizeof(*database));
	sem_init(&database->permit, 0, 1);
	sem_init(&busy, 0, 1);
	if (!strcmp(what, "named")) {
		/* Who creates it has it by another name. */
		if (!fork())
			_exit(sem_open("/ts-case", O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED);
		wait(NULL);
		named = sem_open("/ts-case", 0);
		sem_unlink("/ts-case");
		if (named == SEM_FAILED)
			die("sem_open");
		writer = write_named;
		waiter = ask_named;
	} else if (!strcmp(what, "alone")) {
		writer = write_alone;
		waiter = ask_in_time;
		waiters = 1;
	}
	holder = start_blocked("writer", writer);
	for (int i = 0; i < waiters; i++)
		start_blocked("asks", waiter);
	sleep_ns(1200000000);
	tell("ready holder=%d", (int)holder);
	sleep_for_ever();
}
