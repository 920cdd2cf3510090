/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small service with four faults, for threadscope to show: every connection
 * (five a second) leaves a thread behind, all workers contend on log_mutex,
 * the owner waits for the disk, and its log is archived again and again with the
 * lock held: for three seconds on any disk, a faster one is given more to
 * write. Runs until killed and prints nothing.
 *   demo-service [DIRECTORY]    where its log goes; default: one of its own in /var/tmp
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define WORKERS     8
#define MAX_LEAKED  500
#define ARCHIVE_MS  3000
#define ARCHIVE_MAX (64 << 20) /* bytes; from there on it is written from its beginning again */
#define BLOCK       16384
#define STACK_BYTES 65536

#ifdef __clang__
#define FRAME __attribute__((noinline))
#else
#define FRAME __attribute__((noinline, noclone))
#endif
/* Put after a call that must not become a jump. */
#define KEEP_FRAME() __asm__ volatile("" ::: "memory")

pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;

static char log_directory[4096 - 16], log_path[4096], archive_path[4096], mark_path[4096];
static int log_fd;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void nap(long ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* write and fsync with the lock held: the fault */
FRAME void log_line(const char *line)
{
	pthread_mutex_lock(&log_mutex);
	if (write(log_fd, line, strlen(line)) < 0 || fsync(log_fd))
		die(log_path);
	pthread_mutex_unlock(&log_mutex);
}

FRAME void write_archive(void)
{
	static char block[BLOCK];
	long end = now_ms() + ARCHIVE_MS;
	int fd = open(archive_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		die(archive_path);
	for (off_t at = 0; now_ms() < end; at += BLOCK) {
		if (at == ARCHIVE_MAX)
			at = lseek(fd, 0, SEEK_SET);
		if (write(fd, block, sizeof(block)) < 0 || fsync(fd)) /* each: a fault, too */
			die(archive_path);
	}
	close(fd);
}

/* All with the lock held, so no thread can log meanwhile. mark_path is there as long as it takes. */
FRAME void rotate_log(void)
{
	pthread_mutex_lock(&log_mutex);
	close(open(mark_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	write_archive();
	if (ftruncate(log_fd, 0))
		die(log_path);
	unlink(mark_path);
	pthread_mutex_unlock(&log_mutex);
}

static void *run_rotator(void *arg)
{
	prctl(PR_SET_NAME, "log-rotator");
	for (;;) {
		nap(300);
		rotate_log();
	}
	return arg;
}

FRAME void serve_request(int worker, unsigned long request)
{
	char line[120];

	snprintf(line, sizeof(line), "worker %d served request %lu: 200 OK\n", worker, request);
	log_line(line);
	nap(2);
}

static void *run_worker(void *arg)
{
	int number = (int)(long)arg;
	char name[16];

	snprintf(name, sizeof(name), "worker-%d", number);
	prctl(PR_SET_NAME, name);
	for (unsigned long request = 1;; request++)
		serve_request(number, request);
	return NULL;
}

FRAME void wait_for_client(void)
{
	for (;;) /* it hung up long ago */
		pause();
}

static void *run_connection(void *arg)
{
	prctl(PR_SET_NAME, "connection");
	wait_for_client();
	return arg;
}

FRAME void start_detached(void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_create(&thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
}

FRAME void handle_connection(void)
{
	start_detached(run_connection, NULL);
	KEEP_FRAME();
}

FRAME void accept_loop(void)
{
	for (int leaked = 0;; leaked++) {
		nap(200);
		if (leaked < MAX_LEAKED)
			handle_connection();
	}
}

/* Leaves nothing behind when it is asked to end. */
static void end_service(int signal_number)
{
	(void)signal_number;
	unlink(mark_path);
	unlink(archive_path);
	unlink(log_path);
	rmdir(log_directory);
	_exit(0);
}

static void open_log(const char *directory)
{
	if (snprintf(log_directory, sizeof(log_directory), "%s",
		     directory ? directory : "/var/tmp/demo-service.XXXXXX") >= (int)sizeof(log_directory)) {
		fprintf(stderr, "demo-service: the directory's name is too long\n");
		exit(2);
	}
	if (!directory && !mkdtemp(log_directory))
		die(log_directory);
	snprintf(log_path, sizeof(log_path), "%s/service.log", log_directory);
	snprintf(archive_path, sizeof(archive_path), "%s/service.log.1", log_directory);
	snprintf(mark_path, sizeof(mark_path), "%s/rotating", log_directory);
	log_fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (log_fd < 0)
		die(log_path);
}

int main(int argc, char **argv)
{
	open_log(argc > 1 ? argv[1] : NULL);
	signal(SIGTERM, end_service);
	signal(SIGINT, end_service);
	signal(SIGHUP, end_service);
	for (long i = 1; i <= WORKERS; i++)
		start_detached(run_worker, (void *)i);
	start_detached(run_rotator, NULL);
	accept_loop();
	KEEP_FRAME();
	return 0;
}
