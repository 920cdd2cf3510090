// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/slow_calls.h"

#include "model/findings/call_text.h"
#include "model/findings/log_names.h"
#include "thresholds.h"
#include "util/clock.h"
#include "util/duration.h"
#include "waits/stall.h"
#include "words/describe.h"

#define HANG_NS   NS_OF_MS(LOG_STALL_MS)
#define URGENT_NS NS_OF_S(LOG_STALL_WARNING_S)

/* The price of a commit log, paid in a sync or in a write to the disk itself (O_DIRECT): not a hang. */
static enum severity severity_of_slow(const struct file_row *f)
{
	bool commits = log_name__for_commits(f->path, f->of_lines);

	return commits && f->slow->slowest->ns < URGENT_NS ? SEVERITY_INFO : SEVERITY_USUAL;
}

static enum stall_part main_part(const struct file_row *f)
{
	uint64_t parts[STALL_PARTS];

	for (int i = 0; i < STALL_PARTS; i++)
		parts[i] = f->slow->writes.parts[i] + f->slow->fsyncs.parts[i];
	return stall__main(parts);
}

/*
 * Writes by io_uring, of which nothing but their time is known, are under way together while their thread
 * goes on: their sum is nobody's time.
 */
static uint64_t requests_ns(const struct file_row *f)
{
	return f->total_uring_writes ? f->slow->writes.parts[STALL_UNKNOWN] : 0;
}

static const char *call_text(struct arena *a, const struct slow_call *c, const char *on)
{
	char name[DESCRIBE_NAME], time[DURATION_TEXT];

	return arena__format(a, "%s by %s%s took %s", describe_io(c->syscall, c->sync),
			     describe_thread(name, sizeof(name), c->name, c->tid), on,
			     duration_format(time, sizeof(time), c->ns));
}

/* "; dd (811) has written most to this device: 310 MiB/s" */
static const char *writer_text(struct arena *a, const struct file_row *f)
{
	char text[DESCRIBE_WAIT];

	return f->slow->writer
		       ? arena__format(a, "; %s",
				       describe_device_writer(text, sizeof(text), f->slow->writer, f->pid))
		       : "";
}

/* Threads wait for each call, so that a sum says something; else the slowest stands for all. */
static const char *summary(struct arena *a, const struct file_row *f)
{
	const struct slow_call *c = f->slow->slowest;
	const char *file = call_text__file(a, f->path, f->kind, f->fd, f->peer);
	const char *from = call_text__from(a, &c->stack), *part = stall_part__words(main_part(f));
	uint64_t count = f->slow->writes.count + f->slow->fsyncs.count;
	const char *writer = writer_text(a, f);
	char time[DURATION_TEXT];

	if (count == 1)
		return arena__format(a, "%s, mostly %s%s%s",
				     call_text(a, c, arena__format(a, " on %s", file)), part, from, writer);
	if (requests_ns(f))
		return arena__format(a, "%llu slow calls on %s; the slowest, %s%s", (unsigned long long)count,
				     file, call_text(a, c, ","), from);
	return arena__format(a, "%llu slow calls on %s took %s in total, mostly %s; the slowest, %s%s%s",
			     (unsigned long long)count, file,
			     duration_format(time, sizeof(time), f->slow->writes.ns + f->slow->fsyncs.ns),
			     part, call_text(a, c, ","), from, writer);
}

static void report(struct findings *to, const struct file_row *f)
{
	pid_t *tids = ARENA_NEW(to->arena, pid_t, 1);

	tids[0] = f->slow->slowest->tid;
	findings__add(to, &(struct finding){.kind = FINDING_LOG_STALL,
					    .severity = severity_of_slow(f),
					    .summary = summary(to->arena, f),
					    .pid = f->pid,
					    .path = *f->path ? f->path : NULL,
					    .tids = tids,
					    .tid_count = 1});
}

/* Of these, cpu-starved reports the slowest; what waits for the file's lock waits behind it. */
static bool for_a_cpu(const struct file_row *f)
{
	enum stall_part part = main_part(f);

	return part == STALL_RUNNABLE ||
	       (part == STALL_LOCK && stall__main(f->slow->slowest->parts) == STALL_RUNNABLE);
}

static bool much_time(const struct interval_report *r, const struct file_row *f)
{
	uint64_t requests, ns;

	if (!f->slow || !f->slow->slowest || for_a_cpu(f))
		return false;
	requests = requests_ns(f);
	ns = gained_since(f->slow->writes.ns, requests) + f->slow->fsyncs.ns;
	/* A single request may be waited for. */
	if (requests && f->slow->slowest->ns > ns)
		ns = f->slow->slowest->ns;
	return ns >= r->interval_ns * LOG_STALL_PERCENT / 100;
}

static bool hangs(const struct interval_report *r, const struct file_row *f)
{
	return f->oldest_in_flight_ns >= HANG_NS && r->call_count;
}

void findings__slow_calls(struct findings *f, const struct interval_report *r)
{
	for (size_t i = 0; i < r->file_count; i++)
		if (!hangs(r, &r->files[i]) && much_time(r, &r->files[i]))
			report(f, &r->files[i]);
}
