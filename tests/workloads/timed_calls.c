/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls of known number on known places in the folder --path, some of them slow, interrupted, or with a path
 * that is not in memory when they begin.
 */
#include "workload.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>

#define SLOW_NS 150000000ull

static const char *folder;
static char there[PATH_MAX], missing[PATH_MAX], fifo[PATH_MAX], local[PATH_MAX], deep[PATH_MAX];
static int interrupted[2];
static atomic_int in_read;

static void fails(long result, int with)
{
	if (result >= 0 || errno != with)
		die("a call that should fail");
}

static void in_folder(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

static void open_and_close(const char *path, int directory)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	close(fd);
}

/* A path longer than what is kept of one. */
static void make_deep(void)
{
	in_folder(deep, "");
	for (int i = 0; i < 4; i++) {
		memset(deep + strlen(deep), 'a' + i, 60);
		if (mkdir(deep, 0700))
			die(deep);
		strcat(deep, "/");
	}
	strcat(deep, "file");
	close(open(deep, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

/* The path's page is in the page cache, but not in the process. */
static void open_unmapped(const char *path, long times)
{
	char holder[PATH_MAX];
	int fd;

	in_folder(holder, "holder");
	create_file(holder, path);
	fd = open(holder, O_RDONLY | O_CLOEXEC);
	for (long i = 0; i < times; i++) {
		char *text = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);

		if (text == MAP_FAILED)
			die("mmap");
		madvise(text, 4096, MADV_RANDOM); /* nothing around it comes in with another page */
		open_and_close(text, AT_FDCWD);
		munmap(text, 4096);
	}
	close(fd);
}

static void connect_to_nobody(long times, in_port_t *ret_port)
{
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(four);

	if (bind(bound, (void *)&four, sizeof(four)) || getsockname(bound, (void *)&four, &size))
		die("bind");
	memcpy(name.sun_path, local, strnlen(local, sizeof(name.sun_path) - 1));
	for (long i = 0; i < times; i++) {
		int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int un = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		memset(four.sin_zero, (int)i, sizeof(four.sin_zero)); /* says nothing */
		fails(connect(tcp, (void *)&four, sizeof(four)), ECONNREFUSED);
		fails(connect(un, (void *)&name, sizeof(name)), ENOENT);
		close(tcp);
		close(un);
	}
	*ret_port = ntohs(four.sin_port);
}

static void *open_fifo(void *arg)
{
	set_name("fifo-opener");
	*(uint64_t *)arg = now_ns();
	open_and_close(fifo, AT_FDCWD);
	*(uint64_t *)arg = now_ns() - *(uint64_t *)arg;
	return NULL;
}

/* Returns how long the slow one took. */
static uint64_t open_slowly(void)
{
	pthread_t thread;
	uint64_t ns = 0;
	int fd;

	pthread_create(&thread, NULL, open_fifo, &ns);
	sleep_ns(SLOW_NS);
	fd = open(fifo, O_WRONLY | O_CLOEXEC);
	pthread_join(thread, NULL);
	close(fd);
	return ns;
}

static void noted(int signal)
{
	(void)signal;
}

static void *read_interrupted(void *arg)
{
	char byte;

	(void)arg;
	in_read = my_tid();
	if (read(interrupted[0], &byte, 1) != 1)
		die("read");
	return NULL;
}

static bool sleeps(int tid)
{
	char path[64], text[256] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
	f = fopen(path, "r");
	if (!f || !fgets(text, sizeof(text), f))
		die(path);
	fclose(f);
	return atoi(text) == SYS_read && text[0] != 'r';
}

/* One read, which signals with SA_RESTART interrupt. */
static void be_interrupted(int times)
{
	struct sigaction action = {.sa_handler = noted, .sa_flags = SA_RESTART};
	pthread_t thread;

	sigaction(SIGUSR1, &action, NULL);
	if (pipe(interrupted) || pthread_create(&thread, NULL, read_interrupted, NULL))
		die("pipe");
	for (int i = 0; i < times; i++) {
		while (!in_read || !sleeps(in_read))
			sleep_ns(1000000);
		pthread_kill(thread, SIGUSR1);
		sleep_ns(20000000);
	}
	if (write(interrupted[1], "x", 1) != 1)
		die("write");
	pthread_join(thread, NULL);
}

static void read_and_ask(long n)
{
	int fd = open(there, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char block[64];

	for (long i = 0; i < n; i++)
		if (pread(fd, block, 10, 0) != 10 || fstat(fd, &st))
			die("pread");
	close(fd);
}

/* Two files of the anonymous inode, one after the other on one descriptor, with nothing to read. */
static void read_anonymous(long n)
{
	int of[] = {eventfd(0, EFD_NONBLOCK), -1};
	uint64_t value;

	for (long i = 0; i < n; i++)
		fails(read(of[0], &value, sizeof(value)), EAGAIN);
	close(of[0]);
	of[1] = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	if (of[1] != of[0])
		die("timerfd_create");
	for (long i = 0; i < 2 * n; i++)
		fails(read(of[1], &value, sizeof(value)), EAGAIN);
	close(of[1]);
}

/* Names are given and taken: each call as often. */
static void change_names(long n)
{
	char from[PATH_MAX], to[PATH_MAX], made[PATH_MAX];

	in_folder(from, "from");
	in_folder(to, "to");
	in_folder(made, "made");
	for (long i = 0; i < n; i++) {
		close(open(from, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		if (rename(from, to) || unlink(to) || mkdir(made, 0700) || rmdir(made))
			die("names");
	}
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "path count");
	long n = option_number(argc, argv, "count", 100);
	in_port_t port = 0;
	uint64_t slow_ns;
	struct stat st;
	int directory;

	folder = option(argc, argv, "path", "/tmp");
	in_folder(there, "there");
	in_folder(missing, "missing");
	in_folder(fifo, "fifo");
	in_folder(local, "nobody.sock");
	create_file(there, "0123456789");
	if (mkfifo(fifo, 0600))
		die(fifo);
	make_deep();
	directory = open(folder, O_DIRECTORY | O_CLOEXEC);
	wait_for_go(&w);

	for (long i = 0; i < n; i++) {
		open_and_close(there, AT_FDCWD);
		open_and_close("there", directory);
		open_and_close(deep, AT_FDCWD);
		fails(stat(missing, &st), ENOENT);
		fails(access(missing, R_OK), ENOENT);
	}
	open_unmapped(there, n);
	connect_to_nobody(n, &port);
	read_and_ask(n);
	read_anonymous(n);
	change_names(n);
	be_interrupted(3);
	slow_ns = open_slowly();
	announcef(&w,
		  "{\"pid\":%d,\"count\":%ld,\"there\":\"%s\",\"missing\":\"%s\",\"fifo\":\"%s\","
		  "\"local\":\"%s\",\"deep\":\"%s\",\"folder\":\"%s\",\"port\":%d,\"slow_ns\":%llu}",
		  (int)getpid(), n, there, missing, fifo, local, deep, folder, (int)port,
		  (unsigned long long)slow_ns);
	wait_for_file(w.stop);
	return 0;
}
