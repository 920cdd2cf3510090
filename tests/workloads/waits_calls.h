/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the threads of waits.c wait on, and the calls by which they do. */
#ifndef WAITS_CALLS_H
#define WAITS_CALLS_H

#include "workload.h"
#include <linux/futex.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#ifndef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP /* musl has no such kind */
#define PTHREAD_MUTEX_ADAPTIVE_NP PTHREAD_MUTEX_NORMAL
#endif

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

pthread_mutex_t lock_normal = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t lock_recursive, lock_errorcheck, lock_adaptive, lock_robust, lock_pi;
pthread_rwlock_t lock_rwlock_read = PTHREAD_RWLOCK_INITIALIZER;
pthread_rwlock_t lock_rwlock_write = PTHREAD_RWLOCK_INITIALIZER;
pthread_rwlock_t lock_rwlock_readers = PTHREAD_RWLOCK_INITIALIZER;
pthread_mutex_t cond_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t cond_timed_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t lock_cond = PTHREAD_COND_INITIALIZER;
pthread_cond_t lock_cond_timed = PTHREAD_COND_INITIALIZER;
pthread_barrier_t lock_barrier;
sem_t lock_semaphore;
uint32_t lock_raw_futex;
struct futex_waitv lock_list[2];
uint32_t lock_waitv, lock_waitv_other;
struct {
	long other[3];
	pthread_mutex_t mutex;
	_Alignas(128) pthread_rwlock_t rwlock; /* whatever the size of the one before */
	_Alignas(64) pthread_cond_t cond;
} lock_members = {.mutex = PTHREAD_MUTEX_INITIALIZER,
		  .rwlock = PTHREAD_RWLOCK_INITIALIZER,
		  .cond = PTHREAD_COND_INITIALIZER};
static struct {
	pthread_mutex_t mutex;
	pthread_rwlock_t rwlock;
	pthread_cond_t cond;
} * heap;
static pthread_t join_target;
static int empty_pipe[2], full_pipe[2], listener, full_listener, epoll;
static struct sockaddr_un full_address;
static socklen_t full_address_len = sizeof(full_address);
static pid_t child;
static bool have_pi, have_waitv;
static atomic_int holding;

static struct timespec far_away(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_sec += 360000;
	return t;
}

/* How the threads wait; the calls that need more than a line follow. */
#define WAIT(name, call)              \
	static void wait_##name(void) \
	{                             \
		call;                 \
	}
WAIT(normal, pthread_mutex_lock(&lock_normal))
WAIT(recursive, pthread_mutex_lock(&lock_recursive))
WAIT(errorcheck, pthread_mutex_lock(&lock_errorcheck))
WAIT(adaptive, pthread_mutex_lock(&lock_adaptive))
WAIT(robust, pthread_mutex_lock(&lock_robust))
WAIT(pi, pthread_mutex_lock(&lock_pi))
WAIT(rwlock_read, pthread_rwlock_rdlock(&lock_rwlock_read))
WAIT(rwlock_write, pthread_rwlock_wrlock(&lock_rwlock_write))
WAIT(rwlock_readers, pthread_rwlock_wrlock(&lock_rwlock_readers))
WAIT(semaphore, sem_wait(&lock_semaphore))
WAIT(barrier, pthread_barrier_wait(&lock_barrier))
WAIT(join, pthread_join(join_target, NULL))
WAIT(raw_futex, syscall(SYS_futex, &lock_raw_futex, FUTEX_WAIT_PRIVATE, 0, NULL))
WAIT(waitv, syscall(SYS_futex_waitv, lock_list, 2, 0, NULL, 0))
WAIT(member, pthread_mutex_lock(&lock_members.mutex))
WAIT(member_rwlock, pthread_rwlock_rdlock(&lock_members.rwlock))
WAIT(heap, pthread_mutex_lock(&heap->mutex))
WAIT(heap_rwlock, pthread_rwlock_wrlock(&heap->rwlock))
WAIT(sleep, sleep_ns(360000ULL * 1000000000))
WAIT(accept, accept(listener, NULL, NULL))
WAIT(child, waitpid(child, NULL, 0))

static void wait_cond(void)
{
	pthread_mutex_lock(&cond_mutex);
	for (;;)
		pthread_cond_wait(&lock_cond, &cond_mutex);
}

static void wait_cond_timed(void)
{
	struct timespec until = far_away(CLOCK_REALTIME);

	pthread_mutex_lock(&cond_timed_mutex);
	for (;;)
		pthread_cond_timedwait(&lock_cond_timed, &cond_timed_mutex, &until);
}

static void wait_on(pthread_cond_t *cond)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&mutex);
	for (;;)
		pthread_cond_wait(cond, &mutex);
}
WAIT(member_cond, wait_on(&lock_members.cond))
WAIT(heap_cond, wait_on(&heap->cond))

static void wait_timed(void)
{
	struct timespec until = far_away(CLOCK_REALTIME);

	pthread_mutex_timedlock(&lock_normal, &until);
}

static void wait_semaphore_timed(void)
{
	struct timespec until = far_away(CLOCK_REALTIME);

	sem_timedwait(&lock_semaphore, &until);
}

static void wait_read(void)
{
	char c;

	if (read(empty_pipe[0], &c, 1) < 0)
		die("read");
}

static void wait_write(void)
{
	char block[4096] = {0};

	if (write(full_pipe[1], block, sizeof(block)) < 0)
		die("write");
}

static void wait_poll(void)
{
	struct pollfd p = {.fd = empty_pipe[0], .events = POLLIN};

	poll(&p, 1, -1);
}

static void wait_poll_timed(void)
{
	struct pollfd p = {.fd = empty_pipe[0], .events = POLLIN};

	poll(&p, 1, 1000000000);
}

static void wait_epoll(void)
{
	struct epoll_event e;

	epoll_wait(epoll, &e, 1, -1);
}

static void wait_epoll_timed(void)
{
	struct epoll_event e;

	epoll_wait(epoll, &e, 1, 1000000000);
}

static void select_for(struct timeval *most)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(empty_pipe[0], &set);
	select(empty_pipe[0] + 1, &set, NULL, NULL, most);
}
WAIT(select, select_for(NULL))
WAIT(select_timed, select_for(&(struct timeval){.tv_sec = 1000000}))

static void wait_connect(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	connect(fd, (struct sockaddr *)&full_address, full_address_len);
}

static void wait_signal(void)
{
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigwait(&set, &got);
}

#endif
