/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interval's calls on files: each counted once, whatever is in flight. */
#include "samples.h"

struct io_step {
	int ended;     /* writes ended since attach */
	int in_flight; /* now */
	int begun;     /* what the interval must say */
};

/* One row of a process of one file; the file row is kept only if there is something to say. */
static void run_io(const struct io_step *steps, size_t count, int base_in_flight)
{
	struct sample *s = sample_at(0);
	struct model *m;
	uint64_t sum = 0;

	add_process(s, 10, 1);
	add_file(s, 10);
	for (int i = 0; i < base_in_flight; i++)
		add_writer(s, 10, 100 + i, TS_IO_WRITE, 5000);
	m = model_with_base(s);
	for (size_t i = 0; i < count; i++) {
		const struct interval_report *r;

		s = sample_at(i + 1);
		add_process(s, 10, 1);
		count_wait(&add_file(s, 10)->totals.writes, 1, 1000, steps[i].ended);
		for (int k = 0; k < steps[i].in_flight; k++)
			add_writer(s, 10, 100 + k, TS_IO_WRITE, 5000);
		r = model__interval(m, s);
		CHECK_EQ(r->processes[0].writes.count, steps[i].begun);
		/* A call that only ends in it has its bytes there, so there is a row. */
		CHECK_EQ(r->file_count, steps[i].begun || steps[i].in_flight ||
						steps[i].ended > (i ? steps[i - 1].ended : 0));
		if (r->file_count) {
			CHECK_EQ(r->files[0].writes.count, steps[i].begun);
			CHECK_EQ(r->files[0].in_flight, steps[i].in_flight);
			CHECK_EQ(r->files[0].oldest_in_flight_ns, steps[i].in_flight ? 5000 : 0);
		}
		sum += r->processes[0].writes.count;
	}
	CHECK_EQ(sum, steps[count - 1].ended + steps[count - 1].in_flight);
	model__free(m);
}

TEST(a_call_in_flight_is_counted_once)
{
	static const struct io_step steps[] = {{3, 1, 4}, {5, 0, 1}, {5, 2, 2}, {5, 2, 0}, {7, 0, 0}};

	run_io(steps, sizeof(steps) / sizeof(steps[0]), 0);
}

TEST(a_call_whose_end_was_not_seen_has_a_row)
{
	struct sample *s = sample_at(0);
	const struct interval_report *r;
	struct model *m;

	add_process(s, 10, 1);
	add_file(s, 10);
	m = model_with_base(s);
	s = sample_at(1);
	add_process(s, 10, 1);
	add_file(s, 10)->totals.missed_ends = 1;
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, 1);
	CHECK_EQ(r->files[0].writes.count, 1);
	model__free(m);
}

TEST(the_first_interval_has_what_was_in_flight_before)
{
	static const struct io_step steps[] = {{1, 0, 1}, {1, 0, 0}};
	static const struct io_step stuck[] = {{0, 1, 1}, {0, 1, 0}, {1, 0, 0}};

	run_io(steps, 2, 1);
	run_io(stuck, 3, 1);
}

TEST(a_call_on_neither_side_is_owed)
{
	/* It ended between the totals and the pass: neither has it. */
	static const struct io_step counted[] = {{0, 1, 1}, {0, 0, 0}, {1, 0, 0}, {2, 0, 1}};
	static const struct io_step more[] = {{3, 3, 6}, {4, 0, 0}, {5, 1, 0}, {9, 0, 3}};
	/* Begun in between, too: the interval in which its end is seen has it. */
	static const struct io_step later[] = {{0, 0, 0}, {1, 0, 1}};

	run_io(counted, 4, 0);
	run_io(more, 4, 0);
	run_io(later, 2, 0);
}

