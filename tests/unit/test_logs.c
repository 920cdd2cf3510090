/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model's view on logs: figures since attach, histograms, calls in flight, which file comes first. */
#include <stdlib.h>

#include "model/interval/heatmap.h"
#include "model/interval/model.h"
#include "test.h"
#include "util/histogram.h"

#define MS   1000000ull
#define SEC  1000000000ull
#define ROOM 8

static struct ts_file_key key_of(uint64_t inode)
{
	return (struct ts_file_key){.tgid = 10, .dev = 1, .inode = inode, .kind = TS_FILE_REGULAR};
}

static struct sample *sample_at(uint64_t seconds)
{
	struct sample *s = calloc(1, sizeof(*s));

	s->now_ns = s->time_ns = (seconds + 1000) * SEC;
	s->epoch = seconds;
	s->bpf_ns_per_s = UINT64_MAX;
	s->processes = calloc(ROOM, sizeof(*s->processes));
	s->threads = calloc(ROOM, sizeof(*s->threads));
	s->files = calloc(ROOM, sizeof(*s->files));
	s->processes[s->process_count++] = (struct sample_process){.pid = 10, .comm = "app", .threads = 1};
	return s;
}

static struct sample_file *add_file(struct sample *s, uint64_t inode, const char *path)
{
	struct sample_file *f = &s->files[s->file_count++];

	*f = (struct sample_file){.key = key_of(inode), .path = path};
	return f;
}

static void add_caller(struct sample *s, pid_t tid, uint64_t inode, uint64_t age_ns)
{
	s->threads[s->thread_count++] = (struct sample_thread){.pid = 10,
							       .tid = tid,
							       .ns_tid = tid,
							       .name = "writer",
							       .state = 'R',
							       .syscall = -1,
							       .io_kind = TS_IO_WRITE,
							       .io_age_ns = age_ns,
							       .io_bytes = 120,
							       .io_fd = 7,
							       .io_file = key_of(inode)};
}

/* As the kernel side counts. */
static void count(struct ts_latency *l, uint64_t epoch, uint64_t ns, int times)
{
	for (int i = 0; i < times; i++)
		histogram__add(l->buckets, ns);
	if (ns > l->max_ns)
		l->max_ns = ns;
	l->interval_max[epoch & 1] = epoch << TS_MAX_NS_BITS | ns;
}

static struct model *logs_model(void)
{
	struct model *m = model__new();

	model__want_logs(m);
	CHECK(!model__interval(m, sample_at(0)));
	return m;
}

static uint64_t sum(const struct histogram_row *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < h->count; i++) {
		CHECK(i == 0 || h->bars[i].from_ns > h->bars[i - 1].from_ns);
		n += h->bars[i].count;
	}
	return n;
}

TEST(since_attach_and_of_the_interval)
{
	struct model *m = logs_model();
	struct sample *s = sample_at(1);
	struct sample_file *f = add_file(s, 7, "/log");
	const struct interval_report *r;

	count(&f->totals.writes, 1, 2 * SEC, 1);
	count(&f->totals.writes, 1, 1000, 999);
	f->totals.writes.max_ns = 2 * SEC;
	f->totals.bytes = 1000;
	r = model__interval(m, s);
	CHECK_EQ(r->files[0].writes.count, 1000);
	CHECK_EQ(r->files[0].detail->total_writes.count, 1000);

	s = sample_at(2);
	f = add_file(s, 7, "/log");
	*f = (struct sample_file){.key = f->key, .path = f->path, .totals = f->totals};
	count(&f->totals.writes, 2, 2 * SEC, 1);
	count(&f->totals.writes, 2, 1000, 999 + 10);
	f->totals.writes.max_ns = 2 * SEC;
	f->totals.bytes = 1300;
	f->totals.errors[TS_IO_EIO] = 2;
	count(&f->totals.syncs, 2, 5 * MS, 3);
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 1);
	CHECK_EQ(r->files[0].writes.count, 10);
	CHECK_EQ(r->files[0].bytes, 300);
	CHECK(r->files[0].writes.max_ns < 2000);
	CHECK_EQ(sum(&r->files[0].detail->writes), 10);
	CHECK_EQ(r->files[0].detail->total_writes.count, 1010);
	CHECK_EQ(r->files[0].detail->total_writes.max_ns, 2 * SEC);
	CHECK(r->files[0].detail->total_writes.p99_ns < 2000);
	CHECK(r->files[0].detail->total_writes.p999_ns < 2000);
	CHECK_EQ(sum(&r->files[0].detail->total_write_times), 1010);
	CHECK_EQ(r->files[0].detail->total_bytes, 1300);
	CHECK_EQ(r->files[0].detail->total_errors, 2);
	CHECK_EQ(r->files[0].detail->total_fsyncs.count, 3);
	CHECK_EQ(sum(&r->files[0].detail->total_fsync_times), 3);
	model__free(m);
}

