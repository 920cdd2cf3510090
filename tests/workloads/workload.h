/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all workloads share. Include it first.
 *
 * Every option takes a value. Common ones:
 *   --up FILE     created when the program runs and waits for --go
 *   --go FILE     the program does nothing before this file appears
 *   --ready FILE  created, holding the line of JSON that also goes to standard
 *                 output, once the program is in its known state (its work done)
 *   --stop FILE   the program ends when this file appears
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A function that keeps its own name and frame under -O2. */
#ifdef __clang__
#define FRAME __attribute__((noinline))
#else
#define FRAME __attribute__((noinline, noclone))
#endif
/* Put after a call that must not become a jump. */
#define KEEP_FRAME() __asm__ volatile("" ::: "memory")

struct workload {
	const char *up, *go, *ready, *stop;
};

static inline void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static inline uint64_t wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

static inline void sleep_ns(uint64_t ns)
{
	struct timespec t = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static inline pid_t my_tid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

static inline void set_name(const char *name)
{
	prctl(PR_SET_NAME, name, 0, 0, 0);
}

static inline const char *option(int argc, char **argv, const char *name, const char *fallback)
{
	for (int i = 1; i + 1 < argc; i += 2)
		if (!strncmp(argv[i], "--", 2) && !strcmp(argv[i] + 2, name))
			return argv[i + 1];
	return fallback;
}

static inline long option_number(int argc, char **argv, const char *name, long fallback)
{
	const char *text = option(argc, argv, name, NULL);
	char *end;
	long n;

	if (!text)
		return fallback;
	n = strtol(text, &end, 10);
	if (end == text || *end || n < 0) {
		fprintf(stderr, "%s: --%s %s: not a number\n", argv[0], name, text);
		exit(2);
	}
	return n;
}

static inline bool listed(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = names; (at = strstr(at, name)); at += len)
		if ((at == names || at[-1] == ' ') && (!at[len] || at[len] == ' '))
			return true;
	return false;
}

/* names: the program's own options, separated by spaces. Others end it. */
static inline struct workload workload_begin(int argc, char **argv, const char *names)
{
	for (int i = 1; i < argc; i += 2) {
		const char *name = argv[i] + 2;

		if (!strncmp(argv[i], "--", 2) && i + 1 < argc &&
		    (listed("up go ready stop", name) || listed(names, name)))
			continue;
		fprintf(stderr, "usage: %s [--OPTION VALUE]..., OPTION one of: up go ready stop %s\n",
			argv[0], names);
		exit(2);
	}
	return (struct workload){
		.up = option(argc, argv, "up", NULL),
		.go = option(argc, argv, "go", NULL),
		.ready = option(argc, argv, "ready", NULL),
		.stop = option(argc, argv, "stop", NULL),
	};
}

/* Creates path with the given content; nobody sees it half written. */
static inline void create_file(const char *path, const char *content)
{
	char part[PATH_MAX];
	FILE *f;

	if (!path)
		return;
	snprintf(part, sizeof(part), "%s.part", path);
	f = fopen(part, "w");
	if (!f || fputs(content, f) == EOF || fclose(f) || rename(part, path))
		die(path);
}

static inline void wait_for_file(const char *path)
{
	while (path && access(path, F_OK))
		sleep_ns(1000000);
}

static inline void wait_for_go(const struct workload *w)
{
	create_file(w->up, "");
	wait_for_file(w->go);
}

/* The known state is reached: figures is the JSON object that describes it. at_ns goes into it: what is to
 * have begun by then began between its own since_ns and this, however long a busy machine kept its thread
 * waiting in between. */
static inline void announce(const struct workload *w, const char *figures)
{
	size_t len = strlen(figures) - 1; /* its closing brace */
	char *text;

	if (asprintf(&text, "%.*s,\"at_ns\":%llu}", (int)len, figures, (unsigned long long)wall_ns()) < 0)
		die("memory");
	puts(text);
	fflush(stdout);
	create_file(w->ready, text);
	free(text);
}

