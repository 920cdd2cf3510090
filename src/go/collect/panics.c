// SPDX-License-Identifier: GPL-2.0-or-later
#include "go/collect/panics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "go/runtime/panic_points.h"
#include "go/collect/panic_targets.h"
#include "go/collect/panic_value.h"
#include "util/arena.h"
#include "util/clock.h"
#include "util/heap.h"

#define FRAMES_MAX 256
#define OPEN_MAX   1024 /* beyond that, the oldest is reported without an outcome */

struct open_panic {
	struct open_panic *older;
	struct go_panic row;
	char name[TS_COMM_LEN + 1];
	char type[PANIC_TYPE_BYTES], text[PANIC_TEXT_BYTES];
	struct arena arena; /* of its stack */
	uint64_t g, depth;  /* bytes of stack above it */
	bool reported;
};

struct panics {
	struct panic_targets targets;
	panic_fn fn;
	void *arg;
	struct open_panic *newest;
	size_t open;
	uint64_t lost;
};

struct panics *panics__new(struct probes *p, struct targets *t, panic_fn fn, void *arg)
{
	struct panics *new = HEAP_NEW(struct panics, 1);

	new->targets = (struct panic_targets){.probes = p, .targets = t};
	new->fn = fn;
	new->arg = arg;
	return new;
}

static void drop(struct panics *p, struct open_panic **at)
{
	struct open_panic *o = *at;

	*at = o->older;
	p->open--;
	arena__free(&o->arena);
	free(o);
}

void panics__free(struct panics *p)
{
	if (!p)
		return;
	while (p->newest)
		drop(p, &p->newest);
	panic_targets__free(&p->targets);
	free(p);
}

int panics__watch(struct panics *p, pid_t pid, const char **ret_reason)
{
	return panic_targets__watch(&p->targets, pid, ret_reason);
}

void panics__expect(struct panics *p, pid_t pid)
{
	panic_targets__expect(&p->targets, pid);
}

/* ---- from a panic to its outcome ------------------------------------------------- */

static void report(struct panics *p, struct open_panic *o, uint64_t now_ns, enum panic_outcome outcome)
{
	o->row.late = o->reported;
	o->row.duration_ns = gained_since(now_ns, o->row.time_ns);
	o->row.panic.outcome = outcome;
	if (o->reported)
		o->row.stack = (struct call_stack){0};
	/* Like all events, it carries the time of its end. */
	o->row.time_ns += o->row.duration_ns;
	p->fn(p->arg, &o->row);
	o->row.time_ns -= o->row.duration_ns;
	o->reported = true;
}

static bool same_goroutine(const struct open_panic *o, const struct ts_event *e, uint64_t g)
{
	return o->row.pid == (pid_t)e->tgid && o->g == g;
}

static void take_stack(struct open_panic *o, struct goroutines *r, const struct ts_event_panic *e,
		       const char *exe)
{
	struct frame *list = ARENA_NEW(&o->arena, struct frame, FRAMES_MAX);
	struct frame *frames = ARENA_NEW(&o->arena, struct frame, FRAMES_MAX);
	enum stack_end end;
	size_t count, kept = 0, bytes = e->stack_bytes <= TS_GO_STACK_BYTES ? e->stack_bytes : 0;

	o->row.stack.frames = frames;
	o->row.stack.end = STACK_UNREADABLE;
	if (!bytes)
		return;
	count = goroutines__copied_frames(r, e->regs.r[TS_REG_PC], e->regs.r[TS_REG_SP], e->stack, bytes,
					  list, FRAMES_MAX, &end);
	if (count > FRAMES_MAX) {
		count = FRAMES_MAX;
		end = STACK_TRUNCATED;
	}
	for (size_t i = 0; i < count; i++) {
		if (list[i].hidden)
			continue;
		frames[kept] = frame__copy(&o->arena, &list[i]);
		frames[kept++].module = exe;
	}
	o->row.stack.count = kept;
	o->row.stack.end = end;
}

static void name_it(struct panics *p, struct open_panic *o, const struct ts_event_panic *e)
{
	struct target *t = targets__get(p->targets.targets, o->row.pid);
	const struct goroutines_refusal *why;
	struct goroutines *r = t ? targets__goroutines(p->targets.targets, o->row.pid, &why) : NULL;

	if (!r)
		return;
	if (e->g_read) {
		struct frame creator;

		o->row.panic.goid = goroutines__goid(r, e->g_bytes, sizeof(e->g_bytes));
		if (o->row.panic.goid > 1 &&
		    goroutines__created_by(r, e->g_bytes, sizeof(e->g_bytes), &creator))
			o->row.panic.created_by = frame__copy(&o->arena, &creator);
	}
	take_stack(o, r, e, arena__string(&o->arena, process__exe(t->process)));
}

/* Open panics at the same depth or deeper on the same stack have ended; otherwise this one could not have
 * been called there. A g with another number belongs to another goroutine. */
static void drop_replaced(struct panics *p, const struct open_panic *by, const struct ts_event *e)
{
	struct open_panic **at = &p->newest, *o;

	while ((o = *at)) {
		if (!same_goroutine(o, e, by->g) ||
		    (o->depth < by->depth && o->row.panic.goid == by->row.panic.goid)) {
			at = &o->older;
			continue;
		}
		if (!o->reported)
			report(p, o, e->time_ns, PANIC_UNKNOWN);
		drop(p, at);
	}
}

static void drop_oldest(struct panics *p, uint64_t now_ns)
{
	struct open_panic **at = &p->newest;

	while ((*at)->older)
		at = &(*at)->older;
	if (!(*at)->reported)
		report(p, *at, now_ns, PANIC_UNKNOWN);
	drop(p, at);
}

