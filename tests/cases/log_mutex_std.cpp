/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Six threads of C++ append to a log, each with fdatasync under one std::mutex. Perfect: one sentence on the
 * lock, who holds it, and the sync that its holder is in; what the log suffers stands below it.
 *   log_mutex_std FILE
 */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

static std::mutex journal_lock;
static int journal;

static void append_line()
{
	std::lock_guard<std::mutex> guard(journal_lock);

	if (write(journal, "a line\n", 7) != 7 || fdatasync(journal))
		abort();
}

int main(int argc, char **argv)
{
	journal = argc > 1 ? open(argv[1], O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
	if (journal < 0)
		return 1;
	for (int i = 0; i < 6; i++)
		std::thread([] {
			for (;;) {
				append_line();
				std::this_thread::sleep_for(std::chrono::milliseconds(2));
			}
		}).detach();
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
