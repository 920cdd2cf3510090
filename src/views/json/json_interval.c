/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/json/json_build.h"

static json_t *process_object(const struct process_row *p)
{
	json_t *futex, *writes, *fsyncs;

	futex = json_of("waits", json_number(p->futex.count), "wait_ns", json_number(p->futex_wait_ns),
			"p50_ns", json_number(p->futex.p50_ns), "p99_ns", json_number(p->futex.p99_ns),
			"max_ns", json_number(p->futex.max_ns), NULL);
	writes =
		json_of("count", json_number(p->writes.count), "bytes", json_number(p->write_bytes), "p50_ns",
			json_number(p->writes.p50_ns), "p99_ns", json_number(p->writes.p99_ns), "max_ns",
			json_number(p->writes.max_ns), "errors", json_number(p->write_errors), NULL);
	fsyncs = json_of("count", json_number(p->fsyncs.count), "p50_ns", json_number(p->fsyncs.p50_ns),
			 "p99_ns", json_number(p->fsyncs.p99_ns), "max_ns", json_number(p->fsyncs.max_ns),
			 NULL);
	return json_of("pid", json_integer(p->pid), "comm", json_text(p->comm), "threads",
		       json_number(p->threads), "created", json_number(p->created), "exited",
		       json_number(p->exited), "created_total", json_number(p->created_total), "exited_total",
		       json_number(p->exited_total), "running", json_number(p->running), "blocked",
		       json_number(p->blocked), "goroutines", json_go_count(p->go), "go",
		       json_go_process(p->go), "futex", futex, "writes", writes, "fsyncs", fsyncs, "cpu_ns",
		       json_number(p->cpu_ns), "ended", json_boolean(p->ended), "writes_seen",
		       json_boolean(!p->calls_unseen), NULL);
}

static json_t *thread_object(const struct thread_row *t, size_t lock_count)
{
	char state[2] = {t->state, '\0'};

	return json_of("pid", json_integer(t->pid), "tid", json_integer(t->tid), "name", json_text(t->name),
		       "state", json_text(state), "wait", json_wait(t, lock_count), "age_ns",
		       json_number(t->age_ns), "stack",
		       t->stack.end ? json_frame_names(&t->stack) : json_null(), NULL);
}

static json_t *creator_object(const struct creator_row *c)
{
	return json_of("pid", json_integer(c->pid), "stack", json_frame_names(&c->stack), "alive",
		       json_number(c->alive), "created", json_number(c->created), "exited",
		       json_number(c->exited), NULL);
}

static json_t *lock_object(const struct lock_row *l)
{
	return json_of("pid", json_integer(l->pid), "address", json_address(l->address), "symbol",
		       json_text_or_null(l->symbol), "kind", json_text(lock_kind__name(l->kind)), "waits",
		       json_number(l->waits.count), "wait_ns", json_number(l->wait_ns), "p50_ns",
		       json_number(l->waits.p50_ns), "p99_ns", json_number(l->waits.p99_ns), "max_ns",
		       json_number(l->waits.max_ns), "waiters", json_number(l->waiter_count), "owner_tid",
		       json_tid(l->owner_tid), NULL);
}

static json_t *errors_object(const uint64_t *by)
{
	json_t *o = json_object();

	for (enum ts_io_error e = 0; e < TS_IO_ERRORS; e++)
		json_object_set_new(o, io_error__name(e), json_number(by[e]));
	return o;
}

static json_t *number_if(bool known, uint64_t value)
{
	return known ? json_number(value) : json_null();
}

static json_t *uring(const struct file_row *f)
{
	if (!f->total_uring_writes && !f->total_uring_fsyncs)
		return json_null();
	return json_of("writes", json_number(f->uring_writes), "fsyncs", json_number(f->uring_fsyncs),
		       "total_writes", json_number(f->total_uring_writes), "total_fsyncs",
		       json_number(f->total_uring_fsyncs), NULL);
}

