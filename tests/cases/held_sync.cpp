/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * held_sync FILE: "log-writer" writes and syncs a line with log_mutex held, again and again, on a disk whose
 * syncs take long; eight workers want to write a line, too.
 *
 * Perfect: 8 threads wait, up to T, for log_mutex, held by log-writer, which has been in fsync(FILE) for T.
 */
#include <fcntl.h>
#include <mutex>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

std::mutex log_mutex;
static int log_fd;

__attribute__((noinline)) static void sync_line()
{
	std::lock_guard<std::mutex> guard(log_mutex);
	if (write(log_fd, "a line\n", 7) != 7 || fsync(log_fd))
		_exit(1);
}

static void sync_lines()
{
	prctl(PR_SET_NAME, "log-writer");
	for (;;)
		sync_line();
}

static void write_lines()
{
	prctl(PR_SET_NAME, "worker");
	for (;;) {
		std::lock_guard<std::mutex> guard(log_mutex);
		if (write(log_fd, "another\n", 8) != 8)
			_exit(1);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	log_fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log_fd < 0)
		return 1;
	std::thread(sync_lines).detach();
	usleep(100000);
	for (int i = 0; i < 8; i++)
		std::thread(write_lines).detach();
	sleep(2);
	if (write(1, "ready\n", 6) != 6)
		return 1;
	for (;;)
		pause();
}