static void add_request(struct sample *s, uint64_t inode, enum ts_io_kind kind, uint64_t age_ns)
{
	if (!s->requests)
		s->requests = calloc(ROOM, sizeof(*s->requests));
	s->requests[s->request_count++] = (struct sample_request){.key = key_of(inode),
								  .age_ns = age_ns,
								  .bytes = 100,
								  .io_kind = kind,
								  .fd = -1,
								  .tid = 12,
								  .name = "ring"};
}

/* Requests of io_uring are calls that no thread is in: they count while they last, and once. */
TEST(requests_under_way)
{
	struct model *m = logs_model();
	struct sample *s = sample_at(1);
	struct sample_file *f = add_file(s, 7, "/log");
	const struct interval_report *r;
	const struct finding *stall;

	f->totals.uring_writes = 1;
	f->totals.uring_syncs = 1;
	add_caller(s, 10, 7, 5 * MS);
	add_request(s, 7, TS_IO_WRITE, 300 * MS);
	add_request(s, 7, TS_IO_SYNC, 1 * MS);
	add_request(s, 9, TS_IO_WRITE, 2 * SEC); /* of a file that is not asked for */
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 1);
	CHECK_EQ(r->files[0].writes.count, 2);
	CHECK_EQ(r->files[0].fsyncs.count, 1);
	CHECK_EQ(r->files[0].in_flight, 3);
	CHECK_EQ(r->files[0].oldest_in_flight_ns, 300 * MS);
	CHECK_EQ(r->files[0].uring_writes, 1);
	CHECK_EQ(r->files[0].writes.max_ns, 300 * MS);
	CHECK_EQ(r->call_count, 3);
	CHECK(r->calls[0].request && !r->calls[0].sync && r->calls[0].thread->tid == 12);
	CHECK(!r->calls[1].request && r->calls[1].thread->tid == 10);
	CHECK(r->calls[2].request && r->calls[2].sync);
	stall = r->finding_count ? &r->findings[0] : NULL;
	CHECK(stall && stall->kind == FINDING_LOG_STALL && stall->tids[0] == 12 && stall->tid_count == 1);
	CHECK(stall && strstr(stall->summary,
			      "an io_uring write on /log has been in flight for 300 ms, submitted by ring"));

	s = sample_at(2); /* the write has ended, the sync goes on */
	f = add_file(s, 7, "/log");
	f->totals.uring_writes = 1;
	f->totals.uring_syncs = 1;
	count(&f->totals.writes, 2, 400 * MS, 2);
	add_request(s, 7, TS_IO_SYNC, SEC);
	r = model__interval(m, s);
	CHECK_EQ(r->files[0].writes.count, 0);
	CHECK_EQ(r->files[0].fsyncs.count, 0);
	CHECK_EQ(r->files[0].in_flight, 1);
	CHECK_EQ(r->files[0].uring_writes, 0);
	CHECK_EQ(r->files[0].total_uring_writes, 1);
	CHECK_EQ(r->files[0].detail->total_writes.count, 2);
	CHECK_EQ(r->files[0].detail->total_fsyncs.count, 1);
	model__free(m);
}

