/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles, read back with a decoder that knows no more than the format. */
#include <stdlib.h>

#include "test.h"
#include "report/go_rows.h"
#include "test_profile_reader.h"
#include "test_views_hostile.h"
#include "util/escape.h"
#include "util/protobuf.h"
#include "views/export/pprof.h"
#include "views/export/pprof_goroutines.h"

/* ---- the wire format ---- */

static void check_bytes(struct protobuf *p, const char *want, size_t size)
{
	CHECK_EQ(p->size, size);
	CHECK(p->size == size && !memcmp(p->bytes, want, size));
	protobuf__free(p);
}

/* The examples of the format's own page. */
TEST(protobuf_is_as_documented)
{
	static const uint64_t numbers[] = {3, 270, 86942};
	struct protobuf p = {0}, inner = {0};

	protobuf__number(&p, 1, 150);
	check_bytes(&p, "\x08\x96\x01", 3);
	protobuf__bytes(&p, 2, "testing", 7);
	check_bytes(&p, "\x12\x07testing", 9);
	protobuf__number(&inner, 1, 150);
	protobuf__message(&p, 3, &inner);
	protobuf__free(&inner);
	check_bytes(&p, "\x1a\x03\x08\x96\x01", 5);
	protobuf__numbers(&p, 6, numbers, 3);
	check_bytes(&p, "\x32\x06\x03\x8e\x02\x9e\xa7\x05", 8);
}

