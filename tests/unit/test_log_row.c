/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a log's totals say: errors by kind, damage, and what a crash of the machine would take. */
#include "samples.h"

static struct sample_file *add_inode(struct sample *s, pid_t pid, uint32_t dev, uint64_t inode)
{
	struct sample_file *f = add_file(s, pid);

	f->key.dev = dev;
	f->key.inode = inode;
	return f;
}

static const struct file_row *row_of(struct model *m, struct sample *s)
{
	const struct interval_report *r = model__interval(m, s);

	CHECK(r->file_count >= 1);
	return &r->files[0];
}

/* 10 writes of 100 bytes, of which 2 failed and 5 are synced, the last at 1000. */
static void ten_writes(struct sample_file *f)
{
	count_wait(&f->totals.writes, 1, 1000, 10);
	f->totals.bytes = 800;
	f->totals.errors[TS_IO_ENOSPC] = 2;
	f->totals.synced_writes = 5;
	f->totals.synced_bytes = 500;
	f->totals.last_ns = 1000;
}

TEST(a_write_to_a_file_of_the_kernels_own_is_no_log)
{
	static const char *const KINDS[] = {"proc", "ext4"};

	for (int i = 0; i < 2; i++) {
		struct sample *s = sample_at(1);
		struct model *m = model_with_base(sample_at(0));
		struct sample_file *f;
		const struct file_row *r;

		add_process(s, 10, 1);
		f = add_inode(s, 10, 1, 7);
		ten_writes(f);
		f->fs = KINDS[i];
		f->totals.torn_lines = f->totals.torn_proven = 3;
		f->totals.overwrites = 4;
		r = row_of(m, s);
		CHECK(r->torn_known == (i == 1) && r->sync_known == (i == 1));
		CHECK_EQ(r->overwrites, i ? 4 : 0);
		CHECK_EQ(r->unsynced_bytes, i ? 300 : 0);
		CHECK_EQ(r->errors, 2);
		model__free(m);
	}
}

TEST(errors_by_kind_also_where_the_counters_wrap)
{
	struct sample *before = sample_at(1), *s = sample_at(2);
	struct sample_file *f;
	const struct file_row *r;
	struct model *m;

	add_process(before, 10, 1);
	f = add_file(before, 10);
	f->totals.errors[TS_IO_EAGAIN] = UINT32_MAX - 1;
	f->totals.errors[TS_IO_EIO] = 7;
	f->totals.sync_errors[TS_IO_EIO] = 1;
	m = model_with_base(sample_at(0));
	model__interval(m, before);
	add_process(s, 10, 1);
	f = add_file(s, 10);
	f->totals.errors[TS_IO_EAGAIN] = 3;
	f->totals.errors[TS_IO_EIO] = 7;
	f->totals.errors[TS_IO_EPIPE] = 1;
	f->totals.sync_errors[TS_IO_EIO] = 4;
	count_wait(&f->totals.writes, 2, 1000, 6);
	r = row_of(m, s);
	CHECK_EQ(r->errors, 6);
	CHECK_EQ(r->errors_by[TS_IO_EAGAIN], 5);
	CHECK_EQ(r->errors_by[TS_IO_EIO], 0);
	CHECK_EQ(r->errors_by[TS_IO_EPIPE], 1);
	CHECK_EQ(r->fsync_errors, 3);
	CHECK_EQ(r->fsync_errors_by[TS_IO_EIO], 3);
	model__free(m);
}

TEST(each_error_has_its_name)
{
	CHECK_STR(io_error__name(TS_IO_EAGAIN), "EAGAIN");
	CHECK_STR(io_error__name(TS_IO_EPIPE), "EPIPE");
	CHECK_STR(io_error__name(TS_IO_ECONNREFUSED), "ECONNREFUSED");
	CHECK_STR(io_error__name(TS_IO_OTHER), "other");
	CHECK_STR(io_error__name(TS_IO_ERRORS), "other");
}

TEST(damage_is_of_the_interval_and_known_of_lines_alone)
{
	static const struct {
		enum ts_file_kind kind;
		bool known;
	} KINDS[] = {
		{TS_FILE_REGULAR, true}, {TS_FILE_PIPE, true}, {TS_FILE_TTY, true}, {TS_FILE_SOCKET, false}};

	for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
		struct sample *before = sample_at(1), *s = sample_at(2);
		struct sample *samples[] = {before, s};
		const struct file_row *r;
		struct model *m;

		for (unsigned k = 0; k < 2; k++) {
			struct sample_file *f = add_file(samples[k], 10);

			add_process(samples[k], 10, 1);
			f->key.kind = KINDS[i].kind;
			f->totals.torn_lines = f->totals.torn_proven = 2 + 3 * k;
			f->totals.overwrites = 1 + k;
		}
		count_wait(&s->files[0].totals.writes, 2, 1000, 10);
		m = model_with_base(sample_at(0));
		model__interval(m, before);
		r = row_of(m, s);
		CHECK_EQ(r->torn_known, KINDS[i].known);
		CHECK_EQ(r->torn_lines, 3);
		CHECK(r->of_lines);
		CHECK_EQ(r->overwrites, 1);
		CHECK_EQ(r->sync_known, KINDS[i].kind == TS_FILE_REGULAR);
		model__free(m);
	}
}

