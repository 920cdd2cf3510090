/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names in these documents are promised: docs/schema/ describes them. */
#include "words/describe.h"
#include "views/json/json_build.h"
#include "views/view.h"

static void interval(const struct view_options *o, const struct interval_report *r)
{
	json_interval(o->out, r);
}

static void logs(const struct view_options *o, const struct interval_report *r)
{
	json_logs(o->out, r);
}

static void snapshot(const struct view_options *o, const struct snapshot_report *r)
{
	json_snapshot(o->out, r);
}

static json_t *event_lock(const struct lock_row *l)
{
	if (!l)
		return json_null();
	return json_of("address", json_address(l->address), "symbol", json_text_or_null(l->symbol), "kind",
		       json_text(lock_kind__name(l->kind)), "owner_tid", json_tid(l->owner_tid), NULL);
}

static json_t *panic_value(const struct panic_facts *p)
{
	return json_of("type", json_text_or_null(p->value_type), "text", json_text_or_null(p->value_text),
		       "truncated", json_boolean(p->text_cut), NULL);
}

static void event_details(struct json_writer *w, const struct event_row *e)
{
	switch (e->type) {
	case EVENT_THREAD_CREATE:
		json_writer__member(w, "child_tid", json_tid(e->child_tid));
		break;
	case EVENT_THREAD_EXIT:
		break;
	case EVENT_FUTEX_WAIT:
		json_writer__member(w, "lock", event_lock(e->lock));
		json_writer__member(w, "waker_tid", json_tid(e->waker_tid));
		json_writer__member(w, "waker_name", json_text_or_null(e->waker_name));
		json_writer__member(w, "syscall", json_text_or_null(e->syscall));
		break;
	case EVENT_WRITE:
	case EVENT_FSYNC:
		json_writer__member(w, "path", json_text_or_null(e->path));
		json_writer__member(w, "fd", json_fd(e->fd));
		json_writer__member(w, "bytes", json_number(e->bytes));
		json_writer__member(w, "result", json_integer(e->result));
		json_writer__member(w, "syscall", json_text_or_null(e->syscall));
		break;
	case EVENT_PANIC:
	case EVENT_PANIC_END:
		json_writer__member(w, "goid", e->panic.goid ? json_number(e->panic.goid) : json_null());
		json_writer__member(w, "value", panic_value(&e->panic));
		json_writer__member(w, "outcome", json_text_or_null(panic_outcome__name(e->panic.outcome)));
		break;
	}
}

static void event(const struct view_options *o, const struct event_row *e)
{
	struct json_writer w;

	json_writer__begin(&w, o->out);
	json_writer__member(&w, "time", json_time(e->time_ns));
	json_writer__member(&w, "event", json_text(event_type__name(e->type)));
	json_writer__member(&w, "pid", json_integer(e->pid));
	json_writer__member(&w, "tid", json_integer(e->tid));
	json_writer__member(&w, "name", json_text(e->name));
	json_writer__member(&w, "duration_ns", json_number(e->duration_ns));
	json_writer__member(&w, "stack", json_frames(&e->stack));
	json_writer__member(&w, "stack_end", json_text(stack_end__name(e->stack.end)));
	event_details(&w, e);
	json_writer__member(
		&w, "lost",
		json_of("events", json_number(e->lost_events), "stacks", json_number(e->lost_stacks), NULL));
	json_writer__end(&w);
}

static void doctor(const struct view_options *o, const struct doctor_report *r)
{
	struct json_writer w;

	json_writer__begin(&w, o->out);
	json_writer__member(&w, "schema", json_text("threadscope/doctor/1"));
	json_writer__member(&w, "version", json_text(r->version));
	json_writer__member(&w, "kernel", json_text(r->kernel));
	json_writer__member(&w, "arch", json_text(r->arch));
	json_writer__member(&w, "libbpf", json_text(r->libbpf));
	json_writer__member(&w, "able", json_boolean(r->able));
	json_writer__array(&w, "checks");
	for (size_t i = 0; i < r->check_count; i++) {
		const struct check_row *c = &r->checks[i];

		json_writer__element(&w, json_of("name", json_text(c->name), "state", json_text(c->state),
						 "chosen", json_text(c->chosen), "reason",
						 json_text(c->reason), "remedy", json_text(c->remedy), NULL));
	}
	json_writer__array_end(&w);
	json_writer__end(&w);
}

const struct view view_json = {
	.name = "json",
	.interval = interval,
	.logs = logs,
	.each = true,
	.snapshot = snapshot,
	.event = event,
	.doctor = doctor,
};
