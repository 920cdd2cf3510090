/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What processes had of storage in an interval, and their time in state D. */
#include "samples.h"

static struct sample_process *add_storage(struct sample *s, pid_t pid, uint64_t read_bytes, uint64_t d_ns)
{
	struct sample_process *p = add_process(s, pid, 1);

	p->storage_known = p->d_known = true;
	p->read_bytes = read_bytes;
	p->dirtied_bytes = read_bytes * 2;
	p->d_ns = d_ns;
	p->uptime_ns = 100 * NS_PER_S;
	return p;
}

/* A thread that ends while it is read is missing once; it is not what the process has read afterwards. */
TEST(storage_is_of_the_interval)
{
	static const uint64_t sums[] = {7000, 7300, 500, 7350, 7350}, gained[] = {0, 300, 0, 50, 0};
	struct sample *s = sample_at(0);
	const struct interval_report *r;
	struct model *m;

	add_storage(s, 10, sums[0], 10 * sums[0]);
	m = model_with_base(s);
	for (uint64_t i = 1; i < sizeof(sums) / sizeof(*sums); i++) {
		s = sample_at(i);
		add_storage(s, 10, sums[i], 10 * sums[i]);
		r = model__interval(m, s);
		CHECK_EQ(r->processes[0].storage_known, true);
		CHECK_EQ(r->processes[0].read_bytes, gained[i]);
		CHECK_EQ(r->processes[0].dirtied_bytes, 2 * gained[i]);
		CHECK_EQ(r->processes[0].d_known, true);
		CHECK_EQ(r->processes[0].d_ns, 10 * gained[i]);
	}
	model__free(m);
}

/* New in the interval, there before but not seen, on a kernel that does not count. */
TEST(storage_that_is_not_known)
{
	struct model *m = model_with_base(sample_at(0));
	struct sample *s = sample_at(1);
	const struct interval_report *r;

	add_storage(s, 10, 4096, 100)->uptime_ns = NS_PER_S / 2;
	add_storage(s, 11, 8192, 100);
	add_storage(s, 12, 0, 0)->storage_known = false;
	r = model__interval(m, s);
	CHECK_EQ(r->process_count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct process_row *p = &r->processes[i];

		CHECK_EQ(p->storage_known, p->pid == 10);
		CHECK_EQ(p->d_known, p->pid == 10);
		if (p->pid == 10)
			CHECK_EQ(p->read_bytes, 4096);
	}
	model__free(m);
}

TEST_MAIN
