/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A consumer waits for a std::condition_variable, which "producer" notifies every 300 ms, one for a condition
 * variable that nobody notifies, and one for a POSIX semaphore that nobody posts.
 *
 * Perfect: who notified queue last; that nobody has been seen to notify forgotten, or to post mailbox, and
 * for how long. No finding.
 */
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <semaphore.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

struct jobs {
	std::condition_variable filled;
	std::mutex lock;
	int count = 0;
};

static jobs queue, forgotten;
static sem_t mailbox;

static void take(jobs *q)
{
	for (;;) {
		std::unique_lock<std::mutex> held(q->lock);

		q->filled.wait(held, [&] { return q->count > 0; });
		q->count--;
	}
}

static void produce()
{
	prctl(PR_SET_NAME, "producer");
	std::printf("ready producer=%ld\n", syscall(SYS_gettid));
	std::fflush(stdout);
	for (;;) {
		{
			std::lock_guard<std::mutex> held(queue.lock);
			queue.count++;
		}
		queue.filled.notify_one();
		std::this_thread::sleep_for(std::chrono::milliseconds(300));
	}
}

int main()
{
	sem_init(&mailbox, 0, 0);
	std::thread(take, &queue).detach();
	std::thread(take, &forgotten).detach();
	std::thread([] { sem_wait(&mailbox); }).detach();
	std::this_thread::sleep_for(std::chrono::milliseconds(300));
	std::thread(produce).detach();
	for (;;)
		pause();
}
