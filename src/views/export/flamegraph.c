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

struct shown_finding {
	enum severity severity;
	char *text; /* escaped for a terminal */
};

struct process {
	pid_t pid;
	char name[DESCRIBE_NAME * ESCAPE_MAX];
	struct fold fold;
	struct shown_finding *findings; /* of its last snapshot */
	size_t finding_count;
	bool ended; /* that one was added */
	struct process *next;
};

struct flamegraph {
	enum weight weight;
	bool idle;
	uint64_t from_ns, to_ns; /* the first and the last snapshot */
	struct process *first, **last;
	size_t processes;
};

struct flamegraph *flamegraph__new(enum weight weight, bool idle)
{
	struct flamegraph *g = HEAP_NEW(struct flamegraph, 1);

	g->weight = weight;
	g->idle = idle;
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
		for (size_t i = 0; i < p->finding_count; i++)
			free(p->findings[i].text);
		free(p->findings);
		free(p);
	}
	free(g);
}

static bool one_process(const struct flamegraph *g)
{
	return g->first && !g->first->next;
}

static struct process *process_of(struct flamegraph *g, const struct snapshot_report *r)
{
	char name[DESCRIBE_NAME];
	struct process *p;

	for (p = g->first; p; p = p->next)
		if (p->pid == r->pid && !p->ended)
			return p;
	p = HEAP_NEW(struct process, 1);
	p->pid = r->pid;
	escape_terminal(p->name, sizeof(p->name), describe_thread(name, sizeof(name), r->comm, r->pid));
	*g->last = p;
	g->last = &p->next;
	g->processes++;
	return p;
}

static void keep_findings(struct process *p, const struct snapshot_report *r)
{
	p->findings = HEAP_NEW(struct shown_finding, r->finding_count + 1);
	for (; p->finding_count < r->finding_count; p->finding_count++) {
		const struct finding *f = &r->findings[p->finding_count];
		size_t room = strlen(f->summary) * ESCAPE_MAX + 1;
		char *text = HEAP_NEW(char, room);

		escape_terminal(text, room, f->summary);
		p->findings[p->finding_count] = (struct shown_finding){f->severity, text};
	}
}

void flamegraph__add(struct flamegraph *g, const struct snapshot_report *r, bool last)
{
	struct process *p = process_of(g, r);

	fold__add(&p->fold, r, g->idle, last);
	if (!g->from_ns || r->time_ns < g->from_ns)
		g->from_ns = r->time_ns;
	if (r->time_ns > g->to_ns)
		g->to_ns = r->time_ns;
	p->ended = last;
	if (last)
		keep_findings(p, r);
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
	bool several; /* snapshots of a process */
};

struct values {
	uint64_t threads, wait_ns;
};

static void add_values(const struct writer *w, struct values *v, const struct fold_line *l)
{
	v->threads += w->several ? l->seen : l->threads;
	v->wait_ns = fold__sum(v->wait_ns, w->several ? l->off_cpu_ns : l->wait_ns);
}

static void add_all(const struct writer *w, struct values *v, const struct fold *f)
{
	for (size_t i = 0; i < f->count; i++)
		add_values(w, v, &f->lines[i]);
}

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

static void put_node(struct writer *w, size_t depth, const char *s, size_t length, const struct values *v)
{
	fprintf(w->out, "%s[%zu,%zu,%" PRIu64 ",%" PRIu64 "]", w->node_count++ ? "," : "", depth,
		name_index(w, s, length), number(v->threads), number(v->wait_ns));
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
		struct values v = {0};

		for (size_t j = i; k >= common[i] && j < f->count && (j == i || common[j] > k); j++)
			add_values(w, &v, &f->lines[j]);
		if (k >= common[i])
			put_node(w, depth + k, frame, length, &v);
		frame = frame[length] ? frame + length + 1 : NULL;
	}
}

static void put_process(struct writer *w, const struct process *p, size_t depth)
{
	size_t *common = HEAP_NEW(size_t, p->fold.count + 1);
	struct values v = {0};

	for (size_t i = 1; i < p->fold.count; i++)
		common[i] = common_frames(p->fold.lines[i - 1].frames, p->fold.lines[i].frames);
	add_all(w, &v, &p->fold);
	put_node(w, depth, p->name, strlen(p->name), &v);
	for (size_t i = 0; i < p->fold.count; i++)
		put_line(w, &p->fold, common, i, depth + 1);
	free(common);
}