TEST(bytes_and_errors_are_of_the_interval)
{
	struct sample *s = sample_at(0);
	struct model *m = model_with_base(s);
	const struct interval_report *r;
	struct sample_file *f;

	for (uint64_t i = 1; i <= 2; i++) {
		s = sample_at(i);
		add_process(s, 10, 1);
		f = add_file(s, 10);
		count_wait(&f->totals.writes, i, 1000, (int)(10 * i));
		count_wait(&f->totals.syncs, i, 1000, (int)i);
		f->totals.bytes = 1000 * i * i;
		f->totals.errors[TS_IO_ENOSPC] = (uint32_t)i;
		f->totals.short_writes = 2 * i;
		f->totals.writers = 3;
		r = model__interval(m, s);
	}
	CHECK_EQ(r->file_count, 1);
	CHECK_EQ(r->files[0].bytes, 3000);
	CHECK_EQ(r->files[0].errors, 1);
	CHECK_EQ(r->files[0].short_writes, 2);
	CHECK_EQ(r->files[0].fsyncs.count, 1);
	CHECK(r->files[0].append);
	CHECK_EQ(r->processes[0].write_bytes, 3000);
	model__free(m);
}

/* Keys of files are ordered as bytes, processes as numbers. */
TEST(every_process_has_its_files)
{
	static const pid_t pids[] = {255, 256, 65536, 70000};
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;
	size_t count = sizeof(pids) / sizeof(pids[0]);

	for (size_t i = 0; i < count; i++)
		add_process(s, pids[i], 1);
	/* 0x10000, 0x100, 0x11170, 0xff by their bytes in little-endian order */
	count_wait(&add_file(s, 65536)->totals.writes, 1, 1000, 3);
	count_wait(&add_file(s, 256)->totals.writes, 1, 1000, 2);
	count_wait(&add_file(s, 70000)->totals.writes, 1, 1000, 4);
	count_wait(&add_file(s, 255)->totals.writes, 1, 1000, 1);
	r = model__interval(m, s);
	CHECK_EQ(r->file_count, count);
	for (size_t i = 0; i < r->process_count; i++)
		for (size_t k = 0; k < count; k++)
			if (r->processes[i].pid == pids[k])
				CHECK_EQ(r->processes[i].writes.count, k + 1);
	model__free(m);
}

/* A second with so many slow writes, ns in all, since attach; the slowest one of the interval took
 * slowest_ns. */
static struct sample *slow_second(uint64_t at, uint64_t count, uint64_t ns, const struct sample_slow *slowest)
{
	struct sample *s = sample_at(at);
	struct sample_file *f;

	add_process(s, 10, 1);
	f = add_file(s, 10);
	count_wait(&f->totals.writes, 1, 1000, (int)count + 1);
	f->slow_writes = (struct slow_calls){.count = count, .ns = ns};
	f->slow_writes.parts[STALL_DISK] = ns + 5; /* read a little later */
	f->slowest_lately = slowest;
	return s;
}

TEST(the_slowest_call_is_one_of_those_that_count)
{
	static const struct sample_slow first = {.end_ns = 7, .call = {.ns = 148}},
					second = {.end_ns = 9, .call = {.ns = 90}};
	struct model *m = model_with_base(sample_at(0));
	const struct file_slow *slow;

	slow = model__interval(m, slow_second(1, 1, 148, &first))->files[0].slow;
	CHECK(slow->slowest && slow->slowest->ns == 148);
	CHECK_EQ(slow->writes.count, 1);
	CHECK_EQ(slow->writes.parts[STALL_DISK], 148);
	/* It has been counted. */
	slow = model__interval(m, slow_second(2, 1, 148, &first))->files[0].slow;
	CHECK(!slow->slowest);
	CHECK_EQ(slow->writes.count, 0);
	/* Another one, which the sums do not have yet. */
	slow = model__interval(m, slow_second(3, 2, 148 + 87, &second))->files[0].slow;
	CHECK(!slow->slowest);
	slow = model__interval(m, slow_second(4, 3, 148 + 87 + 90, &second))->files[0].slow;
	CHECK(!slow->slowest);
	model__free(m);
}

TEST_MAIN
