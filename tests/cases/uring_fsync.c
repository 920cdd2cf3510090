/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "committer" submits an fsync of FILE by io_uring, on a slow device, and waits for its completion with
 * commit_lock held. Five workers want the lock; with "alone" as second argument there are none.
 *
 * Perfect: 5 threads wait for commit_lock, held by committer, which waits for an fsync that it submitted by
 * io_uring. Not: idle.
 */
#include "case.h"
#include <liburing.h>

static pthread_mutex_t commit_lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd;

FRAME void wait_for_sync(struct io_uring *ring)
{
	struct io_uring_cqe *done;

	io_uring_prep_fsync(io_uring_get_sqe(ring), log_fd, 0);
	if (io_uring_submit(ring) != 1 || io_uring_wait_cqe(ring, &done))
		die("io_uring");
	io_uring_cqe_seen(ring, done);
}

static void commit(void)
{
	struct io_uring ring;

	if (io_uring_queue_init(8, &ring, 0))
		die("io_uring_queue_init");
	for (;;) {
		pthread_mutex_lock(&commit_lock);
		if (write(log_fd, "x\n", 2) != 2)
			die("write");
		wait_for_sync(&ring);
		pthread_mutex_unlock(&commit_lock);
	}
}

static void work(void)
{
	pthread_mutex_lock(&commit_lock);
	pthread_mutex_unlock(&commit_lock);
	sleep_on();
}

int main(int argc, char **argv)
{
	pid_t committer;

	log_fd = argc > 1 ? open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;
	if (log_fd < 0)
		return 2;
	committer = start_named("committer", commit);
	wait_until_still(committer);
	for (int i = 0; argc < 3 && i < 5; i++)
		start_blocked("worker", work);
	sleep_ns(200000000);
	tell("ready committer=%d", (int)committer);
	sleep_on();
}
