/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File servers that do not answer: one finding a server, with the calls that wait for it. */
#include "samples.h"

#include <sys/syscall.h>

static const char fuse[] = "fuse server of /mnt, sshfs (99)";

static void add_call(struct sample *s, pid_t tid, long call, const char *path, uint64_t ns)
{
	struct sample_thread *t = add_caller(s, tid, WAIT_OTHER, call, path);

	t->server = fuse;
	t->blocked_ns = ns;
}

TEST(calls_of_one_server)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	const struct snapshot_report *r;
	const struct finding *f;

	add_process(s, 10, 5);
	add_call(s, 11, SYS_openat, "/mnt/a", 2 * NS_PER_S);
	add_call(s, 12, SYS_newfstatat, "/mnt/b", NS_PER_S);
	add_call(s, 13, SYS_newfstatat, "/mnt/b", 3 * NS_PER_S);
	add_call(s, 14, SYS_openat, "/mnt/c", 4 * NS_PER_S);
	add_call(s, 15, SYS_newfstatat, "/mnt/d", 5 * NS_PER_S);
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	f = find(r->findings, r->finding_count, FINDING_STUCK_THREAD);
	/* the most frequent call first, then those that wait longest */
	CHECK_STR(f ? f->summary : "",
		  "5 threads wait, for up to 5.0 s, in newfstatat(/mnt/b), newfstatat(/mnt/d), "
		  "openat(/mnt/c) and 1 other calls for an answer of the fuse server of /mnt, sshfs (99)");
	CHECK_EQ(f ? f->tid_count : 0, 5);
	for (size_t i = 0; f && i < f->tid_count; i++)
		CHECK_EQ(f->tids[i], ((pid_t[]){13, 12, 15, 11, 14})[i]);
	arena__free(&a);
	sample__free(s);
}

TEST(one_thread_from_a_second_on)
{
	struct sample *s = sample_at(1);
	struct arena a = {0};
	const struct snapshot_report *r;

	add_process(s, 10, 1);
	add_call(s, 11, SYS_openat, "/mnt/a", NS_PER_S - 1);
	CHECK_EQ(model__snapshot(&a, s, NULL)->finding_count, 0);
	s->threads[0].blocked_ns = NS_PER_S;
	r = model__snapshot(&a, s, NULL);
	CHECK_EQ(r->finding_count, 1);
	CHECK_STR(r->finding_count ? r->findings[0].summary : "",
		  "worker (11) waits, for 1.0 s, in openat(/mnt/a) for an answer of the fuse server of "
		  "/mnt, sshfs (99)");
	arena__free(&a);
	sample__free(s);
}

TEST_MAIN
