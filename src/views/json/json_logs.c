// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/json/json_build.h"

#include "words/describe.h"

/* [[from_ns, count], ...] */
static json_t *histogram(const struct histogram_row *h)
{
	json_t *array = json_array();

	for (size_t i = 0; i < h->count; i++) {
		json_t *bar =
			json_pack("[o, o]", json_number(h->bars[i].from_ns), json_number(h->bars[i].count));

		if (json_array_append_new(array, bar)) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

static json_t *latency(const struct latency_row *l, const struct histogram_row *h)
{
	return json_of("count", json_number(l->count), "p50_ns", json_number(l->p50_ns), "p90_ns",
		       json_number(l->p90_ns), "p99_ns", json_number(l->p99_ns), "p999_ns",
		       json_number(l->p999_ns), "max_ns", json_number(l->max_ns), "histogram", histogram(h),
		       NULL);
}

static json_t *total(const struct file_detail *d)
{
	return json_of("bytes", json_number(d->total_bytes), "errors", json_number(d->total_errors),
		       "short_writes", json_number(d->total_short_writes), "fsync_errors",
		       json_number(d->total_fsync_errors), "writes",
		       latency(&d->total_writes, &d->total_write_times), "fsyncs",
		       latency(&d->total_fsyncs, &d->total_fsync_times), NULL);
}

static json_t *parts_of(const uint64_t *parts)
{
	json_t *object = json_object();
	char key[32];

	for (int i = 0; i < STALL_PARTS; i++) {
		snprintf(key, sizeof(key), "%s_ns", stall_part__name((enum stall_part)i));
		if (json_object_set_new(object, key, json_number(parts[i]))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *slow_calls(const struct slow_calls *s)
{
	return json_of("count", json_number(s->count), "ns", json_number(s->ns), "parts", parts_of(s->parts),
		       NULL);
}

static json_t *slow_call(const struct slow_call *c)
{
	if (!c)
		return json_null();
	return json_of("call", json_text(c->sync ? "fsync" : "write"), "syscall",
		       json_text_or_null(c->syscall), "tid", json_tid(c->tid), "name", json_text(c->name),
		       "duration_ns", json_number(c->ns), "bytes",
		       c->bytes ? json_number(c->bytes) : json_null(), "result", json_integer(c->result),
		       "parts", parts_of(c->parts), "stack",
		       c->stack.count ? json_frames(&c->stack) : json_null(), NULL);
}

static json_t *slow(const struct file_slow *s)
{
	if (!s)
		return json_null();
	return json_of("writes", slow_calls(&s->writes), "fsyncs", slow_calls(&s->fsyncs), "slowest",
		       slow_call(s->slowest), "total_writes", slow_calls(&s->total_writes), "total_fsyncs",
		       slow_calls(&s->total_fsyncs), "slowest_ever", slow_call(s->slowest_ever), NULL);
}

/* As in top's document, and more. */
static json_t *file(const struct file_row *f)
{
	json_t *object = json_file(f);

	if (json_object_set_new(object, "write_histogram", histogram(&f->detail->writes)) ||
	    json_object_set_new(object, "fsync_histogram", histogram(&f->detail->fsyncs)) ||
	    json_object_set_new(object, "total", total(f->detail)) ||
	    json_object_set_new(object, "slow", slow(f->slow))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* state, wait and stack are of a thread that is in the call: null of a request, which none is in. */
static json_t *call(const struct call_row *c)
{
	const struct thread_row *t = c->thread;
	char state[2] = {t->state, '\0'};

	return json_of("pid", json_integer(t->pid), "tid", json_integer(t->tid), "name", json_text(t->name),
		       "call", json_text(c->sync ? "fsync" : "write"), "syscall",
		       json_text_or_null(c->syscall), "age_ns", json_number(c->age_ns), "bytes",
		       c->bytes ? json_number(c->bytes) : json_null(), "fd", json_fd(c->fd), "path",
		       json_text_or_null(c->path), "kind", json_text(file_kind__name(c->file_kind)),
		       "deleted", json_boolean(c->deleted), "io_uring", json_boolean(c->request), "state",
		       c->request ? json_null() : json_text(state), "wait", json_wait(t, 0), "waits_for",
		       c->stall >= STALL_UNKNOWN ? json_null() : json_text(stall_part__name(c->stall)),
		       "stack", t->stack.end ? json_frames(&t->stack) : json_null(), NULL);
}

#define MOST_MAPPED 256

static json_t *mapped(const struct mapped_row *f)
{
	return json_of("pid", json_integer(f->pid), "path", json_text(f->path), "bytes",
		       json_number(f->bytes), NULL);
}

static void findings(struct json_writer *w, const struct interval_report *r)
{
	json_writer__array(w, "findings");
	for (size_t i = 0; i < r->finding_count; i++)
		if (finding__of_logs(&r->findings[i]))
			json_writer__element(w, json_finding(&r->findings[i]));
	json_writer__array_end(w);
}

void json_logs(FILE *out, const struct interval_report *r)
{
	struct json_writer w;

	json_writer__begin(&w, out);
	json_writer__member(&w, "schema", json_text("threadscope/logs/1"));
	json_writer__member(&w, "time", json_time(r->time_ns));
	json_writer__member(&w, "interval_ns", json_number(r->interval_ns));
	json_writer__member(&w, "watched_ns", json_number(r->watched_ns));
	json_writer__array(&w, "in_flight");
	for (size_t i = 0; i < r->call_count; i++)
		json_writer__element(&w, call(&r->calls[i]));
	json_writer__array_end(&w);
	json_writer__array(&w, "files");
	for (size_t i = 0; i < r->file_count; i++)
		json_writer__element(&w, file(&r->files[i]));
	json_writer__array_end(&w);
	json_writer__member(&w, "io_uring_seen", json_boolean(!r->uring_hidden));
	json_writer__array(&w, "unseen");
	for (size_t i = 0; i < r->process_count; i++)
		if (r->processes[i].calls_unseen)
			json_writer__element(&w, json_of("pid", json_integer(r->processes[i].pid), "comm",
							 json_text(r->processes[i].comm), "why",
							 json_string("32-bit code"), NULL));
	json_writer__array_end(&w);
	json_writer__array(&w, "mapped");
	for (size_t i = 0; i < r->mapped_count && i < MOST_MAPPED; i++)
		json_writer__element(&w, mapped(&r->mapped[i]));
	json_writer__array_end(&w);
	findings(&w, r);
	json_writer__member(&w, "cost", json_cost(&r->cost));
	json_writer__member(&w, "lost", json_losses(r->losses, r->loss_count));
	json_writer__end(&w);
}