/* The kernel side counts a request of io_uring shortly before it is in flight. */
TEST(a_request_counted_before_it_is_in_flight)
{
	struct model *m = logs_model();
	struct sample *s = sample_at(1);
	struct sample_file *f = add_file(s, 7, "/log");
	const struct interval_report *r;

	f->totals.uring_writes = 1;
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 0);

	s = sample_at(2);
	f = add_file(s, 7, "/log");
	f->totals.uring_writes = 3;
	count(&f->totals.writes, 2, 1 * MS, 2);
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 1);
	CHECK_EQ(r->files[0].writes.count, 2);
	CHECK_EQ(r->files[0].uring_writes, 2);

	s = sample_at(3);
	f = add_file(s, 7, "/log");
	f->totals.uring_writes = 3;
	count(&f->totals.writes, 3, 1 * MS, 5);
	r = model__interval(m, s);
	CHECK_EQ(r->files[0].writes.count, 3);
	CHECK_EQ(r->files[0].uring_writes, 1);
	CHECK_EQ(r->files[0].total_uring_writes, 3);
	model__free(m);
}

TEST(one_in_a_thousand_is_p999_and_one_in_ten_p90)
{
	struct model *m = logs_model();
	struct sample *s = sample_at(1);
	struct sample_file *f = add_file(s, 7, "/log");
	const struct interval_report *r;
	const struct latency_row *w;

	count(&f->totals.writes, 1, 1000, 8900);
	count(&f->totals.writes, 1, 100000, 1085);
	count(&f->totals.writes, 1, 3 * SEC, 15);
	r = model__interval(m, s);
	w = &r->files[0].writes;
	CHECK_EQ(w->count, 10000);
	CHECK(w->p50_ns >= 900 && w->p50_ns <= 1100);
	CHECK(w->p90_ns >= 90000 && w->p90_ns <= 110000);
	CHECK(w->p99_ns >= 90000 && w->p99_ns <= 110000);
	CHECK(w->p999_ns >= SEC);
	CHECK_EQ(w->max_ns, 3 * SEC);
	model__free(m);
}

TEST(an_idle_file_stays_and_one_never_written_does_not_show)
{
	struct model *m = logs_model();
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	count(&add_file(s, 7, "/log")->totals.writes, 1, 1000, 5);
	model__interval(m, s);
	s = sample_at(2);
	count(&add_file(s, 7, "/log")->totals.writes, 1, 1000, 5);
	add_file(s, 8, "/never");
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 1);
	CHECK_STR(r->files[0].path, "/log");
	CHECK_EQ(r->files[0].writes.count, 0);
	CHECK_EQ(r->files[0].detail->total_writes.count, 5);
	model__free(m);
}

TEST(calls_in_flight_oldest_first_and_the_worst_file_first)
{
	struct model *m = logs_model();
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	count(&add_file(s, 7, "/busy")->totals.writes, 1, 1000, 5000);
	s->files[0].totals.bytes = 1000000;
	count(&add_file(s, 8, "/stuck")->totals.writes, 1, 1000, 1);
	add_caller(s, 100, 7, 500);
	add_caller(s, 101, 8, 3 * SEC);
	add_caller(s, 102, 9, 9 * SEC); /* on a file that was not asked for */
	r = model__interval(m, s);
	CHECK_EQ(r->call_count, 2);
	CHECK_EQ(r->calls[0].thread->tid, 101);
	CHECK_EQ(r->calls[0].age_ns, 3 * SEC);
	CHECK_EQ(r->calls[0].bytes, 120);
	CHECK_EQ(r->calls[0].fd, 7);
	CHECK_STR(r->calls[0].path, "/stuck");
	CHECK_EQ(r->calls[1].thread->tid, 100);
	CHECK_STR(r->files[0].path, "/stuck");
	CHECK_EQ(r->files[0].detail->total_writes.count, 2);
	CHECK_EQ(r->files[0].detail->total_writes.max_ns, 3 * SEC);
	model__free(m);
}

