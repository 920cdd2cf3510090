// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/slow_calls.h"

#include "model/findings/call_text.h"
#include "model/findings/log_names.h"
#include "thresholds.h"
#include "util/duration.h"
#include "waits/stall.h"
#include "words/describe.h"

#define HANG_NS   NS_OF_MS(LOG_STALL_MS)
#define URGENT_NS NS_OF_S(LOG_STALL_WARNING_S)

/* The price of a commit log, not a hang. */
static enum severity severity_of_slow(const struct file_row *f)
{
	bool commits = f->slow->slowest->sync && log_name__for_commits(f->path, f->of_lines);

	return commits && f->slow->slowest->ns < URGENT_NS ? SEVERITY_INFO : SEVERITY_USUAL;
}

static enum stall_part main_part(const struct file_row *f)
{
	uint64_t parts[STALL_PARTS];

	for (int i = 0; i < STALL_PARTS; i++)
		parts[i] = f->slow->writes.parts[i] + f->slow->fsyncs.parts[i];
	return stall__main(parts);
}

static void report_slow(struct findings *to, const struct file_row *f)
{
	const struct slow_call *c = f->slow->slowest;
	uint64_t count = f->slow->writes.count + f->slow->fsyncs.count;
	uint64_t ns = f->slow->writes.ns + f->slow->fsyncs.ns;
	char all[DURATION_TEXT], one[DURATION_TEXT], name[DESCRIBE_NAME];
	pid_t *tids = ARENA_NEW(to->arena, pid_t, 1);

	tids[0] = c->tid;
	findings__add(to,
		      &(struct finding){
			      .kind = FINDING_LOG_STALL,
			      .severity = severity_of_slow(f),
			      .summary = arena__format(
				      to->arena,
				      "%llu slow %s on %s took %s in total, mostly %s; the slowest, %s by "
				      "%s, took %s%s",
				      (unsigned long long)count, count == 1 ? "call" : "calls",
				      call_text__file(to->arena, f->path, f->kind, f->fd, f->peer),
				      duration_format(all, sizeof(all), ns), stall_part__words(main_part(f)),
				      describe_io(c->syscall, c->sync),
				      describe_thread(name, sizeof(name), c->name, c->tid),
				      duration_format(one, sizeof(one), c->ns),
				      call_text__from(to->arena, &c->stack)),
			      .pid = f->pid,
			      .path = *f->path ? f->path : NULL,
			      .tids = tids,
			      .tid_count = 1});
}

static bool much_time(const struct interval_report *r, const struct file_row *f)
{
	/* Calls that waited for a CPU are in cpu-starved. */
	if (!f->slow || !f->slow->slowest || main_part(f) == STALL_RUNNABLE)
		return false;
	return f->slow->writes.ns + f->slow->fsyncs.ns >= r->interval_ns * LOG_STALL_PERCENT / 100;
}

static bool hangs(const struct interval_report *r, const struct file_row *f)
{
	return f->oldest_in_flight_ns >= HANG_NS && r->call_count;
}

void findings__slow_calls(struct findings *f, const struct interval_report *r)
{
	for (size_t i = 0; i < r->file_count; i++)
		if (!hangs(r, &r->files[i]) && much_time(r, &r->files[i]))
			report_slow(f, &r->files[i]);
}
