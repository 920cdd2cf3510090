/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events, one per line, and the output of doctor. */
#include <inttypes.h>
#include <string.h>

#include "util/duration.h"
#include "util/escape.h"
#include "words/describe.h"
#include "words/describe_go.h"
#include "views/text/text_parts.h"

#define EVENT_FRAMES 8

static void lock_details(FILE *out, const struct event_row *e)
{
	const struct thread_row others[] = {{.tid = e->waker_tid, .name = e->waker_name},
					    {.tid = e->lock ? e->lock->owner_tid : 0, .name = e->owner_name}};
	const struct naming naming = {.threads = others, .thread_count = 2};
	char lock[DESCRIBE_WAIT], owner[DESCRIBE_NAME + 24], waker[DESCRIBE_NAME], duration[DURATION_TEXT];

	text_part(out, "waited %s", duration_format(duration, sizeof(duration), e->duration_ns));
	if (e->lock) {
		text_part(out, " for %s", describe_lock(lock, sizeof(lock), e->lock));
		describe_owner(owner, sizeof(owner), &naming, e->lock->kind, e->lock->owner_tid);
		if (*owner)
			text_part(out, ", %s", owner);
	}
	if (e->waker_tid > 0)
		text_part(out, ", woken by %s", describe_tid(waker, sizeof(waker), &naming, e->waker_tid));
}

static void io_details(FILE *out, const struct event_row *e)
{
	const char *call = e->syscall && *e->syscall ? e->syscall : event_type__name(e->type);
	char duration[DURATION_TEXT], bytes[DURATION_TEXT];

	if (e->path && *e->path)
		text_part(out, "%s(%s)", call, e->path);
	else
		text_part(out, "%s(fd %d)", call, e->fd);
	text_part(out, " took %s", duration_format(duration, sizeof(duration), e->duration_ns));
	if (e->type == EVENT_WRITE)
		text_part(out, ", %s", bytes_format(bytes, sizeof(bytes), e->bytes));
	if (e->result < 0 && e->result > -4096) {
		const char *name = strerrorname_np((int)-e->result);

		if (name)
			text_part(out, ", failed: %s", name);
		else
			text_part(out, ", failed: error %d", (int)-e->result);
	} else if (e->type == EVENT_WRITE && e->result >= 0 && (uint64_t)e->result < e->bytes) {
		text_part(out, ", only %s written", bytes_format(bytes, sizeof(bytes), (uint64_t)e->result));
	}
}

static void panic_details(FILE *out, const struct event_row *e)
{
	const struct panic_facts *p = &e->panic;
	char duration[DURATION_TEXT];

	if (p->goid)
		text_part(out, "goroutine %" PRIu64, p->goid);
	else
		text_part(out, "%s", e->type == EVENT_FATAL ? "Go's runtime" : "a goroutine");
	text_part(out, "%s: ",
		  e->type == EVENT_PANIC   ? " panicked"
		  : e->type == EVENT_FATAL ? ": fatal error"
					   : ": end of its panic");
	if (p->value_text)
		text_part(out, "%s%s%s%s", p->value_text, p->text_cut ? "..." : "",
			  p->value_type ? " of type " : "", p->value_type ? p->value_type : "");
	else
		text_part(out, "%s%s", "a value of type ", p->value_type ? p->value_type : "unknown");
	if (e->type == EVENT_FATAL) {
		text_part(out, "%s", ", ends the process");
		return;
	}
	duration_format(duration, sizeof(duration), e->duration_ns);
	switch (p->outcome) {
	case PANIC_RECOVERED:
		text_part(out, ", recovered after %s", duration);
		break;
	case PANIC_KILLED:
		text_part(out, ", kills the process after %s", duration);
		break;
	case PANIC_REPLACED:
		text_part(out, ", replaced by another panic of the goroutine after %s", duration);
		break;
	case PANIC_UNKNOWN:
		text_part(out, ", outcome unknown after %s", duration);
		break;
	}
}

/* Where it was, with lines, and who created the goroutine. */
static void panic_places(FILE *out, const struct event_row *e)
{
	char calls[DESCRIBE_WAIT], line[DESCRIBE_NAME];
	const struct frame *by = &e->panic.created_by;

	describe_calls(calls, sizeof(calls), &e->stack, EVENT_FRAMES);
	if (*calls)
		text_part(out, "  %s%s", calls,
			  e->stack.end && e->stack.end != STACK_COMPLETE && e->stack.count <= EVENT_FRAMES
				  ? " < ..."
				  : "");
	if (!by->function)
		return;
	describe_go_line(line, sizeof(line), by);
	text_part(out, "; created by %s%s%s", by->function, *line ? " at " : "", line);
}

