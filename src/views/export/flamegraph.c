/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/export/flamegraph.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "words/describe.h"
#include "util/duration.h"
#include "util/escape.h"
#include "util/heap.h"
#include "util/table.h"
#include "version.h"
#include "views/export/fold.h"

static const char PAGE[] = {
#include "flamegraph.inc"
};
#define DATA_MARK "@DATA@"

struct process {
	char name[DESCRIBE_NAME * ESCAPE_MAX];
	struct fold fold;
	struct process *next;
};

struct flamegraph {
	bool by_wait_time;
	uint64_t time_ns; /* of the last */
	struct process *first, **last;
	size_t processes;
};

struct flamegraph *flamegraph__new(bool by_wait_time)
{
	struct flamegraph *g = HEAP_NEW(struct flamegraph, 1);

	g->by_wait_time = by_wait_time;
	g->last = &g->first;
	return g;
}

void flamegraph__free(struct flamegraph *g)
{
	struct process *next;

	if (!g)
		return;
	for (struct process *p = g->first; p; p = next) {
		next = p->next;
		fold__free(&p->fold);
		free(p);
	}
	free(g);
}

static bool one_process(const struct flamegraph *g)
{
	return g->first && !g->first->next;
}

void flamegraph__add(struct flamegraph *g, const struct snapshot_report *r)
{
	struct process *p = HEAP_NEW(struct process, 1);
	char name[DESCRIBE_NAME];

	fold__stacks(&p->fold, r);
	escape_terminal(p->name, sizeof(p->name), describe_thread(name, sizeof(name), r->comm, r->pid));
	*g->last = p;
	g->last = &p->next;
	g->processes++;
	g->time_ns = r->time_ns;
}

/* ---- the data ---- */

struct name {
	size_t index;
	UT_hash_handle hh;
};

struct writer {
	FILE *out;
	struct name *names; /* in the order of their indices */
	size_t name_count, node_count;
};

/* A JSON text without characters that are special in HTML and XML: '<', '>', '&'. */
static void put_text(FILE *out, const char *s, size_t length)
{
	fputc('"', out);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || strchr("\"\\<>&'", c))
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void put_string(FILE *out, const char *s)
{
	put_text(out, s, strlen(s));
}

/* Borrows the text. */
static size_t name_index(struct writer *w, const char *s, size_t length)
{
	struct name *name;

	HASH_FIND(hh, w->names, s, length, name);
	if (name)
		return name->index;
	name = HEAP_NEW(struct name, 1);
	name->index = w->name_count++;
	HASH_ADD_KEYPTR(hh, w->names, s, length, name);
	return name->index;
}

/* The range of integers that JSON readers support. */
static uint64_t number(uint64_t value)
{
	return value > INT64_MAX ? INT64_MAX : value;
}

static void put_node(struct writer *w, size_t depth, const char *s, size_t length, uint64_t threads,
		     uint64_t wait_ns)
{
	fprintf(w->out, "%s[%zu,%zu,%" PRIu64 ",%" PRIu64 "]", w->node_count++ ? "," : "", depth,
		name_index(w, s, length), number(threads), number(wait_ns));
}

/* The number of frames, from the root, that two lines share. */
static size_t common_frames(const char *a, const char *b)
{
	size_t frames = 0;

	for (; *a == *b; a++, b++) {
		if (!*a)
			return frames + 1;
		frames += *a == '\n';
	}
	/* One may be a prefix of the other. */
	return frames + ((!*a && *b == '\n') || (*a == '\n' && !*b));
}

/* The nodes of lines[i] that the previous line lacks; common[i]: frames shared with the previous line.
 */
static void put_line(struct writer *w, const struct fold *f, const size_t *common, size_t i, size_t depth)
{
	const char *frame = f->lines[i].frames;

	for (size_t k = 0; frame; k++) {
		size_t length = strcspn(frame, "\n");
		uint64_t threads = 0, wait_ns = 0;

		for (size_t j = i; k >= common[i] && j < f->count && (j == i || common[j] > k); j++) {
			threads += f->lines[j].threads;
			wait_ns += f->lines[j].wait_ns;
		}
		if (k >= common[i])
			put_node(w, depth + k, frame, length, threads, wait_ns);
		frame = frame[length] ? frame + length + 1 : NULL;
	}
}

static void put_process(struct writer *w, const struct process *p, size_t depth)
{
	size_t *common = HEAP_NEW(size_t, p->fold.count + 1);

	for (size_t i = 1; i < p->fold.count; i++)
		common[i] = common_frames(p->fold.lines[i - 1].frames, p->fold.lines[i].frames);
	put_node(w, depth, p->name, strlen(p->name), fold__threads(&p->fold), fold__wait_ns(&p->fold));
	for (size_t i = 0; i < p->fold.count; i++)
		put_line(w, &p->fold, common, i, depth + 1);
	free(common);
}

static void put_nodes(struct writer *w, const struct flamegraph *g)
{
	uint64_t threads = 0, wait_ns = 0;

	for (const struct process *p = g->first; p; p = p->next) {
		threads += fold__threads(&p->fold);
		wait_ns += fold__wait_ns(&p->fold);
	}
	fputs("\"nodes\":[", w->out);
	if (!one_process(g))
		put_node(w, 0, "all", 3, threads, wait_ns);
	for (const struct process *p = g->first; p; p = p->next)
		put_process(w, p, !one_process(g));
	fputc(']', w->out);
}

static void put_names(struct writer *w)
{
	struct name *name, *next;
	const char *before = "";

	fputs(",\"names\":[", w->out);
	HASH_ITER(hh, w->names, name, next)
	{
		fputs(before, w->out);
		before = ",";
		/* cppcheck-suppress uninitvar ; it does not see through HASH_ITER */
		put_text(w->out, name->hh.key, name->hh.keylen);
		HASH_DEL(w->names, name);
		free(name);
	}
	fputc(']', w->out);
}

static void put_words(FILE *out, const struct flamegraph *g)
{
	char time[DURATION_TEXT], text[128];
	uint64_t threads = 0;

	for (const struct process *p = g->first; p; p = p->next)
		threads += fold__threads(&p->fold);
	fputs(",\"title\":", out);
	snprintf(text, sizeof(text), "%zu processes", g->processes);
	if (one_process(g))
		put_string(out, g->first->name);
	else
		put_string(out, text);
	fputs(",\"taken\":", out);
	snprintf(text, sizeof(text), "%" PRIu64 " %s as of %s, by threadscope " TS_VERSION, threads,
		 threads == 1 ? "thread" : "threads", time_format_iso(time, sizeof(time), g->time_ns));
	put_string(out, text);
}

int flamegraph__write(const struct flamegraph *g, FILE *out)
{
	const char *mark = strstr(PAGE, DATA_MARK);
	struct writer w = {.out = out};

	errno = 0;
	fwrite(PAGE, 1, (size_t)(mark - PAGE), out);
	fprintf(out, "{\"by\":%d,", g->by_wait_time);
	put_nodes(&w, g);
	put_names(&w);
	put_words(out, g);
	fputc('}', out);
	fputs(mark + strlen(DATA_MARK), out);
	return fflush(out) || ferror(out) ? -(errno ? errno : EIO) : 0;
}
