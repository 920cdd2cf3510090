// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/findings/go_stuck.h"

#include <inttypes.h>
#include <string.h>

#include "report/go_rows.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe_go.h"

/* Go's wait reasons of which nothing wakes a goroutine, as of one that waits for a channel that is nil. */
static const struct {
	const char *state, *one, *several;
	bool by_mistake; /* the others may be meant: main sleeps so, and <-ctx.Done() of a context without an
			    end */
} STATES[] = {
	{"chan send (nil chan)", "it sends to a nil channel", "they send to a nil channel", true},
	{"chan receive (nil chan)", "it receives from a nil channel", "they receive from a nil channel",
	 false},
	{"select (no cases)", "it is in a select without cases", "they are in a select without cases", false},
};
#define STATE_COUNT (sizeof(STATES) / sizeof(STATES[0]))

static size_t state_of(const struct go_group *g)
{
	size_t i = 0;

	while (i < STATE_COUNT && strcmp(STATES[i].state, g->state))
		i++;
	return i;
}

/* main ends the program when it returns, so it has to wait for something. */
static bool is_main(const struct go_group *g)
{
	return g->count == 1 && g->goid_count && g->goids[0] == 1;
}

static void report_group(struct findings *f, const struct go_group *g, size_t state, pid_t pid)
{
	char at[DESCRIBE_NAME], made[DESCRIBE_NAME], count[DURATION_TEXT];
	const char *who = g->count == 1 ? arena__format(f->arena, "goroutine %" PRIu64, g->goids[0])
					: arena__format(f->arena, "%s goroutines",
							count_format(count, sizeof(count), g->count));
	const char *text = arena__format(f->arena, "%s can never go on: %s", who,
					 g->count == 1 ? STATES[state].one : STATES[state].several);
	bool many = g->count >= GOROUTINE_LEAK_MIN;

	if (*describe_go_place(at, sizeof(at), g))
		text = arena__format(f->arena, "%s at %s", text, at);
	if (*describe_go_creator(made, sizeof(made), g))
		text = arena__format(f->arena, "%s, created at %s", text, made);
	findings__add(f, &(struct finding){.kind = FINDING_GOROUTINE_LEAK,
					   .severity = many || STATES[state].by_mistake ? SEVERITY_WARNING
											: SEVERITY_INFO,
					   .summary = text,
					   .pid = pid});
}

void findings__go_stuck(struct findings *f, const struct go_reading *r, pid_t pid)
{
	size_t count = 0;

	for (size_t i = 0; i < r->group_count && count < FINDINGS_OF_A_KIND; i++) {
		const struct go_group *g = &r->groups[i];
		size_t state = g->system || is_main(g) ? STATE_COUNT : state_of(g);

		if (state == STATE_COUNT)
			continue;
		report_group(f, g, state, pid);
		count++;
	}
}