/* Of 20 writes so many are partial, and of these so many end in text, and of all so many are pages. */
static bool is_of_lines(uint64_t partial, uint64_t text, uint64_t pages)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	struct ts_file *t;
	bool of_lines;

	add_process(s, 10, 1);
	t = &add_file(s, 10)->totals;
	count_wait(&t->writes, 1, 1000, 20);
	t->partial_writes = partial;
	t->text_parts = text;
	t->page_writes = pages;
	of_lines = row_of(m, s)->of_lines;
	model__free(m);
	return of_lines;
}

TEST(pages_and_other_bytes_are_no_lines)
{
	CHECK(is_of_lines(0, 0, 0));
	CHECK(is_of_lines(10, 0, 10));
	CHECK(!is_of_lines(11, 0, 0));
	CHECK(is_of_lines(18, 18, 0)); /* lines of ten parts each */
	CHECK(!is_of_lines(18, 16, 0));
	CHECK(!is_of_lines(19, 19, 0));
	CHECK(!is_of_lines(0, 0, 11));
}

/* What looks torn, what proves it, what is of unknown writers, and what continues a stream. */
static bool tells_torn(enum line_writers who, uint64_t torn, uint64_t proven, uint64_t unknown,
		       uint64_t shared)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	struct ts_file *t;
	bool known;

	add_process(s, 10, 2)->writers = who;
	t = &add_file(s, 10)->totals;
	count_wait(&t->writes, 1, 1000, 12);
	t->torn_lines = torn;
	t->torn_proven = proven;
	t->torn_unknown = unknown;
	t->torn_shared = shared;
	known = row_of(m, s)->torn_known;
	model__free(m);
	return known;
}

TEST(a_writer_that_moves_between_threads_is_not_taken_for_several)
{
	CHECK(tells_torn(WRITERS_THREADS, 0, 0, 0, 0));
	CHECK(tells_torn(WRITERS_MOVE, 0, 0, 0, 9)); /* nothing looks torn */
	CHECK(tells_torn(WRITERS_THREADS, 4, 2, 0, 0));
	CHECK(tells_torn(WRITERS_GOROUTINES, 4, 2, 0, 0));
	CHECK(!tells_torn(WRITERS_THREADS, 4, 1, 0, 0)); /* they may be a pool's */
	CHECK(!tells_torn(WRITERS_THREADS, 4, 4, 9, 0));
	CHECK(!tells_torn(WRITERS_THREADS, 4, 4, 0, 9));
	CHECK(!tells_torn(WRITERS_MOVE, 4, 4, 0, 0));
	CHECK(!tells_torn(WRITERS_UNKNOWN, 4, 4, 0, 0));
	CHECK(!tells_torn(WRITERS_THREADS, 0, 0, 1, 0));
}

TEST(a_file_of_state_is_replaced_not_damaged)
{
	static const struct {
		uint64_t overwrites, rewrites;
		bool damage;
	} CASES[] = {{9, 0, true}, {9, 4, true}, {9, 5, false}, {9, 9, false}, {0, 0, false}};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct model *m = model_with_base(sample_at(0));
		struct sample *s = sample_at(1);
		struct ts_file *t;
		const struct file_row *r;

		add_process(s, 10, 1);
		t = &add_file(s, 10)->totals;
		count_wait(&t->writes, 1, 1000, 12);
		t->overwrites = CASES[i].overwrites;
		t->rewrites = CASES[i].rewrites;
		r = row_of(m, s);
		CHECK_EQ(r->overwritten, CASES[i].damage);
		CHECK_EQ(r->overwrites, CASES[i].overwrites);
		model__free(m);
	}
}

TEST(what_is_not_synced_are_successful_writes)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct file_row *r;

	add_process(s, 10, 1);
	ten_writes(add_file(s, 10));
	s->files[0].totals.sync_tid = 11;
	s->files[0].totals.sync_ns = 40;
	s->files[0].totals.single_syncs = 5;
	r = row_of(m, s);
	CHECK_EQ(r->unsynced_writes, 3);
	CHECK_EQ(r->unsynced_bytes, 300);
	CHECK(!r->sync_flag);
	CHECK_EQ(r->fsync_tid, 11);
	CHECK_EQ(r->fsync_ns, 40);
	CHECK_EQ(r->single_fsyncs, 5);
	model__free(m);
}

