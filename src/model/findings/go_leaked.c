// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/go_leaked.h"

#include <inttypes.h>
#include <string.h>

#include "report/go_rows.h"
#include "thresholds.h"
#include "util/duration.h"
#include "util/text.h"
#include "words/describe_go.h"

/* What goroutines in a state wait for; a receive without an end may be meant, a send and a lock may not. */
static const struct {
	const char *state, *one, *several;
	bool may_be_meant;
} THINGS[] = {
	{"chan receive", "the channel that it receives from", "the channels that they receive from", true},
	{"chan send", "the channel that it sends to", "the channels that they send to", false},
	{"select", "any channel of its select", "any channel of their selects", true},
	{"sync.Cond.Wait", "the sync.Cond that it waits for", "the sync.Cond that they wait for", true},
	{"sync.WaitGroup.Wait", "the WaitGroup that it waits for", "the WaitGroups that they wait for",
	 false},
	{"", "the lock or WaitGroup that it waits for", "the locks or WaitGroups that they wait for", false},
};

static size_t thing_of(const struct go_group *g)
{
	size_t i = 0;

	while (*THINGS[i].state && strcmp(THINGS[i].state, g->state))
		i++;
	return i;
}

static const char *who(struct arena *a, const struct go_group *g)
{
	char leaked[DURATION_TEXT], count[DURATION_TEXT];

	count_format(leaked, sizeof(leaked), g->leaked);
	if (g->leaked == 1)
		return arena__format(a, "goroutine %" PRIu64, g->leaked_goids[0]);
	if (g->leaked == g->count)
		return arena__format(a, "%s goroutines", leaked);
	return arena__format(a, "%s of %s goroutines", leaked, count_format(count, sizeof(count), g->count));
}

/* Why it is not certain. */
static const char *doubt(struct arena *a, const struct go_leaks *l)
{
	if (l->running)
		return arena__format(a,
				     "goroutine %" PRIu64 " ran all the time, and its registers are not seen",
				     l->running);
	if (l->moving)
		return "what refers to them changes while it is read";
	return "it was read only once";
}

static void report_group(struct findings *f, const struct go_leaks *l, const struct go_group *g, pid_t pid)
{
	bool one = g->leaked == 1, sure = go_leaks__sure(l);
	char at[DESCRIBE_NAME], made[DESCRIBE_NAME];
	size_t thing = thing_of(g);
	const char *text =
		arena__format(f->arena, "%s %s leaked: nobody else %s reach %s", who(f->arena, g),
			      !sure ? "may be"
			      : one ? "is"
				    : "are",
			      sure ? "can" : "was seen to", one ? THINGS[thing].one : THINGS[thing].several);
	bool many = g->leaked >= GOROUTINE_LEAK_MIN;

	if (*describe_go_place(at, sizeof(at), g))
		text = arena__format(f->arena, "%s at %s", text, at);
	if (*describe_go_creator(made, sizeof(made), g))
		text = arena__format(f->arena, "%s, created at %s", text, made);
	if (!sure)
		text = arena__format(f->arena, "%s (%s)", text, doubt(f->arena, l));
	findings__add(f, &(struct finding){.kind = FINDING_GOROUTINE_LEAK,
					   .severity = sure && (many || !THINGS[thing].may_be_meant)
							       ? SEVERITY_WARNING
							       : SEVERITY_INFO,
					   .summary = text,
					   .pid = pid});
}

static void report_rest(struct findings *f, const struct go_leaks *l, uint64_t more, uint64_t groups,
			pid_t pid)
{
	char count[DURATION_TEXT];
	bool sure = go_leaks__sure(l);

	count_format(count, sizeof(count), more);
	findings__add(
		f, &(struct finding){
			   .kind = FINDING_GOROUTINE_LEAK,
			   .severity = sure && more >= GOROUTINE_LEAK_MIN ? SEVERITY_WARNING : SEVERITY_INFO,
			   .summary = arena__format(f->arena, "%s more %s %s leaked, at %" PRIu64 " other %s",
						    count, more == 1 ? "goroutine" : "goroutines",
						    !sure       ? "may be"
						    : more == 1 ? "is"
								: "are",
						    groups, groups == 1 ? "place" : "places"),
			   .pid = pid});
}

/* Any goroutine may be among them that is reached by what was not read. */
static void report_part(struct findings *f, const struct go_leaks *l, pid_t pid)
{
	char count[DURATION_TEXT], read[DURATION_TEXT], heap[DURATION_TEXT];

	findings__add(f,
		      &(struct finding){
			      .kind = FINDING_GOROUTINE_LEAK,
			      .severity = SEVERITY_INFO,
			      .summary = arena__format(
				      f->arena,
				      "%s %s may be leaked or not: only %s of a heap of %s could be searched",
				      count_format(count, sizeof(count), l->leaked),
				      l->leaked == 1 ? "goroutine" : "goroutines",
				      bytes_format(read, sizeof(read), l->read_bytes),
				      bytes_format(heap, sizeof(heap), l->heap_bytes)),
			      .pid = pid});
}

void findings__go_leaked(struct findings *f, const struct go_reading *r, pid_t pid)
{
	uint64_t more = 0, groups = 0;
	size_t count = 0;

	if (r->leaks.leaked && !r->leaks.whole) {
		report_part(f, &r->leaks, pid);
		return;
	}
	for (size_t i = 0; i < r->group_count; i++) {
		if (!r->groups[i].leaked)
			continue;
		if (count++ < FINDINGS_OF_A_KIND) {
			report_group(f, &r->leaks, &r->groups[i], pid);
			continue;
		}
		more += r->groups[i].leaked;
		groups++;
	}
	if (more)
		report_rest(f, &r->leaks, more, groups, pid);
}
