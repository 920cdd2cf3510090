// SPDX-License-Identifier: GPL-2.0-or-later
#include "screen/log_detail.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/append.h"
#include "util/duration.h"
#include "util/heap.h"
#include "util/text.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"
#include "words/describe.h"

#define SHOWN_CALLS  16
#define SHOWN_FRAMES 8

/* ---- who writes, how much, and what goes wrong ------------------------------------------------ */

/* A line per process, and a table of its calls. */
static void writers(const struct scene *s, const struct file_row *f, struct page *p)
{
	struct table t = text_table(COLUMNS_OF_LOG_CALLS);
	char *text = NULL;
	size_t length = 0;
	FILE *out = heap__stream(&text, &length);

	for (size_t i = 0; i < s->r->file_count; i++)
		if (log__same(&s->r->files[i], f))
			text_file_calls(&t, s->r, &s->r->files[i]);
	table__print(&t, out);
	table__free(&t);
	fclose(out);
	page__lines(p, STYLE_PLAIN, text);
	free(text);
}

static void further(const struct scene *s, const struct file_row *f, struct page *p)
{
	const struct naming n = naming__of_interval(s->r);
	char name[DESCRIBE_NAME], bytes[DURATION_TEXT];

	for (size_t i = 0; i < s->r->file_count; i++)
		if (log__same(&s->r->files[i], f) && s->r->files[i].fsync_tid)
			page__line(p, STYLE_PLAIN, 2, "  each sync since attach by %s",
				   describe_tid(name, sizeof(name), &n, s->r->files[i].fsync_tid));
	for (size_t i = 0; i < s->r->mapped_count; i++)
		if (same_text(s->r->mapped[i].path, f->path))
			page__line(p, STYLE_WARNING, 4,
				   "  not counted: what is written to it through mapped memory (%s)",
				   bytes_format(bytes, sizeof(bytes), s->r->mapped[i].bytes));
}

/* ---- calls that have not returned -------------------------------------------------------------- */

static bool is_on(const struct call_row *c, const struct file_row *f)
{
	if (c->thread->pid != f->pid || c->deleted != f->deleted || c->file_kind != f->kind)
		return false;
	return c->path && *c->path ? same_text(c->path, f->path) : c->fd == f->fd;
}

static void one_in_flight(const struct scene *s, const struct call_row *c, struct page *p)
{
	const struct naming n = naming__of_interval(s->r);
	const struct thread_row *t = c->thread;
	char name[DESCRIBE_NAME], age[DURATION_TEXT], bytes[DURATION_TEXT], words[DESCRIBE_WAIT];
	char line[2 * DESCRIBE_WAIT + 2 * DESCRIBE_NAME];
	size_t used = 0;

	append(line, sizeof(line), &used, "  %s by %s for %s%s", describe_io(c->syscall, c->sync),
	       describe_thread(name, sizeof(name), t->name, t->tid), c->at_least ? "at least " : "",
	       duration_format(age, sizeof(age), c->age_ns));
	if (c->bytes)
		append(line, sizeof(line), &used, ", %s", bytes_format(bytes, sizeof(bytes), c->bytes));
	if (c->request)
		append(line, sizeof(line), &used, "; io_uring request: the thread continues");
	else if (c->stall < STALL_UNKNOWN)
		append(line, sizeof(line), &used, "; now: %s", stall_part__words(c->stall));
	else if (t->blocked)
		append(line, sizeof(line), &used, "; now: %s",
		       describe_wait_short(words, sizeof(words), &n, &t->wait));
	page__line(p, c->hangs ? STYLE_WARNING : STYLE_PLAIN, 4, "%s", line);
	if (t->stack.count)
		page__line(p, STYLE_PLAIN, 6, "    in %s",
			   describe_calls(words, sizeof(words), &t->stack, SHOWN_FRAMES));
}

static void in_flight(const struct scene *s, const struct file_row *f, struct page *p)
{
	size_t shown = 0, all = 0;

	for (size_t i = 0; i < s->r->file_count; i++)
		all += log__same(&s->r->files[i], f) ? s->r->files[i].in_flight : 0;
	if (!all)
		return;
	page__heading(p, "IN FLIGHT (%zu)", all);
	for (size_t i = 0; i < s->r->file_count && shown < SHOWN_CALLS; i++)
		for (size_t k = 0; log__same(&s->r->files[i], f) && k < s->r->call_count; k++)
			if (is_on(&s->r->calls[k], &s->r->files[i]) && shown++ < SHOWN_CALLS)
				one_in_flight(s, &s->r->calls[k], p);
	if (shown > SHOWN_CALLS)
		shown = SHOWN_CALLS;
	if (all > shown)
		page__line(p, STYLE_DIM, 2, "  and %zu more", all - shown);
}

/* ---- slow calls ----------------------------------------------------------------------------------- */

static void add_slow(struct slow_calls *sums, const struct slow_calls *of)
{
	sums->count += of->count;
	sums->ns += of->ns;
	for (size_t i = 0; i < STALL_PARTS; i++)
		sums->parts[i] += of->parts[i];
}