TEST(a_log_that_waits_at_each_write_has_nothing_unsynced)
{
	static const struct {
		uint32_t flags;
		const char *name;
	} FLAGS[] = {{010000, "O_DSYNC"}, {04010000, "O_SYNC"}};

	for (size_t i = 0; i < 2; i++) {
		struct model *m = model_with_base(sample_at(0));
		struct sample *s = sample_at(1);
		const struct file_row *r;

		add_process(s, 10, 1);
		ten_writes(add_file(s, 10));
		s->files[0].totals.flags = FLAGS[i].flags;
		s->files[0].totals.safe_bytes = 800;
		s->files[0].totals.safe_writes = 8;
		s->files[0].totals.synced_bytes = 0; /* of those, and so of none */
		s->files[0].totals.synced_writes = 0;
		s->files[0].totals.syncers = 2; /* several threads: none is named */
		s->files[0].totals.sync_tid = 11;
		r = row_of(m, s);
		CHECK_STR(r->sync_flag ? r->sync_flag : "", FLAGS[i].name);
		CHECK_EQ(r->unsynced_writes + r->unsynced_bytes, 0);
		CHECK_EQ(r->fsync_tid, 0);
		model__free(m);
	}
}

TEST(a_log_that_waits_at_some_writes_has_others_unsynced)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct file_row *r;

	add_process(s, 10, 1);
	ten_writes(add_file(s, 10));
	s->files[0].totals.flags = 010000; /* the last one's */
	s->files[0].totals.safe_bytes = 100;
	s->files[0].totals.safe_writes = 1;
	r = row_of(m, s);
	CHECK(!r->sync_flag);
	CHECK_EQ(r->unsynced_writes, 2);
	CHECK_EQ(r->unsynced_bytes, 200);
	model__free(m);
}

/* Unsynced writes of process 10's log beside what process 20 did. */
static uint64_t unsynced_beside(uint32_t dev, uint64_t inode, uint64_t synced_ns, uint64_t synced_fs_ns)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	struct sample_file *other;
	const struct interval_report *r;
	uint64_t n = UINT64_MAX;

	add_process(s, 10, 1);
	add_process(s, 20, 1);
	ten_writes(add_inode(s, 10, 1, 7));
	other = add_inode(s, 20, dev, inode);
	other->totals.synced_ns = synced_ns;
	other->totals.synced_fs_ns = synced_fs_ns;
	r = model__interval(m, s);
	for (size_t i = 0; i < r->file_count; i++)
		if (r->files[i].pid == 10)
			n = r->files[i].unsynced_writes;
	model__free(m);
	return n;
}

TEST(syncs_of_others_count_if_they_began_after_the_last_write)
{
	CHECK_EQ(unsynced_beside(1, 7, 1001, 0), 0);
	CHECK_EQ(unsynced_beside(1, 7, 1000, 0), 3); /* too early */
	CHECK_EQ(unsynced_beside(1, 8, 1001, 0), 3); /* of another file */
	CHECK_EQ(unsynced_beside(2, 7, 1001, 0), 3); /* and of one with that number elsewhere */
	CHECK_EQ(unsynced_beside(1, 8, 0, 1001), 0); /* syncfs: all files there */
	CHECK_EQ(unsynced_beside(2, 8, 0, 1001), 3);
}

TEST(what_a_process_that_has_ended_had_synced_stays_so)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);

	add_process(s, 10, 1);
	add_process(s, 20, 1);
	ten_writes(add_inode(s, 10, 1, 7));
	add_inode(s, 20, 1, 7)->totals.synced_ns = 1001;
	CHECK_EQ(row_of(m, s)->unsynced_bytes, 0);
	for (int written = 1; written < 3; written++) {
		struct sample_file *f;

		s = sample_at(1 + (unsigned)written);
		add_process(s, 10, 1);
		f = add_inode(s, 10, 1, 7);
		ten_writes(f);
		count_wait(&f->totals.writes, 1, 1000, written);
		f->totals.bytes += 100 * (uint64_t)written;
		f->totals.last_ns += (uint64_t)written;
		const struct file_row *r = row_of(m, s);
		CHECK_EQ(r->unsynced_bytes, 100 * (uint64_t)written);
		CHECK_EQ(r->unsynced_writes, (uint64_t)written);
	}
	model__free(m);
}

TEST_MAIN
