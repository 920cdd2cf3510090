// SPDX-License-Identifier: GPL-2.0-or-later
/* The first line: whose screen it is, how that is, and how it got there; less of it on a narrow screen. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/go_rows.h"
#include "screen/ui_private.h"
#include "util/append.h"
#include "util/duration.h"
#include "util/escape.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"
#include "words/describe.h"

#define STATE_TEXT 1024
#define PART_TEXT  512
#define PARTS      20

/* What finds room first comes first. */
enum need {
	ALWAYS, /* cut where the screen ends */
	BLOCKED,
	GOROUTINES,
	GOROUTINES_MINUTE,
	THREADS_MINUTE,
	WRITES,
	RUNNING,
	CLOCK,
	UNIT,
	UPTIME,
	CPU,
	DAY,
	FILE_NAME,
	STORAGE,
	COMMAND,
	NEEDS
};

struct part {
	enum need need;
	const char *before; /* what separates it from the one before */
	char text[PART_TEXT];
};

struct header {
	size_t count;
	struct part parts[PARTS];
};

/* Adds nothing where the text is empty. */
static void add(struct header *h, enum need need, const char *before, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void add(struct header *h, enum need need, const char *before, const char *format, ...)
{
	struct part *p = &h->parts[h->count];
	va_list args;

	if (h->count == PARTS)
		return;
	va_start(args, format);
	vsnprintf(p->text, sizeof(p->text), format, args);
	va_end(args);
	p->need = need;
	p->before = before;
	h->count += *p->text != '\0';
}

/* ---- of what is watched ------------------------------------------------------------- */

/* The row of the process's end, which is in a newer report than the one that is shown; else its own. */
static const struct process_row *newest(const struct ui *ui, const struct process_row *p)
{
	const struct interval_report *last = feed__moment(ui->feed, feed__count(ui->feed) - 1)->report;

	for (size_t i = 0; !ui->paused && i < last->process_count; i++)
		if (last->processes[i].pid == p->pid)
			return &last->processes[i];
	return p;
}

static void add_lost(const struct ui *ui, const struct interval_report *r, struct header *h)
{
	uint64_t skipped = feed__skipped(ui->feed);
	char text[PART_TEXT] = "";
	size_t used = 0;

	if (skipped)
		append(text, sizeof(text), &used, "LOST: %llu %s", (unsigned long long)skipped,
		       skipped == 1 ? "interval" : "intervals");
	for (size_t i = 0; i < r->loss_count; i++)
		if (r->losses[i].count)
			append(text, sizeof(text), &used, "%s%llu %s",
			       used ? ", " : "LOST: ", (unsigned long long)r->losses[i].count,
			       r->losses[i].name);
	add(h, ALWAYS, "  ", "%s", text);
}

static void add_count(struct header *h, enum need need, const char *before, uint64_t count, const char *what)
{
	add(h, need, before, "%llu %s%s", (unsigned long long)count, what, count == 1 ? "" : "s");
}

/* Behind the count of what has changed: "(+25 -3/min)". */
static void add_minute(struct header *h, enum need need, uint64_t created, uint64_t ended, uint64_t span_ns)
{
	char minute[TEXT_MINUTE];

	if (*text_minute(minute, created, ended, span_ns))
		add(h, need, " ", "(%s)", minute);
}

static void add_counts(const struct process_row *p, struct header *h)
{
	const struct go_process *go = p->go && !p->go->problem ? p->go : NULL;

	add_count(h, ALWAYS, "  ", p->threads, "thread");
	add_minute(h, THREADS_MINUTE, p->minute_created, p->minute_exited, p->minute_ns);
	add(h, BLOCKED, ", ", "%llu blocked", (unsigned long long)p->blocked);
	add(h, RUNNING, ", ", "%llu running", (unsigned long long)p->running);
	if (!go)
		return;
	add_count(h, GOROUTINES, ", ", go->count, "goroutine");
	add_minute(h, GOROUTINES_MINUTE, go->minute_created, go->minute_ended, go->minute_ns);
}

/* What it is; less needed than how it is. */
static void add_origin(const struct process_row *p, struct header *h)
{
	struct origin o = {.command = p->origin.command, .titled = p->origin.titled};
	char command[DESCRIBE_WAIT], text[DESCRIBE_ORIGIN], age[DURATION_TEXT];

	if (p->origin.unit)
		add(h, UNIT, "  ", "in %.64s", p->origin.unit);
	if (p->origin.uptime_ns)
		add(h, UPTIME, p->origin.unit ? ", " : "  ", "up %s",
		    duration_format(age, sizeof(age), p->origin.uptime_ns));
	if (*describe_command(command, sizeof(command), p)) /* else the name says as much */
		add(h, COMMAND, "  ", "%s", describe_origin(text, sizeof(text), &o, p->comm));
}

static void add_process(const struct ui *ui, const struct process_row *p, struct header *h)
{
	const struct interval_report *r = ui->scene.r;
	char a[DURATION_TEXT], end[TEXT_END], stop[DESCRIBE_STOP], name[DESCRIBE_PROCESS];
	char storage[TEXT_STORAGE];

	add(h, ALWAYS, "  ", "%s (%d)", describe_process(name, p), (int)p->pid);
	add_lost(ui, r, h);
	if (newest(ui, p)->ended)
		add(h, ALWAYS, " ", "%s", text_end(end, newest(ui, p)));
	if (p->stop.by)
		add(h, ALWAYS, " ", "%s", describe_stop(stop, sizeof(stop), &p->stop));
	if (!r->interval_ns)
		add(h, ALWAYS, "  ", "attaching probes");
	add_counts(p, h);
	if (r->interval_ns && !p->calls_unseen) /* none was written: its place stays */
		add(h, WRITES, "  ", "write p99 %s",
		    p->writes.count ? text_latency(a, &p->writes, p->writes.p99_ns) : "-");
	if (r->interval_ns)
		add(h, CPU, "  ", "%s CPU", text_percent(a, p->cpu_ns, r->interval_ns));
	add_origin(p, h);
	add(h, STORAGE, "  ", "%s", text_storage(storage, "", p, r->interval_ns));
}

static void add_time(const struct ui *ui, uint64_t time_ns, struct header *h)
{
	bool past = ui->o.replay || ui->paused; /* the clock on the wall has another time */
	char clock[DURATION_TEXT];

	if (ui->o.replay)
		add(h, DAY, "  ", "%s", time_format_day(clock, sizeof(clock), time_ns));
	add(h, past ? ALWAYS : CLOCK, " ", "%.8s", time_format_clock(clock, sizeof(clock), time_ns));
}

static void fill(const struct ui *ui, struct header *h)
{
	const struct interval_report *r = ui->scene.r;
	const struct process_row *p = scene__process(&ui->scene);

	if (ui->o.about)
		add(h, FILE_NAME, "", "%.64s", ui->o.about);
	if (!r) {
		add(h, ALWAYS, "  ", "threadscope");
		return;
	}
	add_time(ui, r->time_ns, h);
	if (p) {
		add_process(ui, p, h);
		return;
	}
	add(h, ALWAYS, "  ", "%zu %s", r->process_count, r->process_count == 1 ? "process" : "processes");
	add_lost(ui, r, h);
	if (!r->interval_ns)
		add(h, ALWAYS, "  ", "attaching probes");
}

/* What is to be known before anything else: that this is not now, or not the whole truth. */
static const char *state_words(const struct ui *ui, char dst[STATE_TEXT])
{
	const char *message = ui->feed ? feed__message(ui->feed) : "";
	const struct process_row *p = scene__process(&ui->scene);
	/* A command that was started cannot be started again. */
	const char *remedy = ui->o.command && !ui->attached ? "" : ": R restarts it";

	*dst = '\0';
	/* How the process ended is in the header. */
	if (!ui->o.replay && p && newest(ui, p)->ended) {
		snprintf(dst, STATE_TEXT, "LAST STATE");
		return dst;
	}
	/* An earlier moment is not the end, unless it is shown for it. */
	if (ui->paused && ui->feed && feed__state(ui->feed) == FEED_OVER &&
	    ui->scene.moment + 1 < feed__count(ui->feed))
		return dst;
	switch (ui->feed ? feed__state(ui->feed) : FEED_STARTING) {
	case FEED_STARTING:
		snprintf(dst, STATE_TEXT, "%s", *message ? message : "starting");
		break;
	case FEED_RUNNING:
		break;
	case FEED_OVER:
		snprintf(dst, STATE_TEXT, "%.300s%s",
			 *message       ? message
			 : ui->o.replay ? "end of the file"
					: "the process has ended",
			 ui->o.replay ? "" : "; this is the last state");
		break;
	case FEED_SILENT:
		snprintf(dst, STATE_TEXT, "%s%s",
			 ui->scene.r && !ui->scene.r->interval_ns /* a restart would begin it anew */
				 ? "attaching takes unusually long"
				 : "the collector does not answer",
			 ui->scene.r && !ui->scene.r->interval_ns ? "" : remedy);
		break;
	case FEED_BROKEN:
		snprintf(dst, STATE_TEXT, "%.300s%s", message, remedy);
		break;
	}
	return dst;
}

/* ---- drawing ------------------------------------------------------------------------ */

/* Into dst, of that size, all parts but those that are left out, a bit for each need. */
static void join(const struct header *h, uint32_t left_out, char *dst, size_t size)
{
	size_t used = 0;

	*dst = '\0';
	for (size_t i = 0; i < h->count; i++)
		if (!(left_out >> h->parts[i].need & 1))
			append(dst, size, &used, "%s%s", used ? h->parts[i].before : "", h->parts[i].text);
}

/* What is needed most has its place first. What was left out stays so as long as there is no more room: it
 * would come and go with each digit. */
static void fit(struct ui *ui, const struct header *h, unsigned columns, char *dst, size_t size)
{
	const uint32_t all = (1u << NEEDS) - 1, always = 1u << ALWAYS;
	unsigned room;

	join(h, all & ~always, dst, size);
	room = columns - (unsigned)utf8_width(dst);
	if (room != ui->header_room)
		ui->header_left_out = 0;
	ui->header_room = room;
	for (uint32_t bit = always << 1, later = all & ~always; later; bit <<= 1) {
		later &= ~bit;
		join(h, ui->header_left_out | later, dst, size);
		if (utf8_width(dst) > columns)
			ui->header_left_out |= bit;
	}
	join(h, ui->header_left_out, dst, size);
}

void ui__draw_header(struct ui *ui, struct canvas *c)
{
	char text[PARTS * PART_TEXT], state[STATE_TEXT];
	struct header h = {0};
	unsigned at = 0;

	canvas__style(c, 0, 0, c->columns, STYLE_TITLE);
	if (ui->paused)
		at += canvas__put(c, 0, at, c->columns, STYLE_CRITICAL, "PAUSED ");
	if (*state_words(ui, state))
		at += canvas__print(c, 0, at, STYLE_CRITICAL, "%s ", state);
	fill(ui, &h);
	fit(ui, &h, c->columns > at ? c->columns - at : 0, text, sizeof(text));
	canvas__put(c, 0, at, c->columns, STYLE_TITLE, text);
}
