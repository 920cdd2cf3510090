/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One interval, the most urgent information first. */
#include <inttypes.h>
#include <string.h>

#include "util/append.h"
#include "words/describe.h"
#include "views/text/text_parts.h"
#include "views/text/text_units.h"

/* The number of lines per section. */
struct limits {
	size_t processes, findings, threads, locks, creators, files, goroutines, calls;
};

#define SHOWN_FRAMES 4 /* of a blocked thread's stack */

static struct limits limits_of(const struct view_options *o)
{
	struct limits l = {.processes = 5,
			   .findings = 5,
			   .threads = 10,
			   .locks = 4,
			   .creators = 3,
			   .files = 5,
			   .goroutines = 6,
			   .calls = 12};

	if (o->every_process)
		l.processes = 30;
	return l;
}

void text_io_sentence(FILE *out, const struct process_row *p, uint64_t interval_ns)
{
	char a[DURATION_TEXT], b[DURATION_TEXT], c[DURATION_TEXT], d[DURATION_TEXT];

	if (p->writes.count)
		text_part(out, "writes %s, %s, p99 %s, max %s", text_rate(a, p->writes.count, interval_ns),
			  p->write_bytes ? text_byte_rate(b, p->write_bytes, interval_ns) : "0 B/s",
			  text_latency(c, &p->writes, p->writes.p99_ns),
			  text_latency(d, &p->writes, p->writes.max_ns));
	else
		text_part(out, p->calls_unseen ? "writes not observed" : "no writes");
	if (p->write_errors)
		text_part(out, ", %" PRIu64 " failed", p->write_errors);
	if (p->fsyncs.count)
		text_part(out, "; fsyncs %s, p99 %s, max %s", text_rate(a, p->fsyncs.count, interval_ns),
			  text_latency(c, &p->fsyncs, p->fsyncs.p99_ns),
			  text_latency(d, &p->fsyncs, p->fsyncs.max_ns));
}

/* Waits in progress are counted: those that last are in each interval, so they have no rate. Idle waits are
 * futex waits, too: only those for locks have a latency that matters. */
static void lock_sentence(FILE *out, const struct process_row *p)
{
	char c[DURATION_TEXT], d[DURATION_TEXT];

	if (p->lock_waits.count)
		text_part(out, "; %" PRIu64 " lock %s, p99 %s, max %s", p->lock_waits.count,
			  p->lock_waits.count == 1 ? "wait" : "waits",
			  text_latency(c, &p->lock_waits, p->lock_waits.p99_ns),
			  text_latency(d, &p->lock_waits, p->lock_waits.max_ns));
	else if (p->futex.count)
		text_part(out, "; %" PRIu64 " futex %s, none for a known lock", p->futex.count,
			  p->futex.count == 1 ? "wait" : "waits");
}

char *text_end(char dst[TEXT_END], const struct process_row *p)
{
	*dst = '\0';
	return p->ended ? describe_end(dst, TEXT_END, p->exit_known, p->exit_code) : dst;
}

void text_no_process(const struct view_options *o, FILE *out)
{
	if (!o->name_count) {
		text_line(out, "no process to observe now");
		return;
	}
	text_part(out, "no process is named ");
	for (size_t i = 0; i < o->name_count; i++)
		text_part(out, "%s'%.64s'", i ? " or " : "", o->names[i]);
	text_line(out, "; matching processes are observed as they start");
}

/* "; up 3 h": at the end of a line. */
static void text_origin(char *dst, size_t size, const struct origin *o, const char *comm)
{
	char text[DESCRIBE_ORIGIN];

	describe_origin(text, sizeof(text), o, comm);
	snprintf(dst, size, "%s%s", *text ? "; " : "", text);
}

static void one_process(FILE *out, const struct interval_report *r, const struct process_row *p)
{
	char a[DURATION_TEXT], b[DURATION_TEXT], end[TEXT_END], stop[DESCRIBE_STOP];
	char origin[DESCRIBE_ORIGIN + 2], storage[TEXT_STORAGE], minute[TEXT_MINUTE];

	text_part(out, "%.120s (%d): ", p->comm, (int)p->pid);
	if (p->ended)
		text_part(out, "%s; ", text_end(end, p));
	if (p->stop.by)
		text_part(out, "%s. ", describe_stop(stop, sizeof(stop), &p->stop));
	text_part(out, "%" PRIu64 " %s", p->threads, p->threads == 1 ? "thread" : "threads");
	if (p->created || p->exited)
		text_part(out, " (%s)", text_change(a, p->created, p->exited));
	text_origin(origin, sizeof(origin), &p->origin, p->comm);
	if (!r->interval_ns) {
		text_line(out, ", %" PRIu64 " running, %" PRIu64 " blocked; first look, rates follow%s",
			  p->running, p->blocked, origin);
		return;
	}
	text_part(out,
		  ", %" PRIu64 " running, %" PRIu64 " blocked, %s of a CPU; in %s: %" PRIu64
		  " created, %" PRIu64 " exited",
		  p->running, p->blocked, text_percent(a, p->cpu_ns, r->interval_ns),
		  duration_format(b, sizeof(b), r->watched_ns), p->created_total, p->exited_total);
	if (r->watched_ns > p->minute_ns && (p->created_total || p->exited_total) &&
	    *text_minute(minute, p->minute_created, p->minute_exited, p->minute_ns))
		text_part(out, " (now %s)", minute);
	text_line(out, "%s", origin);
	text_part(out, "  ");
	text_io_sentence(out, p, r->interval_ns);
	lock_sentence(out, p);
	text_part(out, "%s", text_storage(storage, "; ", p, r->interval_ns));
	text_line(out, "%s", "");
}

