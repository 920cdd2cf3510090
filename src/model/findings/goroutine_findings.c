// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "model/findings/goroutine_findings.h"

#include "model/go/go_growth.h"
#include "model/go/go_keepers.h"
#include "thresholds.h"
#include "util/duration.h"
#include "words/describe_go.h"
#include "words/go_names.h"

/* Rate, evidence and memory: the end of the sentence. */
static const char *kept_text(struct arena *a, const struct go_group_row *r)
{
	char rate[DURATION_TEXT], span[DURATION_TEXT], bytes[DURATION_TEXT];

	rate_format(rate, sizeof(rate), r->kept_ns ? (double)r->kept_growth * 1e9 / (double)r->kept_ns : 0);
	return arena__format(a, "+%s, none ended in %s, about %s of stacks", rate,
			     duration_format(span, sizeof(span), r->kept_ns),
			     bytes_format(bytes, sizeof(bytes), r->g.stack_bytes));
}

static void report_leak(struct findings *f, const struct go_group_row *r, pid_t pid, const char *comm)
{
	char made[DESCRIBE_NAME], at[DESCRIBE_NAME], count[DURATION_TEXT];
	const char *by = *describe_go_creator(made, sizeof(made), &r->g)
				 ? arena__format(f->arena, " created at %s", made)
				 : "";

	describe_go_place(at, sizeof(at), &r->g);
	findings__add(
		f, &(struct finding){.kind = FINDING_GOROUTINE_LEAK,
				     .pid = pid,
				     .summary = arena__format(
					     f->arena, "%s (%d) leaks goroutines: %s%s wait in %s at %s, %s",
					     comm, (int)pid, count_format(count, sizeof(count), r->g.count),
					     by, r->g.state, at, kept_text(f->arena, r))});
}

/* The creator with the highest growth. */
static const char *main_creator(struct arena *a, const struct go_process *p)
{
	const struct go_creator_row *c = p->creator_count ? &p->creators[0] : NULL;
	const char *share;
	char place[DESCRIBE_NAME], rate[DURATION_TEXT], count[DURATION_TEXT];

	if (!c || c->growth_per_s <= 0 || !*describe_go_line(place, sizeof(place), &c->created_by))
		return "";
	share = c->growth_per_s * 2 > p->growth_per_s ? "most" : "some";
	return arena__format(a, "; %s of the new ones were created at %s (%s now, +%s)", share, place,
			     count_format(count, sizeof(count), c->count),
			     rate_format(rate, sizeof(rate), c->growth_per_s));
}

/* The place with the highest growth. */
static const char *main_place(struct arena *a, const struct go_process *p)
{
	const struct go_group_row *best = NULL;
	char place[DESCRIBE_NAME];

	for (size_t i = 0; i < p->group_count; i++)
		if (p->groups[i].growth_per_s > (best ? best->growth_per_s : 0))
			best = &p->groups[i];
	if (!best || !*describe_go_place(place, sizeof(place), &best->g))
		return "";
	return arena__format(a, "; %s wait in %s at %s",
			     best->growth_per_s * 2 > p->growth_per_s ? "most" : "some", best->g.state,
			     place);
}

static bool grows_alike(const struct go_group_row *a, const struct go_group_row *b)
{
	return a->growth_per_s * 10 >= b->growth_per_s * 8 && a->growth_per_s * 8 <= b->growth_per_s * 10;
}

/* How many more groups grow by as much, created in the same function: a connection's other goroutines. */
static unsigned companions(const struct go_process *p, const struct go_group_row *of)
{
	const char *by = of->g.created_by.function;
	unsigned count = 0;

	for (size_t i = 0; by && i < p->group_count; i++) {
		const struct go_group_row *r = &p->groups[i];

		count += r != of && r->g.created_by.function && !strcmp(r->g.created_by.function, by) &&
			 grows_alike(r, of);
	}
	return count;
}

static bool has_frame(const struct go_group *g, const char *function)
{
	for (size_t i = 0; i < g->stack.count; i++)
		if (g->stack.frames[i].function && !strcmp(g->stack.frames[i].function, function))
			return true;
	return false;
}

/* Connections and pipes that nobody closes: goroutines that wait for them come, and none of them ends.
 * Connections all have one peer, as those of clients have. */
static const struct go_group_row *unclosed(const struct go_process *p)
{
	const struct go_group_row *best = NULL;

	for (size_t i = 0; i < p->group_count; i++) {
		const struct go_group_row *r = &p->groups[i];

		if ((r->g.pipe_end_count ||
		     (r->g.peer_seen && has_frame(&r->g, "internal/poll.(*FD).Read"))) &&
		    r->kept && r->kept_ns && r->growth_per_s > (best ? best->growth_per_s : 0) &&
		    !strcmp(r->g.state, "IO wait"))
			best = r;
	}
	return best;
}