TEST(protobuf_takes_every_number)
{
	struct protobuf p = {0};

	protobuf__number(&p, 1, 0);
	CHECK_EQ(p.size, 0);
	protobuf__number(&p, 1, (uint64_t)-2);
	check_bytes(&p, "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
	protobuf__number(&p, 16, 127);
	check_bytes(&p, "\x80\x01\x7f", 3);
}

static void snapshot_trip(const struct snapshot_report *r, struct decoded *d)
{
	struct profile *p = pprof__new(false, 0);

	pprof__add(p, r, true);
	round_trip(p, d);
}

TEST(pprof_has_every_thread)
{
	struct decoded d;
	uint64_t wait_ns = 0;

	for (size_t i = 0; i < usual_snapshot.thread_count; i++)
		wait_ns += usual_threads[i].blocked ? usual_threads[i].wait.duration_ns : 0;
	snapshot_trip(&usual_snapshot, &d);
	CHECK_EQ(d.types, 2);
	CHECK_EQ(d.samples, usual_snapshot.thread_count);
	CHECK_EQ(d.threads, usual_snapshot.thread_count);
	CHECK_EQ(d.wait_ns, wait_ns);
	CHECK(has_text(&d, "log_append") && has_text(&d, "/src/log.c") && has_text(&d, "log_mutex"));
	CHECK(has_text(&d, "blocked_by") && has_text(&d, "[mysqld+0x1300]") && has_text(&d, "[truncated]"));
	decoded_free(&d);
}

TEST(pprof_of_nothing)
{
	struct decoded d;

	snapshot_trip(&empty_snapshot, &d);
	CHECK_EQ(d.samples, 0);
	decoded_free(&d);
}

TEST(pprof_is_clean_whatever_the_names)
{
	struct decoded d;

	snapshot_trip(&hostile_snapshot, &d);
	for (size_t i = 0; i < d.texts; i++) {
		for (const char *s = d.text[i]; *s;) {
			unsigned code = 0;
			size_t length = utf8_length(s, &code);

			CHECK(length && code >= 0x20 && code != 0x7f);
			s += length ? length : 1;
		}
	}
	decoded_free(&d);
}

static void goroutine_trip(bool all, struct decoded *d)
{
	static const struct frame frames[] = {
		{.address = 16, .function = "main.worker", .file = "/src/main.go", .line = 12}};
	static const struct go_label first[] = {{"tenant", "a\x1b[31m", 1}, {"request", "7", 1}};
	static const struct go_label_set sets[] = {{30, first, 2}, {12, first, 1}};
	static const struct go_group_row groups[] = {
		{.g = {.state = "chan send",
		       .count = 100,
		       .goids = {18},
		       .goid_count = 1,
		       .wait_known = 1,
		       .wait_max_ns = SEC,
		       .wait = {.target = GO_TARGET_CHAN, .address = 0xc000012345, .fd = -1},
		       .targets = 1,
		       .stack = {frames, 1, STACK_COMPLETE},
		       .created_by = {.function = "main.main"},
		       .sets = sets,
		       .set_count = 2}},
		{.g = {.state = "running",
		       .count = 1,
		       .goids = {5},
		       .wait = {.fd = -1},
		       .stack = {NULL, 0, STACK_RUNNING, STACK_NONE}}},
		{.g = {.state = "force gc (idle)",
		       .system = true,
		       .count = 1,
		       .goids = {2},
		       .wait = {.fd = -1}}}};
	static const struct go_reading reading = {.lost_moved = 4};
	static const struct go_report go = {.reading = &reading, .groups = groups, .group_count = 3};
	const struct snapshot_report r = {.pid = 4481, .comm = "app", .exe = "/usr/bin/app", .go = &go};
	struct profile *p = pprof_goroutines__new();

	pprof_goroutines__add(p, &r, all);
	pprof_goroutines__add(p, &empty_snapshot, all);
	round_trip(p, d);
}

TEST(goroutines_by_their_labels)
{
	struct decoded d;

	goroutine_trip(false, &d);
	CHECK_EQ(d.types, 1);
	CHECK_EQ(d.samples, 4); /* two sets, those without labels, the running one */
	CHECK_EQ(d.threads, 101);
	CHECK(has_text(&d, "goroutine") && has_text(&d, "main.worker") && has_text(&d, "[running]"));
	CHECK(has_text(&d, "waiting") && has_text(&d, "chan send") && has_text(&d, "0xc000012345"));
	CHECK(has_text(&d, "creator") && has_text(&d, "main.main") && has_text(&d, "request"));
	CHECK(!has_text(&d, "a\x1b[31m") && !has_text(&d, "force gc (idle)"));
	CHECK(has_text(&d, "4 goroutines ran each time they were read: their stacks are unknown"));
	decoded_free(&d);
	goroutine_trip(true, &d);
	CHECK_EQ(d.threads, 102);
	CHECK(has_text(&d, "force gc (idle)") && has_text(&d, "[no frames]"));
	decoded_free(&d);
}

TEST(profile_keeps_each_thing_once)
{
	static const struct profile_type types[] = {{"threads", "count"}, {"wait", "nanoseconds"}};
	static const struct frame frames[] = {
		{.address = 16,
		 .function = "inner",
		 .module = "/bin/a",
		 .file = "a.c",
		 .line = 1,
		 .inlined = true},
		{.address = 16,
		 .function = "middle",
		 .module = "/bin/a",
		 .file = "a.c",
		 .line = 2,
		 .inlined = true},
		{.address = 16, .function = "outer", .module = "/bin/a", .file = "a.c", .line = 3},
		{.address = 32, .function = "main", .module = "/bin/a"},
		{.address = 48, .inlined = true},
	};
	struct profile *p = profile__new(types, 2, 1);
	const struct call_stack stack = {.frames = frames, .count = COUNT(frames), .end = STACK_COMPLETE};
	const uint64_t values[] = {1, 5};
	struct decoded d;

	for (int i = 0; i < 3; i++)
		profile__sample(p, &stack, NULL, values, NULL, 0);
	round_trip(p, &d);
	CHECK_EQ(d.samples, 3);
	CHECK_EQ(d.wait_ns, 15);
	CHECK_EQ(d.frames, 9); /* what is inlined is of its function's location */
	CHECK_EQ(d.locations, 3);
	CHECK_EQ(d.lines, 5);
	CHECK_EQ(d.functions, 5);
	CHECK_EQ(d.mappings, 1);
	decoded_free(&d);
}

/* Of several snapshots the last one is as if alone, and each adds what was waited before it. */
TEST(profile_of_several_snapshots)
{
	static const struct frame frame = {.function = "f"};
	struct thread_row threads[] = {{.tid = 1,
					.blocked = true,
					.waited_ns = 7,
					.stack = {&frame, 1, STACK_COMPLETE},
					.wait.lock = NO_INDEX},
				       {.tid = 2, .waited_ns = 9, .stack = {&frame, 1, STACK_COMPLETE}}};
	struct profile *p = pprof__new(true, 2);
	struct snapshot_report r = empty_snapshot;
	struct decoded d;

	threads[0].wait.duration_ns = 100;
	r.threads = threads;
	r.thread_count = COUNT(threads);
	for (r.number = 1; r.number <= 3; r.number++)
		pprof__add(p, &r, r.number == 3);
	round_trip(p, &d);
	/* Two of the thread that waits in each before the last; in the last one of each, and the wait of the
	 * other. */
	CHECK_EQ(d.samples, 5);
	CHECK_EQ(d.threads, 2);
	CHECK_EQ(d.wait_ns, 100);
	CHECK_EQ(d.off_cpu_ns, 3 * 7 + 9);
	decoded_free(&d);
}

TEST(profile_cuts_what_is_too_long)
{
	struct profile *p = pprof__new(false, 0);
	char *name = malloc(1 << 20);
	struct decoded d;

	memset(name, 'x', (1 << 20) - 1);
	name[(1 << 20) - 1] = '\0';
	profile__comment(p, name);
	free(name);
	round_trip(p, &d);
	CHECK_EQ(strlen(d.text[d.texts - 1]), 4095);
	CHECK_STR(d.text[d.texts - 1] + 4092, "...");
	decoded_free(&d);
}

TEST(profile_to_a_full_device)
{
	struct profile *p = pprof__new(false, 1);
	FILE *full = fopen("/dev/full", "w");

	CHECK(full != NULL);
	if (full) {
		CHECK(profile__write(p, full) < 0);
		fclose(full);
	}
	profile__free(p);
}

TEST_MAIN
