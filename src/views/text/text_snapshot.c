/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One snapshot: findings, chains of owners, then stacks, the most common first. */
#include "util/duration.h"
#include "words/describe.h"
#include "report/go_rows.h"
#include "views/text/text_parts.h"

/* "across all 5: 41 threads did not run, 3 ran and were at the same place each time, 1 moved or is new" */
static void motion(FILE *out, const struct snapshot_report *r)
{
	size_t unrun = 0, same = 0, moved = 0;
	const char *before = "";

	for (size_t i = 0; i < r->group_count; i++) {
		unrun += r->groups[i].unrun;
		same += r->groups[i].unmoved - r->groups[i].unrun;
		moved += r->groups[i].count - r->groups[i].unmoved;
	}
	text_part(out, "across all %zu: ", (size_t)r->number);
	if (unrun) {
		text_part(out, "%zu %s did not run", unrun, unrun == 1 ? "thread" : "threads");
		before = ", ";
	}
	if (same) {
		text_part(out, "%s%zu ran and %s at the same place each time", before, same,
			  same == 1 ? "was" : "were");
		before = ", ";
	}
	if (moved || !*before)
		text_part(out, "%s%zu moved or %s new", before, moved, moved == 1 ? "is" : "are");
	text_line(out, "%s", "");
}

static void taken(FILE *out, const struct snapshot_report *r)
{
	char time[DURATION_TEXT], took[DURATION_TEXT];

	time_format_iso(time, sizeof(time), r->time_ns);
	if (r->of > 1)
		text_line(out, "snapshot %zu of %zu, taken %s", (size_t)r->number, (size_t)r->of, time);
	else
		text_line(out, "taken %s in %s", time, duration_format(took, sizeof(took), r->cost.wall_ns));
	if (r->number > 1)
		motion(out, r);
}

static void header(FILE *out, const struct snapshot_report *r)
{
	size_t blocked = 0, idle = 0, shown = 0;
	char stop[DESCRIBE_STOP], origin[DESCRIBE_ORIGIN];

	for (size_t i = 0; i < r->thread_count; i++) {
		blocked += r->threads[i].blocked;
		shown += !r->threads[i].left_out;
	}
	for (size_t i = 0; i < r->group_count; i++)
		idle += r->groups[i].idle ? r->groups[i].count : 0;
	if (*r->comm)
		text_part(out, "%.120s (%d)", r->comm, (int)r->pid);
	else
		text_part(out, "process %d", (int)r->pid);
	if (r->exe && *r->exe)
		text_part(out, ", %s", r->exe);
	if (*describe_origin(origin, sizeof(origin), &r->origin, r->comm))
		text_part(out, ", %s", origin);
	if (r->runtime_version)
		text_part(out, ", %s", r->runtime_version);
	text_part(out, ": ");
	if (r->stop.by)
		text_part(out, "%s. ", describe_stop(stop, sizeof(stop), &r->stop));
	text_part(out, "%zu %s, %zu blocked", r->thread_count, r->thread_count == 1 ? "thread" : "threads",
		  blocked);
	if (r->selected)
		text_part(out, "; %zu shown", shown);
	else if (idle)
		text_part(out, " (%zu idle)", idle);
	text_line(out, "%s", "");
	taken(out, r);
}

static void last_line(const struct view_options *o, FILE *out, const struct snapshot_report *r)
{
	char cpu[DURATION_TEXT], wall[DURATION_TEXT], memory[DURATION_TEXT];

	text_line(out, "%s", "");
	text_losses(o, out, r->losses, r->loss_count);
	text_part(out, "; cost: %s of CPU time in %s", duration_format(cpu, sizeof(cpu), r->cost.cpu_ns),
		  duration_format(wall, sizeof(wall), r->cost.wall_ns));
	if (r->cost.rss_bytes)
		text_part(out, ", %s", bytes_format(memory, sizeof(memory), r->cost.rss_bytes));
	text_line(out, "%s", "");
}

void text_snapshot_summary(const struct view_options *o, const struct snapshot_report *r)
{
	size_t blocked = 0, ran = 0;
	char time[DURATION_TEXT], name[DESCRIBE_NAME], stop[DESCRIBE_STOP];

	for (size_t i = 0; i < r->thread_count; i++) {
		blocked += r->threads[i].blocked;
		ran += r->threads[i].did_not_run == 0;
	}
	text_part(o->out, "snapshot %zu of %zu of %s, taken %s: %zu %s, %zu blocked", (size_t)r->number,
		  (size_t)r->of, describe_thread(name, sizeof(name), r->comm, r->pid),
		  time_format_iso(time, sizeof(time), r->time_ns), r->thread_count,
		  r->thread_count == 1 ? "thread" : "threads", blocked);
	if (r->stop.by)
		text_part(o->out, "; %s", describe_stop(stop, sizeof(stop), &r->stop));
	if (r->number > 1)
		text_part(o->out, "; %zu ran since the previous one", ran);
	text_line(o->out, "%s", "");
	text_findings(o, o->out, r->findings, r->finding_count, SIZE_MAX);
}

void text_snapshot(const struct view_options *o, const struct snapshot_report *r)
{
	const struct naming naming = naming__of_snapshot(r);
	FILE *out = o->out;

	if (r->go && r->go->reading->list && o->goroutines_only) {
		text_traceback(o, out, r);
		return;
	}
	header(out, r);
	if (r->finding_count)
		text_line(out, "%s", "");
	text_findings(o, out, r->findings, r->finding_count, SIZE_MAX);
	text_goroutines(o, out, r);
	if (!r->go || !o->goroutines_only) {
		text_chains(o, out, r, &naming);
		text_stacks(o, out, r, &naming);
	}
	last_line(o, out, r);
}