/* Where they wait for commands of os/exec: until the last copy of input and output has ended. */
static const char *commands_text(struct arena *a, const struct go_process *p,
				 const struct go_group_row *pipes)
{
	const struct go_group_row *found = NULL;
	char at[DESCRIBE_NAME], count[DURATION_TEXT];
	size_t frame;

	for (size_t i = 0; i < p->group_count; i++) {
		const struct go_group_row *r = &p->groups[i];

		if (!has_frame(&r->g, "os/exec.(*Cmd).Wait") || !grows_alike(r, pipes))
			continue;
		if (found)
			return "";
		found = r;
	}
	frame = found ? call_stack__of_go_program(&found->g.stack) : NO_FRAME;
	if (frame == NO_FRAME || !*describe_go_line(at, sizeof(at), &found->g.stack.frames[frame]))
		return "";
	return arena__format(a, "; %s wait in os/exec.(*Cmd).Wait at %s",
			     count_format(count, sizeof(count), found->g.count), at);
}

static const char *other_ends(struct arena *a, const struct go_group *g)
{
	char ends[DESCRIBE_WAIT];

	if (*describe_go_ends(ends, sizeof(ends), g))
		return arena__format(a, "%s pipes, %s", g->pipe_write ? "write to" : "read from", ends);
	if (g->peers_seen < g->count)
		return arena__format(a, "read from connections to %s (%" PRIu64 " looked at)", g->peer_seen,
				     g->peers_seen);
	return arena__format(a, "read from connections to %s", g->peer_seen);
}

static const char *unclosed_text(struct arena *a, const struct go_process *p)
{
	const struct go_group_row *r = unclosed(p);
	char rate[DURATION_TEXT], count[DURATION_TEXT], span[DURATION_TEXT], made[DESCRIBE_NAME];
	unsigned more = r ? companions(p, r) : 0;
	const char *text;

	if (!r)
		return "";
	text = arena__format(a, "; %s of them %s", count_format(count, sizeof(count), r->g.count),
			     other_ends(a, &r->g));
	if (*describe_go_creator(made, sizeof(made), &r->g))
		text = arena__format(a, "%s, created at %s", text, made);
	if (more)
		text = arena__format(a, "%s with %u more %s each", text, more,
				     more == 1 ? "goroutine" : "goroutines");
	return arena__format(a, "%s, +%s, none ended in %s%s", text,
			     rate_format(rate, sizeof(rate), r->growth_per_s),
			     duration_format(span, sizeof(span), r->kept_ns), commands_text(a, p, r));
}

static void report_growth(struct findings *f, const struct go_process *p, pid_t pid, const char *comm,
			  bool explained)
{
	char rate[DURATION_TEXT], from[DURATION_TEXT], to[DURATION_TEXT], span[DURATION_TEXT];

	rate_format(rate, sizeof(rate), p->growth_per_s);
	findings__add(
		f,
		&(struct finding){
			.kind = FINDING_GOROUTINE_GROWTH,
			.severity = explained ? SEVERITY_INFO : SEVERITY_USUAL,
			.pid = pid,
			.summary = arena__format(
				f->arena, "%s (%d) gains %.*s goroutines%s (%s -> %s in %s)%s%s%s", comm,
				(int)pid, (int)strcspn(rate, "/"), rate, rate + strcspn(rate, "/"),
				count_format(from, sizeof(from), p->first_count),
				count_format(to, sizeof(to), p->count),
				duration_format(span, sizeof(span), p->watched_ns), main_creator(f->arena, p),
				main_place(f->arena, p), unclosed_text(f->arena, p))});
}

static void report_timers(struct findings *f, const struct go_process *p, pid_t pid, const char *comm)
{
	char rate[DURATION_TEXT], from[DURATION_TEXT], to[DURATION_TEXT], span[DURATION_TEXT];

	rate_format(rate, sizeof(rate), p->timers_per_s);
	findings__add(f, &(struct finding){.kind = FINDING_TIMER_GROWTH,
					   .pid = pid,
					   .summary = arena__format(
						   f->arena, "%s (%d) gains %.*s timers%s (%s -> %s in %s)",
						   comm, (int)pid, (int)strcspn(rate, "/"), rate,
						   rate + strcspn(rate, "/"),
						   count_format(from, sizeof(from), p->first_timers),
						   count_format(to, sizeof(to), p->timers),
						   duration_format(span, sizeof(span), p->watched_ns))});
}

/* The threads that most of the new ones keep have been found to pile up. */
static bool reported_as_threads(const struct findings *f, const struct go_process *p, pid_t pid)
{
	const struct go_group_row *best = NULL;
	bool grow = false;

	for (size_t i = 0; i < f->count; i++)
		grow = grow || (f->list[i].pid == pid &&
				(f->list[i].kind == FINDING_THREAD_GROWTH ||
				 (f->list[i].covers && f->list[i].covered == FINDING_THREAD_GROWTH)));
	for (size_t i = 0; i < p->group_count; i++)
		if (p->groups[i].growth_per_s > (best ? best->growth_per_s : 0))
			best = &p->groups[i];
	return grow && best && &best->g == go_process__keepers(p) && best->growth_per_s * 2 > p->growth_per_s;
}

void findings__goroutines(struct findings *f, const struct go_process *p, pid_t pid, const char *comm)
{
	size_t leaks = 0;

	if (!p || p->problem)
		return;
	for (size_t i = 0; i < p->group_count && leaks < GOROUTINE_LEAKS; i++) {
		if (!p->groups[i].leak)
			continue;
		report_leak(f, &p->groups[i], pid, comm);
		leaks++;
	}
	if (p->grows)
		report_growth(f, p, pid, comm, leaks > 0 || reported_as_threads(f, p, pid));
	if (p->timers_grow)
		report_timers(f, p, pid, comm);
}