TEST(connections_stand_behind_files_while_they_are_not_slow)
{
	for (int slow = 0; slow < 2; slow++) {
		struct model *m = logs_model();
		struct sample *s = sample_at(1);
		const struct interval_report *r;
		struct sample_file *f;

		count(&add_file(s, 7, "/log")->totals.writes, 1, 1000, 5);
		f = add_file(s, 9, "socket:[9]");
		f->key.kind = TS_FILE_SOCKET;
		count(&f->totals.writes, 1, slow ? 12 * MS : 4 * MS, 5);
		f = add_file(s, 10, "socket:[10]"); /* syslog's: a log */
		f->key.kind = TS_FILE_SOCKET;
		f->peer = "/dev/log";
		count(&f->totals.writes, 1, 5 * MS, 5);
		r = model__interval(m, s);
		CHECK_EQ(r->file_count, 3);
		CHECK_STR(r->files[slow].path, "socket:[10]");
		CHECK_STR(r->files[slow + 1].path, "/log");
		CHECK_STR(r->files[slow ? 0 : 2].path, "socket:[9]");
		model__free(m);
	}
}

TEST(connections_that_failed_stand_before_those_that_went_well)
{
	struct model *m = logs_model();
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	for (uint64_t i = 8; i < 11; i++) {
		struct sample_file *f = add_file(s, i, i == 9 ? "failed" : "well");

		f->key.kind = TS_FILE_SOCKET;
		count(&f->totals.writes, 1, i == 9 ? 1000 : 4 * MS, 5);
		f->totals.errors[TS_IO_EAGAIN] = i == 9;
	}
	count(&add_file(s, 11, "/log")->totals.writes, 1, 10, 5);
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 4);
	CHECK_STR(r->files[0].path, "/log");
	CHECK_STR(r->files[1].path, "failed");
	model__free(m);
}

TEST(the_row_of_all_other_files_has_no_descriptor_and_no_flags)
{
	struct model *m = logs_model();
	struct sample *s = sample_at(1);
	struct sample_file *f = add_file(s, 0, "");
	const struct interval_report *r;

	f->key = (struct ts_file_key){.tgid = f->key.tgid, .kind = TS_FILE_OTHER};
	f->totals.fd = 7;
	f->totals.writers = 2;
	count(&f->totals.writes, 1, 1000, 5);
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 1);
	CHECK_STR(r->files[0].path, "(other files)");
	CHECK(r->files[0].rest && r->files[0].fd == -1 && !r->files[0].append);
	model__free(m);
}

TEST(a_heatmap_has_a_column_an_interval)
{
	struct heatmap *h = calloc(1, sizeof(*h));
	struct model *m = logs_model();

	for (uint64_t i = 1; i <= 3; i++) {
		struct sample *s = sample_at(i);
		struct sample_file *f = add_file(s, 7, "/log"), *g = add_file(s, 8, "/other");

		count(&f->totals.writes, i, 1000, 5 * (int)i);
		count(&g->totals.writes, i, 1000, 2 * (int)i);
		count(&g->totals.syncs, i, 3 * MS, (int)i);
		add_caller(s, 100, 7, 10);
		heatmap__add(h, model__interval(m, s));
	}
	CHECK_EQ(h->count, 3);
	for (size_t i = 0; i < 3; i++) {
		CHECK_EQ(h->columns[i].time_ns, (1001 + i) * SEC);
		CHECK_EQ(h->columns[i].interval_ns, SEC);
		/* 512 to 1024 ns, as the bucket's lower bound says; and the one in flight */
		CHECK_EQ(h->columns[i].calls[HEAT_WRITES][9], 7);
		CHECK_EQ(h->columns[i].calls[HEAT_WRITES][HEAT_LOWEST], 1);
		CHECK_EQ(h->columns[i].calls[HEAT_FSYNCS][21], 1);
	}
	model__free(m);
	free(h);
}

TEST(without_logs_a_report_has_no_details)
{
	struct model *m = model__new();
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	CHECK(!model__interval(m, sample_at(0)));
	count(&add_file(s, 7, "/log")->totals.writes, 1, 1000, 5);
	add_caller(s, 100, 7, 500);
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 1);
	CHECK(!r->files[0].detail);
	CHECK_EQ(r->call_count, 1);
	model__free(m);
}

TEST_MAIN
