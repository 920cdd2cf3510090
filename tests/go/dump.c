/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Goroutines of a process in the format of Go's own traceback, without values
 * of arguments: goroutines_dump [--all] PID. For tests:
 *   --waits     what each waits on, after its header
 *   --count     only the counts, and the scheduler
 *   --time      how long opening, reading and naming took
 *   --groups    grouped by equal stack, state and creator
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "go/runtime/goroutines.h"

static struct {
	struct goroutines *r;
	bool all, waits, quiet;
	uint64_t shown, hidden;
} d;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_waits(const struct goroutine *g)
{
	const struct go_wait *w = &g->wait;

	switch (w->target) {
	case GO_TARGET_CHAN:
	case GO_TARGET_SELECT:
		printf("#chan %#" PRIx64 " %" PRIu64 "/%" PRIu64 " elem %u cases %u%s\n", w->address, w->len,
		       w->cap, w->elem_bytes, w->cases, w->closed ? " closed" : "");
		break;
	case GO_TARGET_SEMAPHORE:
		printf("#semaphore %#" PRIx64 "\n", w->address);
		break;
	case GO_TARGET_SLEEP:
		printf("#sleep until %" PRIu64 "\n", w->wake_ns);
		break;
	case GO_TARGET_FD:
		printf("#fd %d %s\n", w->fd, w->fd_write ? "write" : "read");
		break;
	default:
		break;
	}
	for (uint32_t i = 0; i < g->label_count; i++)
		printf("#label %s=%s\n", g->labels[i].key, g->labels[i].value);
	if (g->tid)
		printf("#thread %d\n", g->tid);
}

static void print_header(const struct goroutine *g)
{
	printf("goroutine %" PRIu64 " [%s", g->goid, g->state);
	if (g->scanning)
		printf(" (scan)");
	if (g->wait_ns >= 60000000000)
		printf(", %" PRIu64 " minutes", g->wait_ns / 60000000000);
	if (g->locked)
		printf(", locked to thread");
	printf("]:\n");
}

static void print_frames(const struct goroutine *g)
{
	static struct frame list[8192];
	size_t n = goroutines__frames(d.r, g->stack, list, 8192);

	for (size_t i = 0; i < n && i < 8192; i++) {
		if (list[i].hidden)
			continue;
		printf("%s(...)\n\t%s:%d", list[i].function, list[i].file, list[i].line);
		if (!list[i].inlined && list[i].offset)
			printf(" +%#" PRIx64, list[i].offset);
		printf("\n");
	}
	if (g->stack->end != STACK_COMPLETE)
		printf("#%s\n", stack_end__name(g->stack->end));
}

static void print_creator(const struct goroutine *g)
{
	struct frame f;

	if (!goroutines__code(d.r, g->gopc, true, &f) || f.hidden || g->goid == 1)
		return;
	printf("created by %s", f.function);
	if (g->parent_goid)
		printf(" in goroutine %" PRIu64, g->parent_goid);
	printf("\n\t%s:%d", f.file, f.line);
	if (f.offset)
		printf(" +%#" PRIx64, f.offset);
	printf("\n");
}

static int print(const struct goroutine *g, void *arg)
{
	(void)arg;
	if (g->system && !d.all) {
		d.hidden++;
		return 0;
	}
	d.shown++;
	if (d.quiet)
		return 0;
	print_header(g);
	printf("#seq %u\n", g->tracking_seq);
	if (d.waits)
		print_waits(g);
	print_frames(g);
	print_creator(g);
	printf("\n");
	return 0;
}

static int print_counts(void)
{
	struct go_scheduler s;
	struct goroutines_count count;
	int err = goroutines__count(d.r, &count);

	if (!err)
		err = goroutines__scheduler(d.r, &s);
	if (err) {
		fprintf(stderr, "no counts: %s\n", strerror(-err));
		return 1;
	}
	printf("goroutines %" PRIu64 "\nmade %" PRIu64 "%s\nsystem %" PRIu64 "\nprocs %" PRIu64
	       " idle %" PRIu64 "\nthreads %" PRIu64 " idle %" PRIu64 "\nqueued %" PRIu64 " + %" PRIu64
	       "\ngc %s\n",
	       count.count, count.made, count.exact ? "" : " about", s.system, s.procs, s.idle_procs,
	       s.threads, s.idle_threads, s.queued_global, s.queued_local,
	       !s.gc_known    ? "unknown"
	       : s.gc_running ? "on"
			      : "off");
	return 0;
}

int main(int argc, char **argv)
{
	struct goroutines_refusal why;
	bool counts = false, time_it = false;
	struct goroutines_lost lost;
	struct process *p;
	double t0 = now(), t1;
	int err;

	for (int i = 1; i < argc; i++) {
		d.all = d.all || !strcmp(argv[i], "--all");
		d.waits = d.waits || !strcmp(argv[i], "--waits");
		counts = counts || !strcmp(argv[i], "--count");
		time_it = time_it || !strcmp(argv[i], "--time");
		d.quiet = d.quiet || !strcmp(argv[i], "--quiet");
	}
	if (argc < 2 || process__open(atoi(argv[argc - 1]), &p))
		return 3;
	err = goroutines__open(p, &d.r, &why);
	if (err) {
		fprintf(stderr, "%s\n", err == -8 ? "not a Go program" : why.reason);
		process__close(p);
		return 4;
	}
	t1 = now();
	if (counts)
		return print_counts();
	err = goroutines__read(d.r, GOROUTINES_LABELS | GOROUTINES_FDS, print, NULL, &lost);
	if (time_it) {
		struct rusage u;

		getrusage(RUSAGE_SELF, &u);
		fprintf(stderr,
			"open %.3f s read %.3f s, %" PRIu64 " shown, %" PRIu64 " system, peak %ld KiB\n",
			t1 - t0, now() - t1, d.shown, d.hidden, u.ru_maxrss);
	}
	fprintf(stderr,
		"%s: %d, lost: moved %" PRIu64 " unreadable %" PRIu64 " stacks %" PRIu64 " more %" PRIu64
		"\n",
		goroutines__version(d.r), err, lost.moved, lost.unreadable, lost.stacks, lost.more);
	goroutines__close(d.r);
	process__close(p);
	return err ? 1 : 0;
}
