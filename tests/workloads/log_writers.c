/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two writers of one log, --path, that take turns for --rounds rounds and know what damage they do:
 * the torn lines and overwrites that it prints. With --processes 1 the second one is a child, not a
 * thread. --mode:
 *   torn      one leaves a line unfinished, the other writes a line: torn each time
 *   locked    each writes its line in two parts in its own turn
 *   whole     each writes whole lines
 *   stream    threads share one buffered stdio stream: its blocks end within lines
 *   vector    as torn, by writev, the newline alone in the last of several parts
 *   overwrite each has opened it without O_APPEND: the second writes over what the first wrote
 *   pwrite    the same by pwrite of whole lines at the same places
 *   pages     pwrite of pages without a newline over one another, as databases do
 *   chance    the same, but every tenth page has a newline for its last byte
 *   shared    both use one open file without O_APPEND: its position is shared
 *   segments  each has opened it without O_APPEND, and writes a part of its own
 *   cut       as overwrite, but the file is truncated each time before the second writes
 *   rewrite   each opens it anew for each line, without O_APPEND, and truncates it by that
 *   header    one writes a line for a header and each time anew by pwrite, the other lines behind it;
 *             they share one open file
 *   buffer    threads write the parts of each line from one buffer, as musl's streams do
 *   handed    a pool's threads serve one writer: what one leaves, the other continues; idle ones wait
 *   state     each has opened a file of state, and replaces it by pwrite at its beginning
 *   truncated one writes without O_APPEND, the other truncates the file each time
 *   flag      by pwritev2 of whole lines at the same place, but with RWF_APPEND
 */
#include "workload.h"
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define LINE  "a line of the log, as long as most\n"
#define PART  "one part of a line, "
#define REST  "and the other\n"
#define PAGE  4096
#define TENTH 10

struct stage {
	_Atomic long turn; /* even: the first writer's */
	sem_t work[2];     /* of mode handed */
};

static struct stage *stage;
static const char *mode, *path;
static long rounds;
static int fds[2]; /* each writer's */
static FILE *stream;

static bool is(const char *name)
{
	return !strcmp(mode, name);
}

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die(path);
}

static void put_parts(int fd, bool end)
{
	char text[] = "a part, and ", more[] = "one more", newline[] = "\n";
	struct iovec parts[] = {
		{text, sizeof(text) - 1}, {more, 0}, {more, sizeof(more) - 1}, {newline, end}};

	if (writev(fd, parts, 4) < 0)
		die(path);
}

static void put_at(int fd, const char *text, size_t size, off_t place)
{
	if (pwrite(fd, text, size, place) != (ssize_t)size)
		die(path);
}

static int open_log(int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

	if (fd < 0)
		die(path);
	return fd;
}

static void put_from_buffer(int fd, const char *text)
{
	static char buffer[100];

	strcpy(buffer, text);
	put(fd, buffer);
}

static void write_turn(int who, long round)
{
	static char page[PAGE];
	struct iovec line = {LINE, strlen(LINE)};
	int fd = fds[who];

	if (is("torn")) {
		if (who == 0 && round)
			put(fd, REST);
		put(fd, who == 0 ? PART : LINE);
	} else if (is("vector")) {
		if (who == 0 && round)
			put_parts(fd, true);
		put_parts(fd, who == 1);
	} else if (is("locked")) {
		put(fd, PART);
		put(fd, REST);
	} else if (is("buffer")) {
		put_from_buffer(fd, who == 0 ? PART : REST);
	} else if (is("handed")) {
		put(fd, who == 0 ? PART : REST);
	} else if (is("state")) {
		put_at(fd, LINE, strlen(LINE), 0);
	} else if (is("truncated") && who == 1) {
		if (ftruncate(fd, 0))
			die(path);
	} else if (is("stream")) {
		fputs(LINE, stream);
	} else if (is("pwrite")) {
		put_at(fd, LINE, strlen(LINE), round * (off_t)strlen(LINE));
	} else if (is("header") && who == 0 && round) {
		put_at(fd, LINE, strlen(LINE), 0);
	} else if (is("flag")) {
		if (pwritev2(fd, &line, 1, 0, RWF_APPEND) != (ssize_t)line.iov_len)
			die(path);
	} else if (is("rewrite")) {
		fd = open_log(O_TRUNC); /* stays open: the next one is at another place in the kernel */
		put(fd, LINE);
	} else if (is("pages") || is("chance")) {
		page[PAGE - 1] = is("chance") && round % TENTH == 0 ? '\n' : 0;
		put_at(fd, page, PAGE, 0);
	} else {
		if (is("cut") && who == 1 && (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET)))
			die(path);
		put(fd, LINE);
		if (is("cut") && lseek(fd, 0, SEEK_END) < 0)
			die(path);
	}
}

static void *write_turns(void *arg)
{
	int who = *(int *)arg;

	for (long round = 0; round < rounds; round++) {
		if (is("handed")) {
			while (sem_wait(&stage->work[who]))
				;
			sleep_ns(1000000); /* so that the other one is idle by now */
		}
		while (atomic_load(&stage->turn) != 2 * round + who)
			sched_yield();
		write_turn(who, round);
		sem_post(&stage->work[!who]);
		atomic_fetch_add(&stage->turn, 1);
	}
	return NULL;
}

static void open_logs(void)
{
	bool apart = is("overwrite") || is("pwrite") || is("pages") || is("chance") || is("segments") ||
		     is("cut") || is("state") || is("truncated");

	fds[0] = open_log(apart || is("shared") || is("header") || is("flag") ? 0 : O_APPEND);
	fds[1] = apart ? open_log(0) : fds[0];
	if (is("segments") && lseek(fds[1], 1 << 20, SEEK_SET) < 0)
		die(path);
	stream = fdopen(fds[0], "w"); /* "a" would make it O_APPEND */
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "mode path rounds processes");
	bool processes = option_number(argc, argv, "processes", 0);
	int first = 0, second = 1;
	pthread_t thread = 0;
	pid_t child = 0;

	mode = option(argc, argv, "mode", "whole");
	path = option(argc, argv, "path", "/dev/null");
	rounds = option_number(argc, argv, "rounds", 100);
	stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (stage == MAP_FAILED)
		die("mmap");
	sem_init(&stage->work[0], 1, 1);
	sem_init(&stage->work[1], 1, 0);
	open_logs();
	if (processes) {
		child = fork();
		if (child < 0)
			die("fork");
	}
	if (processes && !child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* it would wait for its turn for ever */
		write_turns(&second);
		_exit(0);
	}
	wait_for_go(&w);
	if (!processes)
		thread = start_thread(write_turns, &second, 0);
	write_turns(&first);
	if (processes)
		waitpid(child, NULL, 0);
	else
		pthread_join(thread, NULL);
	fflush(stream);
	announcef(&w, "{\"pid\":%d,\"path\":\"%s\",\"torn_lines\":%ld,\"overwrites\":%ld,\"holes\":%ld}",
		  (int)getpid(), path, is("torn") || is("vector") ? rounds : 0,
		  is("overwrite") || is("pwrite") ? rounds
		  : is("chance")                  ? (rounds + TENTH - 1) / TENTH * 2 - 1
		  : is("state")                   ? rounds * 2 - 1
						  : 0,
		  is("truncated") ? rounds - 1 : 0);
	wait_for_file(w.stop);
	return 0;
}
