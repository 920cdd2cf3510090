/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes to a full pipe that a signal, or the end of their thread, interrupts. --mode:
 *   fails    by a handler without SA_RESTART; afterwards the thread computes for five times as long
 *   jump     the handler does not return: it jumps out of the write
 *   handler  the handler writes to --path itself, and the write is taken up again when it returns
 *   killed   another thread executes the program anew, which kills the one that writes, and writes to --path
 */
#include "workload.h"
#include <setjmp.h>
#include <signal.h>

#define PIPE_BYTES 4096
#define AFTER      50 /* lines of the new program */

static int ends[2], log_fd;
static const char *mode;
static char **arguments;
static sigjmp_buf out;
static atomic_bool handled;
static atomic_int writer_tid;

static void handler(int signal)
{
	int saved = errno;

	(void)signal;
	if (!strcmp(mode, "handler") && write(log_fd, "handled\n", 8) != 8)
		_exit(1);
	errno = saved;
	atomic_store(&handled, true);
	if (!strcmp(mode, "jump"))
		siglongjmp(out, 1);
}

/* Sends the main thread its signal once that is blocked; then makes room for its write, if it is taken up
 * again. */
static void *interrupt(void *arg)
{
	static char drained[PIPE_BYTES];

	wait_until_blocked(getpid());
	pthread_kill(*(pthread_t *)arg, SIGUSR1);
	while (!atomic_load(&handled))
		sleep_ns(1000000);
	if (!strcmp(mode, "handler")) {
		wait_until_blocked(getpid());
		if (read(ends[0], drained, PIPE_BYTES) != PIPE_BYTES)
			die("read");
	}
	return NULL;
}

static void *write_blocked(void *arg)
{
	atomic_store(&writer_tid, my_tid());
	if (write(ends[1], "never written", 13) >= 0)
		die("a write to a full pipe");
	return arg;
}

static void *execute(void *arg)
{
	static char after[] = "--after", yes[] = "1";
	char *args[32];
	int n = 0;

	while (!atomic_load(&writer_tid))
		sleep_ns(1000000);
	wait_until_blocked(atomic_load(&writer_tid));
	for (; arguments[n] && n < 28; n++)
		args[n] = arguments[n];
	args[n++] = after;
	args[n++] = yes;
	args[n] = NULL;
	execv("/proc/self/exe", args);
	die("execv");
	return arg;
}

static void write_interrupted(struct calls *calls)
{
	static pthread_t self; /* a jump leaves it alone */
	pthread_t other;
	ssize_t n;

	self = pthread_self();
	other = start_thread(interrupt, &self, 0);
	if (!sigsetjmp(out, 1)) {
		call_begins(calls);
		n = write(ends[1], "interrupted\n", 12);
		call_ended(calls);
		if (strcmp(mode, "handler") ? n != -1 || errno != EINTR : n != 12)
			die("the interrupted write");
	} else {
		call_ended(calls);
	}
	for (uint64_t until = now_ns() + 5 * calls->most[0]; !strcmp(mode, "fails") && now_ns() < until;)
		;
	pthread_join(other, NULL);
}

static void be_killed(void)
{
	start_thread(write_blocked, NULL, 0);
	start_thread(execute, NULL, 0);
	sleep_for_ever();
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "mode path after");
	const char *path = option(argc, argv, "path", "the.log");
	static const char block[PIPE_BYTES];
	static struct calls calls;

	calls = calls_new(1);
	mode = option(argc, argv, "mode", "fails");
	arguments = argv;
	log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log_fd < 0)
		die(path);
	if (option_number(argc, argv, "after", 0)) {
		for (int i = 0; i < AFTER; i++)
			if (write(log_fd, "after\n", 6) != 6)
				die("write");
	} else {
		struct sigaction action = {.sa_handler = handler,
					   .sa_flags = strcmp(mode, "fails") ? SA_RESTART : 0};

		sigaction(SIGUSR1, &action, NULL);
		if (pipe2(ends, O_CLOEXEC) || fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) != PIPE_BYTES)
			die("pipe");
		wait_for_go(&w);
		if (write(ends[1], block, PIPE_BYTES) != PIPE_BYTES)
			die("write");
		if (!strcmp(mode, "killed"))
			be_killed();
		write_interrupted(&calls);
	}
	announcef(&w, "{\"pid\":%d,\"path\":\"%s\",\"lines\":%d,%s}", (int)getpid(), path, AFTER,
		  calls_json(&calls));
	stay(&w);
	return 0;
}