static inline void announcef(const struct workload *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline void announcef(const struct workload *w, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		die("memory");
	va_end(args);
	announce(w, text);
	free(text);
}

static inline void *sleep_for_ever(void)
{
	for (;;)
		pause();
	return NULL;
}

/* Until --stop, or for ever without one. */
static inline void stay(const struct workload *w)
{
	wait_for_file(w->stop);
	if (!w->stop)
		sleep_for_ever();
}

static inline pthread_t start_thread(void *(*run)(void *), void *arg, size_t stack_bytes)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	pthread_attr_init(&attr);
	if (stack_bytes)
		pthread_attr_setstacksize(&attr, stack_bytes);
	/* EAGAIN: threads that have ended are not all gone yet */
	while ((err = pthread_create(&thread, &attr, run, arg)) == EAGAIN)
		sleep_ns(1000000);
	pthread_attr_destroy(&attr);
	if (err) {
		errno = err;
		die("pthread_create");
	}
	return thread;
}

/* State letter and number of context switches of a thread. */
static inline char thread_state(pid_t tid, unsigned long *ret_switches)
{
	char path[64], line[256], state = '?';
	unsigned long n;
	FILE *f;

	*ret_switches = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "State: %c", &state) == 1)
			continue;
		if (sscanf(line, "voluntary_ctxt_switches: %lu", &n) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %lu", &n) == 1)
			*ret_switches += n;
	}
	if (f)
		fclose(f);
	return state;
}

/* Returns once the thread sleeps and did not run for some milliseconds. */
static inline void wait_until_blocked(pid_t tid)
{
	unsigned long before, after;

	for (;;) {
		char first = thread_state(tid, &before);

		sleep_ns(3000000);
		if (first == 'S' && thread_state(tid, &after) == 'S' && before == after)
			return;
	}
}

/* Threads of this process, as the kernel counts them. */
static inline long thread_count(void)
{
	char line[256];
	long n = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Threads: %ld", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

static inline int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Nearest rank, of sorted values. */
static inline uint64_t percentile(const uint64_t *sorted, size_t n, unsigned percent)
{
	return n ? sorted[(n * percent + 99) / 100 - 1] : 0;
}

/* For how long the calling thread has been ready to run without a CPU, by the kernel's account. */
static inline uint64_t queued_ns(void)
{
	unsigned long long ran, queued = 0;
	FILE *f = fopen("/proc/thread-self/schedstat", "r");

	if (f && fscanf(f, "%llu %llu", &ran, &queued) != 2)
		queued = 0;
	if (f)
		fclose(f);
	return queued;
}

/*
 * How long one's own calls take. On a busy machine a thread may wait for a CPU between the clock and the
 * call, so what the kernel measures lies between two figures: the time between two looks at the clock, and
 * that without the wait.
 */
struct calls {
	uint64_t *most, *least;
	size_t n;
	uint64_t began, queued;
};

static inline struct calls calls_new(size_t room)
{
	return (struct calls){.most = calloc(room + 1, sizeof(uint64_t)),
			      .least = calloc(room + 1, sizeof(uint64_t))};
}

static inline void call_begins(struct calls *c)
{
	c->queued = queued_ns();
	c->began = now_ns();
}

static inline void call_ended(struct calls *c)
{
	uint64_t took = now_ns() - c->began, queued = queued_ns() - c->queued;

	c->most[c->n] = took;
	c->least[c->n++] = took > queued ? took - queued : 0;
}

static inline void print_figures(FILE *out, uint64_t *took, size_t n)
{
	uint64_t sum = 0;

	qsort(took, n, sizeof(*took), compare_u64);
	for (size_t i = 0; i < n; i++)
		sum += took[i];
	fprintf(out,
		"\"min_ns\":%llu,\"p50_ns\":%llu,\"p90_ns\":%llu,\"p99_ns\":%llu,\"max_ns\":%llu,\"sum_ns\":%"
		"llu,",
		(unsigned long long)took[0], (unsigned long long)percentile(took, n, 50),
		(unsigned long long)percentile(took, n, 90), (unsigned long long)percentile(took, n, 99),
		(unsigned long long)percentile(took, n, 100), (unsigned long long)sum);
	fprintf(out, "\"all_ns\":[");
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%llu", i ? "," : "", (unsigned long long)took[i]);
	fprintf(out, "]");
}

/* Members for announce(): the figures of all calls, and in "least" those without the waits. The caller frees
 * it. */
static inline char *calls_json(struct calls *c)
{
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	print_figures(out, c->most, c->n);
	fprintf(out, ",\"least\":{");
	print_figures(out, c->least, c->n);
	fprintf(out, "}");
	fclose(out);
	return text;
}

#endif
