/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --threads threads wait (in log_line) for log_mutex, which the thread
 * log-writer holds (in flush_log), which itself is blocked. --mode:
 *   write  in a write to a full pipe
 *   sleep  in a sleep
 *   fsync  it writes and fsyncs --path over and over
 * --idle threads have nothing to do.
 */
#include "workload.h"

pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;

static const char *mode, *path;
static int log_fd = -1;
static pid_t owner;
static uint64_t owner_since;
static atomic_bool held;

struct worker {
	pid_t tid;
	uint64_t since_ns;
	atomic_bool started;
};

static void open_full_pipe(void)
{
	char block[4096] = {0};
	int ends[2];

	if (pipe2(ends, O_NONBLOCK))
		die("pipe2");
	while (write(ends[1], block, sizeof(block)) > 0)
		;
	fcntl(ends[1], F_SETFL, 0);
	log_fd = ends[1];
}

static void write_and_fsync(void)
{
	static const char line[120] = "line";

	for (;;) {
		if (write(log_fd, line, sizeof(line)) != sizeof(line) || fsync(log_fd))
			die(path);
		if (lseek(log_fd, 0, SEEK_END) > (1 << 20) && ftruncate(log_fd, 0))
			die(path);
	}
}

FRAME void flush_log(void)
{
	static const char line[] = "a line\n";

	pthread_mutex_lock(&log_mutex);
	owner_since = wall_ns();
	held = true;
	if (!strcmp(mode, "fsync"))
		write_and_fsync();
	if (!strcmp(mode, "write") && write(log_fd, line, sizeof(line)) < 0)
		die("write");
	for (;;)
		sleep_ns(360000ULL * 1000000000);
}

static void *run_writer(void *arg)
{
	set_name("log-writer");
	owner = my_tid();
	flush_log();
	return arg;
}

FRAME void log_line(void)
{
	pthread_mutex_lock(&log_mutex);
	KEEP_FRAME();
}

static void *run_worker(void *arg)
{
	struct worker *me = arg;

	set_name("worker");
	me->tid = my_tid();
	me->since_ns = wall_ns();
	me->started = true;
	log_line();
	KEEP_FRAME();
	return arg;
}

static void *run_idle(void *arg)
{
	set_name("connection");
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "threads mode path idle");
	size_t n = (size_t)option_number(argc, argv, "threads", 8);
	struct worker *workers = calloc(n + 1, sizeof(*workers));

	mode = option(argc, argv, "mode", "write");
	path = option(argc, argv, "path", "log");
	if (!strcmp(mode, "write"))
		open_full_pipe();
	else if (!strcmp(mode, "fsync") &&
		 (log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0)
		die(path);
	for (uint64_t i = option_number(argc, argv, "idle", 0); i > 0; i--)
		start_thread(run_idle, NULL, 65536);
	wait_for_go(&w);
	start_thread(run_writer, NULL, 65536);
	while (!held)
		sleep_ns(1000000);
	if (strcmp(mode, "fsync"))
		wait_until_blocked(owner);
	for (size_t i = 0; i < n; i++)
		start_thread(run_worker, &workers[i], 65536);
	for (size_t i = 0; i < n; i++) {
		while (!workers[i].started)
			sleep_ns(1000000);
		wait_until_blocked(workers[i].tid);
	}
	announcef(&w,
		  "{\"pid\":%d,\"mode\":\"%s\",\"waiters\":%zu,\"waiter_tid\":%d,\"owner_tid\":%d,\"owner_"
		  "since_ns\":%llu,"
		  "\"first_since_ns\":%llu,\"last_since_ns\":%llu,\"lock\":\"log_mutex\",\"address\":\"%p\","
		  "\"fd\":%d}",
		  (int)getpid(), mode, n, (int)workers[0].tid, (int)owner, (unsigned long long)owner_since,
		  (unsigned long long)workers[0].since_ns,
		  (unsigned long long)workers[n ? n - 1 : 0].since_ns, (void *)&log_mutex, log_fd);
	stay(&w);
	return 0;
}