json_t *json_file(const struct file_row *f)
{
	return json_of("pid", json_integer(f->pid), "fd", json_fd(f->fd), "path", json_text_or_null(f->path),
		       "deleted", json_boolean(f->deleted), "kind", json_text(file_kind__name(f->kind)),
		       "writes", json_number(f->writes.count), "bytes", json_number(f->bytes), "p50_ns",
		       json_number(f->writes.p50_ns), "p90_ns", json_number(f->writes.p90_ns), "p99_ns",
		       json_number(f->writes.p99_ns), "p999_ns", json_number(f->writes.p999_ns), "max_ns",
		       json_number(f->writes.max_ns), "errors", json_number(f->errors), "short_writes",
		       json_number(f->short_writes), "fsyncs", json_number(f->fsyncs.count), "fsync_p50_ns",
		       json_number(f->fsyncs.p50_ns), "fsync_p90_ns", json_number(f->fsyncs.p90_ns),
		       "fsync_p99_ns", json_number(f->fsyncs.p99_ns), "fsync_p999_ns",
		       json_number(f->fsyncs.p999_ns), "fsync_max_ns", json_number(f->fsyncs.max_ns),
		       "fsync_errors", json_number(f->fsync_errors), "in_flight", json_number(f->in_flight),
		       "oldest_in_flight_ns", json_number(f->oldest_in_flight_ns), "writers",
		       json_number(f->writers), "append", json_boolean(f->append), "torn_lines",
		       number_if(f->torn_known, f->torn_lines), "overwrites", json_number(f->overwrites),
		       "errors_by", errors_object(f->errors_by), "fsync_errors_by",
		       errors_object(f->fsync_errors_by), "unsynced_bytes",
		       number_if(f->sync_known, f->unsynced_bytes), "unsynced_writes",
		       number_if(f->sync_known, f->unsynced_writes), "sync_flag", json_text(f->sync_flag),
		       "fsync_ns", json_number(f->fsync_ns), "file_system", json_text(f->fs), "peer",
		       json_text(f->peer), "host_path", json_text(f->host_path), "io_uring", uring(f), NULL);
}

json_t *json_cost(const struct cost_row *c)
{
	return json_of("cpu_ns", json_number(c->cpu_ns), "rss_bytes", json_number(c->rss_bytes), "bpf_ns",
		       c->bpf_ns == UINT64_MAX ? json_null() : json_number(c->bpf_ns), NULL);
}

static void arrays(struct json_writer *w, const struct interval_report *r)
{
	json_writer__array(w, "processes");
	for (size_t i = 0; i < r->process_count; i++)
		json_writer__element(w, process_object(&r->processes[i]));
	json_writer__array_end(w);
	json_writer__array(w, "threads");
	for (size_t i = 0; i < r->thread_count; i++)
		json_writer__element(w, thread_object(&r->threads[i], r->lock_count));
	json_writer__array_end(w);
	json_writer__array(w, "creators");
	for (size_t i = 0; i < r->creator_count; i++)
		json_writer__element(w, creator_object(&r->creators[i]));
	json_writer__array_end(w);
	json_writer__array(w, "locks");
	for (size_t i = 0; i < r->lock_count; i++)
		json_writer__element(w, lock_object(&r->locks[i]));
	json_writer__array_end(w);
	json_writer__array(w, "files");
	for (size_t i = 0; i < r->file_count; i++)
		json_writer__element(w, json_file(&r->files[i]));
	json_writer__array_end(w);
	json_go_lists(w, r);
	json_findings(w, r->findings, r->finding_count);
}

void json_interval(FILE *out, const struct interval_report *r)
{
	struct json_writer w;

	json_writer__begin(&w, out);
	json_writer__member(&w, "schema", json_text("threadscope/interval/1"));
	json_writer__member(&w, "time", json_time(r->time_ns));
	json_writer__member(&w, "interval_ns", json_number(r->interval_ns));
	json_writer__member(&w, "watched_ns", json_number(r->watched_ns));
	arrays(&w, r);
	json_writer__member(&w, "cost", json_cost(&r->cost));
	json_writer__member(&w, "lost", json_losses(r->losses, r->loss_count));
	json_writer__end(&w);
}
