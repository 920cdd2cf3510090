/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workers take turns, with a lock held, at what may bring work. Argument, where: pipe (jobs of another
 * thread), eventfd, semaphore (that counts jobs), datagrams (of a port that the kernel chose), prefork
 * (processes take turns by flock at a pipe of jobs of their parent), jobserver (the same, and each process
 * has both ends). Healthy: perfect is no warning. Or answer: a pipe that a child writes to, which does not.
 *
 * Perfect of answer: a warning, as the child holds up the threads.
 */
#include "case.h"

#include <netinet/in.h>
#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>

#define WORKERS 4

pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static sem_t jobs;
static int from = -1, give = -1, lock;
static char buf[64];
static bool children_both;

FRAME static void get(void)
{
	if (from < 0)
		sem_wait(&jobs);
	else if (read(from, buf, sizeof(buf)) < 0)
		die("read");
}

FRAME static void work(void)
{
	for (;;) {
		pthread_mutex_lock(&turn);
		get();
		pthread_mutex_unlock(&turn);
	}
}

/* In a process of its own. */
FRAME static void work_alone(void)
{
	if (!children_both)
		close(give);
	lock = open("turn", O_RDWR);
	for (;;) {
		flock(lock, LOCK_EX);
		get();
		flock(lock, LOCK_UN);
	}
}

static void open_pipe(void)
{
	int ends[2];

	if (pipe(ends))
		die("pipe");
	from = ends[0];
	give = ends[1];
}

static void prefork(bool both)
{
	pid_t pid = 0;

	children_both = both;
	open_pipe();
	close(open("turn", O_RDWR | O_CREAT, 0600));
	for (int i = 0; i < WORKERS; i++)
		pid = start_child("worker", work_alone);
	sleep_ns(1200000000);
	tell("ready pid=%d", (int)pid);
	sleep_for_ever();
}

static void silent_child(void)
{
	close(from);
	sleep_for_ever();
}

static void bind_any(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	from = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(from, (struct sockaddr *)&any, sizeof(any)))
		die("bind");
}

int main(int argc, char **argv)
{
	const char *where = argc == 2 ? argv[1] : "pipe";

	if (!strcmp(where, "prefork") || !strcmp(where, "jobserver"))
		prefork(!strcmp(where, "jobserver"));
	if (!strcmp(where, "pipe") || !strcmp(where, "answer"))
		open_pipe();
	else if (!strcmp(where, "eventfd"))
		from = eventfd(0, 0);
	else if (!strcmp(where, "datagrams"))
		bind_any();
	if (!strcmp(where, "answer")) {
		start_child("silent", silent_child);
		close(give);
	}
	sem_init(&jobs, 0, 0);
	for (int i = 0; i < WORKERS; i++)
		start_blocked("worker", work);
	sleep_ns(1200000000);
	tell("ready");
	sleep_for_ever();
}