static void details(FILE *out, const struct event_row *e)
{
	char duration[DURATION_TEXT], stop[DESCRIBE_STOP], end[DESCRIBE_WAIT];

	switch (e->type) {
	case EVENT_THREAD_CREATE:
		text_part(out, "created thread %d", (int)e->child_tid);
		break;
	case EVENT_THREAD_EXIT:
		text_part(out, "exited");
		if (e->duration_ns)
			text_part(out, " after %s",
				  duration_format(duration, sizeof(duration), e->duration_ns));
		break;
	case EVENT_FUTEX_WAIT:
		lock_details(out, e);
		break;
	case EVENT_WRITE:
	case EVENT_FSYNC:
		io_details(out, e);
		break;
	case EVENT_PANIC:
	case EVENT_PANIC_END:
	case EVENT_FATAL:
		panic_details(out, e);
		break;
	case EVENT_PROCESS_END:
		text_part(out, "%s", describe_end(end, sizeof(end), true, e->exit_code));
		break;
	case EVENT_STOPPED:
		text_part(out, "%s", describe_stop(stop, sizeof(stop), &e->stop));
		break;
	}
}

void text_event(const struct view_options *o, const struct event_row *e)
{
	char clock[DURATION_TEXT], name[DESCRIBE_NAME], who[DESCRIBE_NAME + 32],
		safe[sizeof(who) * ESCAPE_MAX];
	char frames[DESCRIBE_WAIT];
	size_t width;

	describe_thread(name, sizeof(name), e->name, e->tid);
	snprintf(who, sizeof(who), "%s of %d", name, (int)e->pid);
	/* Padded by columns, not bytes. Lines come one at a time, so the width is fixed. */
	width = utf8_width(escape_terminal(safe, sizeof(safe), who));
	text_part(o->out, "%s  %-13s  %s%*s  ", time_format_clock(clock, sizeof(clock), e->time_ns),
		  event_type__name(e->type), who, width < 30 ? (int)(30 - width) : 0, "");
	details(o->out, e);
	if (e->type == EVENT_PANIC || e->type == EVENT_PANIC_END || e->type == EVENT_FATAL)
		panic_places(o->out, e);
	else if (e->type == EVENT_THREAD_CREATE &&
		 e->stack.count) /* how the C library does it says nothing */
		text_part(o->out, "  %s", describe_creator(frames, sizeof(frames), &e->stack, EVENT_FRAMES));
	else if (e->stack.count)
		text_part(o->out, "  %s", describe_stack(frames, sizeof(frames), &e->stack, EVENT_FRAMES));
	text_line(o->out, "%s", "");
}

static void doctor_table(FILE *out, const struct doctor_report *r)
{
	struct table t = {.columns = 4};

	for (size_t i = 0; i < r->check_count; i++) {
		const struct check_row *c = &r->checks[i];

		table__cell(&t, "%s", c->state);
		table__cell(&t, "%s", c->name);
		table__cell(&t, "%s", c->chosen);
		table__cell(&t, "%s%s%s", c->reason, *c->reason && *c->remedy ? "; remedy: " : "", c->remedy);
	}
	table__print(&t, out);
	table__free(&t);
}

void text_doctor(const struct view_options *o, const struct doctor_report *r)
{
	size_t missing = 0, fallback = 0;

	text_line(o->out, "threadscope %s, Linux %s, %s, libbpf %s", r->version, r->kernel, r->arch,
		  r->libbpf);
	text_line(o->out, "%s", "");
	doctor_table(o->out, r);
	text_line(o->out, "%s", "");
	for (size_t i = 0; i < r->check_count; i++) {
		missing += !strcmp(r->checks[i].state, "missing");
		fallback += !strcmp(r->checks[i].state, "fallback");
	}
	if (!r->able)
		text_coloured(o, o->out, TEXT_RED,
			      "threadscope does not work here: see the lines marked missing.");
	else if (missing)
		text_coloured(o, o->out, TEXT_YELLOW,
			      "threadscope works here, except for the %zu %s marked missing.", missing,
			      missing == 1 ? "feature" : "features");
	else if (fallback)
		text_part(o->out, "threadscope works here, with %zu %s.", fallback,
			  fallback == 1 ? "fallback" : "fallbacks");
	else
		text_part(o->out, "threadscope works here, with all features.");
	text_line(o->out, "%s", "");
}
