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

/* In memory of its own. */
static char *frames_of(const struct thread_row *t)
{
	const char *missing = fold__missing(t);
	size_t length = 0, i = t->stack.count;
	char *text = NULL;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		heap__exhausted();
	if (missing)
		fprintf(out, i ? "[%s]\n" : "[%s]", missing);
	while (i--) {
		put_frame(out, &t->stack.frames[i]);
		if (i)
			fputc('\n', out);
	}
	if (fclose(out))
		heap__exhausted();
	return text;
}

static int by_frames(const void *a, const void *b)
{
	const struct fold_line *x = a, *y = b;

	return strcmp(x->frames, y->frames);
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

/* Equal ones follow each other. */
static void merge(struct fold *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct fold_line *line = &f->lines[i];

		if (kept && !strcmp(f->lines[kept - 1].frames, line->frames)) {
			f->lines[kept - 1].threads += line->threads;
			f->lines[kept - 1].blocked += line->blocked;
			f->lines[kept - 1].wait_ns = sum(f->lines[kept - 1].wait_ns, line->wait_ns);
			free(line->frames);
		} else {
			f->lines[kept++] = *line;
		}
	}
	f->count = kept;
}

void fold__stacks(struct fold *f, const struct snapshot_report *r)
{
	*f = (struct fold){.lines = HEAP_NEW(struct fold_line, r->thread_count + 1)};
	for (size_t i = 0; i < r->thread_count; i++) {
		const struct thread_row *t = &r->threads[i];

		if (t->left_out)
			continue;
		f->lines[f->count++] = (struct fold_line){.frames = frames_of(t),
							  .threads = 1,
							  .blocked = t->blocked,
							  .wait_ns = t->blocked ? t->wait.duration_ns : 0};
	}
	if (f->count)
		qsort(f->lines, f->count, sizeof(*f->lines), by_frames);
	merge(f);
}

uint64_t fold__threads(const struct fold *f)
{
	uint64_t all = 0;

	for (size_t i = 0; i < f->count; i++)
		all += f->lines[i].threads;
	return all;
}

uint64_t fold__wait_ns(const struct fold *f)
{
	uint64_t all = 0;

	for (size_t i = 0; i < f->count; i++)
		all = sum(all, f->lines[i].wait_ns);
	return all;
}

void fold__free(struct fold *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->lines[i].frames);
	free(f->lines);
	*f = (struct fold){0};
}
