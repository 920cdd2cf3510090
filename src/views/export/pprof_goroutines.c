/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/export/pprof_goroutines.h"

#include <inttypes.h>
#include <string.h>

#include "words/describe.h"
#include "report/go_rows.h"
#include "version.h"

#define OUR_LABELS   16
#define THEIR_LABELS 32

struct labels {
	struct profile_label list[OUR_LABELS + THEIR_LABELS];
	size_t count;
	char address[DESCRIBE_NAME];
};

struct profile *pprof_goroutines__new(void)
{
	static const struct profile_type type = {"goroutine", "count"}; /* as runtime/pprof names it */

	return profile__new(&type, 1, 0);
}

static void add_text(struct labels *l, const char *key, const char *text)
{
	if (text && *text)
		l->list[l->count++] = (struct profile_label){.key = key, .text = text};
}

static void add_number(struct labels *l, const char *key, uint64_t number)
{
	if (number && number <= INT64_MAX)
		l->list[l->count++] = (struct profile_label){.key = key, .number = (int64_t)number};
}

/* Go prints a reason for a waiting goroutine, otherwise its state. */
static bool is_state(const char *word)
{
	static const char *const states[] = {"idle",    "runnable", "running",   "syscall",
					     "waiting", "dead",     "copystack", "preempted"};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(word, states[i]))
			return true;
	return false;
}

static void add_target(struct labels *l, const struct go_group *g)
{
	const struct go_wait *w = &g->wait;

	if (g->targets != 1 || g->targets_more)
		return;
	if (w->target == GO_TARGET_FD) {
		add_number(l, "fd", w->fd > 0 ? (uint64_t)w->fd : 0);
		add_text(l, "peer", w->peer);
	} else if (w->address && (w->target == GO_TARGET_CHAN || w->target == GO_TARGET_SEMAPHORE)) {
		add_text(l, w->target == GO_TARGET_CHAN ? "chan" : "semaphore",
			 describe_address(l->address, sizeof(l->address), w->address));
	}
}

static void add_labels(struct labels *l, const struct snapshot_report *r, const struct go_group_row *row)
{
	const struct go_group *g = &row->g;
	bool state = is_state(g->state);

	add_text(l, "process", r->comm);
	add_number(l, "pid", (uint64_t)r->pid);
	add_text(l, "state", state ? g->state : "waiting");
	add_text(l, "wait_reason", state ? NULL : g->state);
	add_text(l, "creator", g->created_by.function);
	add_target(l, g);
	add_text(l, "call", row->same_call ? row->syscall : NULL);
	add_text(l, "file", row->same_call ? row->file : NULL);
	add_number(l, "goid", g->count == 1 ? g->goids[0] : 0);
	if (g->wait_known) {
		add_number(l, "wait_min_ns", g->wait_min_ns);
		add_number(l, "wait_max_ns", g->wait_max_ns);
	}
}

/* The word for unknown frames; NULL: the stack is complete. */
static const char *missing(const struct go_group *g)
{
	if (g->stack.end != STACK_COMPLETE && g->stack.end != STACK_NONE)
		return stack_end__name(g->stack.end);
	return g->stack.count ? NULL : "no frames";
}

static void sample(struct profile *p, const struct go_group *g, struct labels l,
		   const struct go_label_set *set, uint64_t count)
{
	for (size_t i = 0; set && i < set->label_count && i < THEIR_LABELS; i++)
		add_text(&l, set->labels[i].key, set->labels[i].value);
	profile__sample(p, &g->stack, missing(g), &count, l.list, l.count);
}

static void add_group(struct profile *p, const struct snapshot_report *r, const struct go_group_row *row)
{
	const struct go_group *g = &row->g;
	struct labels l = {.count = 0};
	uint64_t without = g->count;

	add_labels(&l, r, row);
	for (size_t i = 0; i < g->set_count; i++) {
		sample(p, g, l, &g->sets[i], g->sets[i].count);
		without -= g->sets[i].count;
	}
	if (without)
		sample(p, g, l, NULL, without);
}

static void loss(struct profile *p, uint64_t count, const char *what)
{
	char comment[160];

	if (!count)
		return;
	snprintf(comment, sizeof(comment), "%" PRIu64 " %s", count, what);
	profile__comment(p, comment);
}

void pprof_goroutines__add(struct profile *p, const struct snapshot_report *r, bool all)
{
	char name[DESCRIBE_NAME], comment[DESCRIBE_NAME + 64];

	if (!r->go)
		return;
	profile__time(p, r->time_ns);
	describe_thread(name, sizeof(name), r->comm, r->pid);
	snprintf(comment, sizeof(comment), "goroutines of %s at one instant, by threadscope " TS_VERSION,
		 name);
	profile__comment(p, comment);
	loss(p, r->go->reading->lost_moved,
	     "goroutines ran each time they were read: their stacks are unknown");
	loss(p, r->go->reading->lost_unreadable, "goroutines could not be read and are omitted");
	loss(p, r->go->reading->lost_stacks, "stacks are omitted: too many different ones");
	loss(p, r->go->reading->lost_more, "goroutines are omitted: too many");
	profile__program(p, r->exe);
	for (size_t i = 0; i < r->go->group_count; i++)
		if (all || !r->go->groups[i].g.system)
			add_group(p, r, &r->go->groups[i]);
}