static struct open_panic *open_panic(struct panics *p, const struct ts_event_panic *e)
{
	struct open_panic *o = HEAP_NEW(struct open_panic, 1);
	uint64_t hi;

	memcpy(o->name, e->e.comm, TS_COMM_LEN);
	o->g = e->g;
	if (e->g_read) {
		memcpy(&hi, e->g_bytes + 8, sizeof(hi));
		o->depth = hi - e->regs.r[TS_REG_SP];
	}
	o->row = (struct go_panic){
		.time_ns = e->e.time_ns, .pid = (pid_t)e->e.tgid, .tid = (pid_t)e->e.tid, .name = o->name};
	o->row.panic.value_type = panic_value__type(o->type, &e->value);
	o->row.panic.value_text =
		panic_value__text(o->text, &e->value, o->row.panic.value_type, &o->row.panic.text_cut);
	name_it(p, o, e);
	return o;
}

static void begin(struct panics *p, const struct ts_event_panic *e)
{
	struct open_panic *o = open_panic(p, e);

	drop_replaced(p, o, &e->e);
	if (p->open == OPEN_MAX)
		drop_oldest(p, e->e.time_ns);
	o->older = p->newest;
	p->newest = o;
	p->open++;
}

/* Older ones of the goroutine come first, as Go prints them: one of their deferred functions has panicked. */
static void report_replaced(struct panics *p, struct open_panic *o, const struct ts_event *e, uint64_t g)
{
	if (!o)
		return;
	report_replaced(p, o->older, e, g);
	if (same_goroutine(o, e, g))
		report(p, o, e->time_ns, PANIC_REPLACED);
}

static void drop_goroutine(struct panics *p, const struct ts_event *e, uint64_t g)
{
	struct open_panic **at = &p->newest;

	while (*at)
		if (same_goroutine(*at, e, g))
			drop(p, at);
		else
			at = &(*at)->older;
}

/* A fatal error has no other outcome. Its text is all that there is. */
static void fatal(struct panics *p, const struct ts_event_panic *e)
{
	struct open_panic *o = open_panic(p, e);
	uint32_t bytes = e->value.text_bytes < TS_GO_TEXT_BYTES ? e->value.text_bytes : TS_GO_TEXT_BYTES;

	snprintf(o->text, sizeof(o->text), "%.*s", (int)bytes, e->value.text);
	o->row.fatal = true;
	o->row.panic.value_type = NULL;
	o->row.panic.value_text = bytes ? o->text : NULL;
	o->row.panic.text_cut = e->value.text_cut;
	report(p, o, e->e.time_ns, PANIC_KILLED);
	arena__free(&o->arena);
	free(o);
}

/* By then, a panic that kills has produced the text of its value: an error's own. */
static void take_text(struct open_panic *o, const struct ts_event_panic_end *e)
{
	char type[PANIC_TYPE_BYTES], text[PANIC_TEXT_BYTES];
	bool cut;
	const char *final = panic_value__text(text, &e->value, panic_value__type(type, &e->value), &cut);

	if (!final || !e->value.type)
		return;
	snprintf(o->text, sizeof(o->text), "%s", final);
	o->row.panic.value_text = o->text;
	o->row.panic.text_cut = cut;
}

static void end(struct panics *p, const struct ts_event_panic_end *e)
{
	struct open_panic **at = &p->newest, *o;

	while ((o = *at) && !same_goroutine(o, &e->e, e->g))
		at = &o->older;
	if (!o)
		return; /* it began before the observation */
	if (e->end != TS_PANIC_FATAL) {
		report(p, o, e->e.time_ns, PANIC_RECOVERED);
		drop(p, at);
		return;
	}
	take_text(o, e);
	report_replaced(p, o->older, &e->e, e->g);
	report(p, o, e->e.time_ns, PANIC_KILLED);
	drop_goroutine(p, &e->e, e->g);
}

static void report_open(struct panics *p, pid_t pid, uint64_t now_ns)
{
	for (struct open_panic *o = p->newest; o; o = o->older)
		if ((!pid || o->row.pid == pid) && !o->reported)
			report(p, o, now_ns, PANIC_UNKNOWN);
}

static void drop_open(struct panics *p, pid_t pid)
{
	struct open_panic **at = &p->newest;

	while (*at) {
		if (!pid || (*at)->row.pid == pid)
			drop(p, at);
		else
			at = &(*at)->older;
	}
}

void panics__ended(struct panics *p, pid_t pid, uint64_t now_ns)
{
	report_open(p, pid, now_ns);
	drop_open(p, pid);
	panic_targets__unwatch(&p->targets, pid);
}

void panics__event(struct panics *p, const struct ts_event *e, size_t size, uint64_t lost)
{
	if (lost != p->lost) {
		report_open(p, 0, e->time_ns);
		drop_open(p, 0);
		p->lost = lost;
	}
	if (e->kind == TS_EVENT_PANIC && size >= sizeof(struct ts_event_panic))
		begin(p, (const struct ts_event_panic *)e);
	else if (e->kind == TS_EVENT_FATAL && size >= sizeof(struct ts_event_panic))
		fatal(p, (const struct ts_event_panic *)e);
	else if (e->kind == TS_EVENT_PANIC_END && size >= sizeof(struct ts_event_panic_end))
		end(p, (const struct ts_event_panic_end *)e);
}

void panics__tick(struct panics *p, uint64_t now_ns, bool all)
{
	panic_targets__try(&p->targets);
	for (struct open_panic *o = p->newest; o; o = o->older)
		if (!o->reported && (all || o->row.time_ns + PANIC_PATIENCE_NS <= now_ns))
			report(p, o, now_ns, PANIC_UNKNOWN);
}