static void put_nodes(struct writer *w, const struct flamegraph *g)
{
	struct values v = {0};

	for (const struct process *p = g->first; p; p = p->next)
		add_all(w, &v, &p->fold);
	fputs("\"nodes\":[", w->out);
	if (!one_process(g))
		put_node(w, 0, "all", 3, &v);
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

/* ---- the words ---- */

/* Of all processes together; snapshots: of the one with most of them. */
static struct fold sums(const struct flamegraph *g)
{
	struct fold all = {0};

	for (const struct process *p = g->first; p; p = p->next) {
		all.threads += p->fold.threads;
		all.idle += p->fold.idle;
		if (p->fold.snapshots > all.snapshots)
			all.snapshots = p->fold.snapshots;
	}
	return all;
}

static void put_field(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	put_string(out, text);
}

static void put_findings(FILE *out, const struct flamegraph *g)
{
	const char *before = "";

	fputs(",\"findings\":[", out);
	for (const struct process *p = g->first; p; p = p->next) {
		for (size_t i = 0; i < p->finding_count; i++) {
			fprintf(out, "%s[", before);
			put_string(out, severity__name(p->findings[i].severity));
			fputc(',', out);
			put_string(out, one_process(g) ? "" : p->name);
			fputc(',', out);
			put_string(out, p->findings[i].text);
			fputc(']', out);
			before = ",";
		}
	}
	fputc(']', out);
}

/* Of all snapshots together, per snapshot. */
static const char *per_snapshot(char *dst, size_t size, uint64_t sum, uint64_t snapshots)
{
	if (snapshots <= 1)
		snprintf(dst, size, "%" PRIu64, sum);
	else
		snprintf(dst, size, "%.1f", (double)sum / (double)snapshots);
	return dst;
}

static void put_idle(FILE *out, const struct fold *all)
{
	const char *average = all->snapshots > 1 ? ", on average," : "";
	char idle[32], threads[32], text[192] = "";

	per_snapshot(idle, sizeof(idle), all->idle, all->snapshots);
	per_snapshot(threads, sizeof(threads), all->threads, all->snapshots);
	if (all->idle && all->idle == all->threads)
		snprintf(text, sizeof(text), "Nothing is shown: all %s threads%s are idle; --idle shows them",
			 threads, average);
	else if (all->idle)
		snprintf(text, sizeof(text), "%s of %s threads%s are idle and not shown; --idle shows them",
			 idle, threads, average);
	put_field(out, "left_out", text);
}

static void put_words(FILE *out, const struct flamegraph *g)
{
	char from[DURATION_TEXT], to[DURATION_TEXT], length[DURATION_TEXT], text[256], threads[64];
	const struct fold all = sums(g);
	bool several = all.snapshots > 1;

	snprintf(text, sizeof(text), "%zu processes", g->processes);
	put_field(out, "title", one_process(g) ? g->first->name : text);
	time_format_iso(from, sizeof(from), g->from_ns);
	time_format_iso(to, sizeof(to), g->to_ns);
	if (several)
		snprintf(text, sizeof(text),
			 "%" PRIu64 " snapshots in %s, from %s to %s, by threadscope " TS_VERSION,
			 all.snapshots, duration_format(length, sizeof(length), g->to_ns - g->from_ns), from,
			 to);
	else
		snprintf(text, sizeof(text), "%s %s as of %s, by threadscope " TS_VERSION,
			 per_snapshot(threads, sizeof(threads), all.threads, 1),
			 all.threads == 1 ? "thread" : "threads", to);
	put_field(out, "taken", text);
	put_idle(out, &all);
	put_field(out, "width",
		  several ? "Threads: on average per snapshot. Time waited: between the first snapshot and "
			    "the last, "
			    "neither on a CPU nor runnable, at the stack where the next snapshot found the "
			    "thread waiting."
			  : "Threads: how many are at this stack. Time waited: by these threads so far, "
			    "together.");
	put_findings(out, g);
	fprintf(out, ",\"snapshots\":%" PRIu64, all.snapshots);
}

int flamegraph__write(const struct flamegraph *g, FILE *out)
{
	const char *mark = strstr(PAGE, DATA_MARK);
	struct writer w = {.out = out, .several = sums(g).snapshots > 1};

	errno = 0;
	fwrite(PAGE, 1, (size_t)(mark - PAGE), out);
	fprintf(out, "{\"by\":%d,", g->weight == WEIGHT_USUAL ? w.several : g->weight != WEIGHT_THREADS);
	put_nodes(&w, g);
	put_names(&w);
	put_words(out, g);
	fputc('}', out);
	fputs(mark + strlen(DATA_MARK), out);
	return fflush(out) || ferror(out) ? -(errno ? errno : EIO) : 0;
}
