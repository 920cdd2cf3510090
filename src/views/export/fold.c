/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/export/fold.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words/describe.h"
#include "waits/wait.h"
#include "util/escape.h"
#include "util/heap.h"

const char *fold__missing(const struct thread_row *t)
{
	enum stack_end end = t->stack.end ? t->stack.end : t->blocked ? STACK_UNREADABLE : STACK_RUNNING;

	if (wait__ended(t->state))
		return "ended";
	if (!t->stack.count)
		return stack_end__name(end);
	if (t->stack.sampled)
		end = t->stack.sampled;
	return end != STACK_COMPLETE ? "truncated" : NULL;
}

static void put_frame(FILE *out, const struct frame *f)
{
	char name[FOLD_NAME_BYTES], safe[FOLD_NAME_BYTES * ESCAPE_MAX];

	fputs(escape_terminal(safe, sizeof(safe), describe_frame(name, sizeof(name), f)), out);
}

/* The lock or file that it waits for, if there is one. */
static void put_wait(FILE *out, const struct naming *n, const struct thread_row *t)
{
	char name[DESCRIBE_WAIT], safe[DESCRIBE_WAIT * ESCAPE_MAX];

	if (!t->blocked || !(naming__lock(n, t->wait.lock) || t->wait.on_lock || t->wait.file))
		return;
	describe_wait_short(name, sizeof(name), n, &t->wait);
	fprintf(out, "\n[%s]", escape_terminal(safe, sizeof(safe), name));
}

/* In memory of its own. */
static char *frames_of(const struct naming *n, const struct thread_row *t)
{
	const char *missing = fold__missing(t);
	size_t length = 0, i = t->stack.count;
	char *text = NULL;
	FILE *out = heap__stream(&text, &length);

	if (missing)
		fprintf(out, i ? "[%s]\n" : "[%s]", missing);
	while (i--) {
		put_frame(out, &t->stack.frames[i]);
		if (i)
			fputc('\n', out);
	}
	put_wait(out, n, t);
	if (fclose(out))
		heap__exhausted();
	return text;
}

static int by_frames(const void *a, const void *b)
{
	const struct fold_line *x = a, *y = b;

	return strcmp(x->frames, y->frames);
}

uint64_t fold__sum(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

/* Equal ones follow each other. */
static void merge(struct fold *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct fold_line *line = &f->lines[i], *before = kept ? &f->lines[kept - 1] : NULL;

		if (before && !strcmp(before->frames, line->frames)) {
			before->threads += line->threads;
			before->blocked += line->blocked;
			before->seen += line->seen;
			before->wait_ns = fold__sum(before->wait_ns, line->wait_ns);
			before->off_cpu_ns = fold__sum(before->off_cpu_ns, line->off_cpu_ns);
			free(line->frames);
		} else {
			f->lines[kept++] = *line;
		}
	}
	f->count = kept;
}

uint64_t fold__off_cpu_ns(const struct thread_row *t)
{
	return t->blocked && !wait__ended(t->state) ? t->waited_ns : 0;
}

uint64_t fold__unseen_ns(const struct thread_row *t, bool last)
{
	return last && !t->blocked && !wait__ended(t->state) ? t->waited_ns : 0;
}

static void add_line(struct fold *f, struct fold_line line)
{
	if (f->count == f->room) {
		f->room = f->room ? 2 * f->room : 64;
		f->lines = heap__resize(f->lines, f->room, sizeof(*f->lines));
	}
	f->lines[f->count++] = line;
}

void fold__add(struct fold *f, const struct snapshot_report *r, bool idle, bool last)
{
	const struct naming n = naming__of_snapshot(r);
	uint64_t unseen_ns = 0;

	f->snapshots++;
	for (size_t i = 0; i < r->thread_count; i++) {
		const struct thread_row *t = &r->threads[i];

		if (t->left_out)
			continue;
		f->threads++;
		/* Threads that were asked for are shown even if they are idle. */
		if (t->idle && !idle && !r->selected) {
			f->idle++;
			continue;
		}
		unseen_ns = fold__sum(unseen_ns, fold__unseen_ns(t, last));
		add_line(f, (struct fold_line){.frames = frames_of(&n, t),
					       .threads = last,
					       .blocked = last && t->blocked,
					       .wait_ns = last && t->blocked ? t->wait.duration_ns : 0,
					       .seen = 1,
					       .off_cpu_ns = fold__off_cpu_ns(t)});
	}
	if (unseen_ns)
		add_line(f, (struct fold_line){.frames = heap__string("[" FOLD_UNSEEN "]"),
					       .off_cpu_ns = unseen_ns});
	if (f->count)
		qsort(f->lines, f->count, sizeof(*f->lines), by_frames);
	merge(f);
}

void fold__free(struct fold *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->lines[i].frames);
	free(f->lines);
	*f = (struct fold){0};
}