static const struct slow_call *slower(const struct slow_call *a, const struct slow_call *b)
{
	return !a || (b && b->ns > a->ns) ? b : a;
}

/* Of all rows of the file. */
static struct file_slow slow_of(const struct scene *s, const struct file_row *f)
{
	struct file_slow sums = {0};

	for (size_t i = 0; i < s->r->file_count; i++) {
		const struct file_slow *one = s->r->files[i].slow;

		if (!one || !log__same(&s->r->files[i], f))
			continue;
		add_slow(&sums.writes, &one->writes);
		add_slow(&sums.fsyncs, &one->fsyncs);
		add_slow(&sums.total_writes, &one->total_writes);
		add_slow(&sums.total_fsyncs, &one->total_fsyncs);
		sums.slowest = slower(sums.slowest, one->slowest);
		sums.slowest_ever = slower(sums.slowest_ever, one->slowest_ever);
	}
	return sums;
}

static void slow_line(const char *what, const struct slow_calls *c, struct page *p)
{
	char parts[DESCRIBE_WAIT], time[DURATION_TEXT];

	if (!c->count)
		return;
	text_stall_parts(parts, sizeof(parts), c->parts, c->ns);
	page__line(p, STYLE_PLAIN, 4, "  %s: %" PRIu64 " slow, %s in total%s%s", what, c->count,
		   duration_format(time, sizeof(time), c->ns), *parts ? ": " : "", parts);
}

static void slowest(const char *when, const struct slow_call *c, struct page *p)
{
	char name[DESCRIBE_NAME], time[DURATION_TEXT], bytes[DURATION_TEXT], parts[DESCRIBE_WAIT];
	char line[2 * DESCRIBE_WAIT];
	size_t used = 0;

	append(line, sizeof(line), &used, "SLOWEST CALL %s: %s %s by %s", when,
	       describe_io(c->syscall, c->sync), duration_format(time, sizeof(time), c->ns),
	       describe_thread(name, sizeof(name), c->name, c->tid));
	if (c->bytes && !c->sync)
		append(line, sizeof(line), &used, ", %s", bytes_format(bytes, sizeof(bytes), c->bytes));
	page__stack(p, line, &c->stack, "not read");
	if (*text_stall_parts(parts, sizeof(parts), c->parts, c->ns))
		page__line(p, STYLE_PLAIN, 4, "  time spent: %s", parts);
}

static void slow_calls(const struct scene *s, const struct file_row *f, struct page *p)
{
	const struct file_slow slow = slow_of(s, f);
	const struct slow_call *ever = slow.slowest_ever;

	if (!ever && !slow.slowest)
		return;
	page__heading(p, "SLOW CALLS");
	slow_line("writes in this interval", &slow.writes, p);
	slow_line("syncs in this interval", &slow.fsyncs, p);
	slow_line("writes since attach", &slow.total_writes, p);
	slow_line("syncs since attach", &slow.total_fsyncs, p);
	if (slow.slowest)
		slowest("IN THIS INTERVAL", slow.slowest, p);
	if (ever && (!slow.slowest || ever->ns != slow.slowest->ns || ever->tid != slow.slowest->tid))
		slowest("SINCE ATTACH", ever, p);
}

/* ---- all of it -------------------------------------------------------------------------------------- */

void log_detail__write(const struct scene *s, const struct file_row *f, struct page *p)
{
	char name[TEXT_FILE_NAME];

	page__line(p, STYLE_BOLD, 2, "%s", text_file_name(name, sizeof(name), f));
	if (f->connection)
		page__line(p, STYLE_DIM, 2, "a network connection: writes block while its peer is slow");
	writers(s, f, p);
	further(s, f, p);
	in_flight(s, f, p);
	page__findings(p, s, VIEW_LOGS, file__identity(f));
	slow_calls(s, f, p);
	log_times__write(s, f, p);
}

static void put_latency(char *dst, size_t size, size_t *used, const struct latency_row *l, const char *what,
			uint64_t interval_ns)
{
	char rate[DURATION_TEXT], p50[DURATION_TEXT], p99[DURATION_TEXT], max[DURATION_TEXT];

	if (!l->count)
		return;
	append(dst, size, used, "%s%s %s: p50 %s, p99 %s, longest %s", *used ? "; " : "", what,
	       text_rate(rate, l->count, interval_ns), text_latency(p50, l, l->p50_ns),
	       text_latency(p99, l, l->p99_ns), text_latency(max, l, l->max_ns));
}

void log_detail__preview(const struct scene *s, const struct file_row *f, struct page *p)
{
	struct table t = {.columns = 1};
	char line[DESCRIBE_WAIT] = "";
	size_t used = 0;

	put_latency(line, sizeof(line), &used, &f->writes, "writes", s->r->interval_ns);
	put_latency(line, sizeof(line), &used, &f->fsyncs, "syncs", s->r->interval_ns);
	if (used)
		page__line(p, STYLE_PLAIN, 2, "%s", line);
	text_damage_lines(&t, f);
	for (size_t i = 0; i < t.count; i++)
		page__lines(p, STYLE_PLAIN, t.cells[i] + 2);
	table__free(&t);
}