/* "; 12 switches, 2 involuntary": that it ran in the interval, and how often it had to give its CPU up. */
static void switches_words(char *dst, size_t size, const struct thread_row *r)
{
	uint64_t involuntary = r->counts[TS_INVOLUNTARY], all = r->counts[TS_VOLUNTARY] + involuntary;
	size_t used = 0;

	*dst = '\0';
	if (all)
		append(dst, size, &used, "; %" PRIu64 " %s", all, all == 1 ? "switch" : "switches");
	if (involuntary)
		append(dst, size, &used, ", %" PRIu64 " involuntary", involuntary);
}

static void thread_cells(struct table *t, const struct interval_report *report, const struct thread_row *r)
{
	const struct naming naming = naming__of_interval(report);
	char wait[DESCRIBE_WAIT], stack[DESCRIBE_WAIT], switches[80], stop[DESCRIBE_WAIT] = "";
	char words[3 * DESCRIBE_WAIT + DESCRIBE_CHAIN + DESCRIBE_NAME + 96], links[DESCRIBE_CHAIN];
	char sleep[DESCRIBE_NAME];

	describe_links(links, sizeof(links), &r->wait);
	describe_wait(wait, sizeof(wait), &naming, &r->wait);
	describe_creator(stack, sizeof(stack), &r->stack, SHOWN_FRAMES);
	switches_words(switches, sizeof(switches), r);
	if (r->wait.kind == WAIT_STOPPED)
		describe_stopper(stop, sizeof(stop), &r->halt);
	snprintf(words, sizeof(words), "%s%s%s%s%s%s%s%s", wait, describe_sleep(sleep, r), links,
		 *stop ? " " : "", stop, switches, r->stack.count ? "; in " : "",
		 r->stack.count ? stack : "");
#include "views/text/text_cells.h"
#include "report/columns/threads.def"
}

/* In the order of their rank. */
static void threads(FILE *out, const struct interval_report *r, size_t max)
{
	struct table t = text_table(COLUMNS_OF_THREADS);
	size_t worth = max == SIZE_MAX ? r->ranked_threads : r->worth_showing;
	size_t shown = worth < max ? worth : max, idle = 0;

	for (size_t i = 0; i < shown; i++)
		thread_cells(&t, r, &r->threads[r->thread_rank[i]]);
	for (size_t i = shown; i < r->ranked_threads; i++)
		idle += wait_class__at_rest(r->threads[r->thread_rank[i]].wait.class);
	if (r->ranked_threads)
		text_line(out, "%s", "");
	table__print(&t, out);
	table__free(&t);
	if (r->ranked_threads > shown && shown && !idle)
		text_line(out, "... and %zu more blocked", r->ranked_threads - shown);
	else if (r->ranked_threads > shown && shown)
		text_line(out, "... and %zu more blocked, %zu of them idle", r->ranked_threads - shown, idle);
	else if (r->ranked_threads > shown)
		text_line(out, "%zu threads blocked, %zu of them idle", r->ranked_threads, idle);
}

void text_cost(FILE *out, const struct cost_row *c)
{
	char a[DURATION_TEXT], b[DURATION_TEXT];

	if (!c->wall_ns) {
		text_line(out, "; cost so far: %s of CPU time, %s", duration_format(a, sizeof(a), c->cpu_ns),
			  bytes_format(b, sizeof(b), c->rss_bytes));
		return;
	}
	text_part(out, "; cost: %s of a CPU", text_percent(a, c->cpu_ns, c->wall_ns));
	if (c->bpf_ns != UINT64_MAX)
		text_part(out, " and %s in probes", text_percent(a, c->bpf_ns, c->wall_ns));
	text_part(out, ", %s", bytes_format(b, sizeof(b), c->rss_bytes));
	if (c->maps_bytes)
		text_part(out, " and %s in the kernel", bytes_format(b, sizeof(b), c->maps_bytes));
	if (c->attach_ns)
		text_part(out, "; attached in %s", duration_format(a, sizeof(a), c->attach_ns));
	if (c->restarts)
		text_part(out, "; restarted %" PRIu64 " %s, totals since then", c->restarts,
			  c->restarts == 1 ? "time" : "times");
	text_line(out, "%s", "");
}

void text_interval(const struct view_options *o, const struct interval_report *r)
{
	struct limits l = limits_of(o);
	char clock[DURATION_TEXT];
	FILE *out = o->out;

	text_part(out, "%.8s  ", time_format_clock(clock, sizeof(clock), r->time_ns));
	if (!r->process_count)
		text_no_process(o, out);
	else if (r->process_count == 1 && !o->every_process)
		one_process(out, r, &r->processes[0]);
	else
		text_line(out, "%zu %s%s", r->process_count, r->process_count == 1 ? "process" : "processes",
			  r->interval_ns ? "" : "; first look, rates follow");
	for (size_t i = 0; i < r->process_count && i < l.processes; i++)
		text_go_line(out, r, &r->processes[i]);
	text_findings(o, out, r->findings, r->finding_count, l.findings);
	if (r->process_count > 1 || o->every_process)
		text_process_table(out, r, l.processes);
	if (!o->every_process) {
		text_go_groups(out, r, l.goroutines);
		text_go_creators(out, r, l.creators);
		threads(out, r, l.threads);
		text_locks(out, r, l.locks);
		text_creators(out, r, l.creators);
		text_files(out, r, l.files);
		text_timed(out, r, l.calls);
	}
	text_losses(o, out, r->losses, r->loss_count);
	text_cost(out, &r->cost);
	text_line(out, "%s", "");
}
