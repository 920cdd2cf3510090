/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings of tests/go/small.go read as if it ran. */
#include "go_recording.h"

static void check_small(const char *version)
{
	struct found f;

	CHECK_EQ(open_record(), 0);
	if (!reader)
		return;
	CHECK_STR(goroutines__version(reader), version);
	f = find("main.inner"); /* inlined twice, below a recursion */
	CHECK_STR(f.g.state, "chan receive");
	CHECK_EQ(f.count, 8 + (f.count > 2 && !strcmp(f.frames[f.count - 1].function, "main.main.gowrap1")));
	CHECK(f.frames[0].inlined && f.frames[1].inlined && !f.frames[2].inlined);
	CHECK_STR(f.frames[1].function, "main.outer");
	CHECK_STR(f.frames[7].function, "main.deep");
	CHECK_EQ(f.frames[0].line, 15);
	CHECK_EQ(f.frames[2].line, 21);
	CHECK_EQ(f.frames[3].line, 24);
	CHECK_EQ(f.g.stack->end, STACK_COMPLETE);
	CHECK_STR(creator(&f), "main.main");
	CHECK_EQ(f.g.wait.target, GO_TARGET_CHAN);
	CHECK_EQ(f.g.wait.cap, 0);
	f = find("main.generic[...]");
	CHECK_STR(f.g.state, "chan send");
	CHECK_EQ(f.g.wait.len, 2);
	CHECK_EQ(f.g.wait.cap, 2);
	CHECK_EQ(f.g.wait.elem_bytes, 16);
	f = find("main.main.func1");
	CHECK_STR(f.g.state, "select");
	CHECK(f.g.locked);
	CHECK_EQ(f.g.wait.cases, 2);
	f = find("main.inDefer.func1");
	CHECK_STR(f.frames[1].function, "panic");
	f = find("time.Sleep");
	CHECK_EQ(f.g.goid, 1);
	CHECK_STR(f.g.state, "sleep");
	CHECK(f.g.wait.wake_ns != 0);
	CHECK_EQ(f.all - f.system, 6);
	CHECK_EQ(f.moved, 0);
}

TEST(newest)
{
	struct found f;

	load(new_go);
	check_small("go1.27.4");
	f = find("sync.(*Mutex).lockSlow");
	if (!f.count)
		f = find("internal/sync.(*Mutex).lockSlow");
	f = f.count ? f : find("internal/sync.runtime_SemacquireMutex");
	CHECK_STR(f.g.state, "sync.Mutex.Lock");
	CHECK_EQ(f.g.wait.target, GO_TARGET_SEMAPHORE);
	CHECK(f.g.wait.address != 0);
	CHECK_EQ(f.g.parent_goid, 1);
	close_record();
}

TEST(oldest_stripped)
{
	struct go_scheduler s;
	struct found f;

	load(old_go);
	CHECK_EQ(record.image.allgs, 0);
	check_small("go1.19.8");
	f = find("sync.runtime_SemacquireMutex");
	CHECK_STR(f.g.state, "semacquire");
	CHECK(f.g.wait.address != 0);
	CHECK_EQ(f.g.parent_goid, 0);
	CHECK_EQ(goroutines__scheduler(reader, &s), 0);
	CHECK_EQ(s.goroutines, 6);
	CHECK_EQ(s.procs, 2);
	close_record();
}

static struct found find_known(const char *function)
{
	struct found f = {.function = function};

	CHECK_EQ(goroutines__read(reader, GOROUTINES_KNOWN, look, &f, NULL), 0);
	return f;
}

/* A stack is not read again while the stamp of the wait and the count of runs are the same. */
TEST(known_from_before)
{
	struct go_wait wait;
	struct found f;
	uint64_t g, seq;

	load(new_go);
	CHECK_EQ(open_record(), 0);
	f = find("main.main.func1");
	g = f.g.address;
	wait = f.g.wait;
	seq = g + (uint64_t)reader->layout.off[GO_g_trackingSeq];
	patch_u64(g + (uint64_t)reader->layout.off[GO_g_waitsince], 5);
	f = find_known("main.main.func1");
	CHECK_EQ(f.g.wait.address, wait.address);
	patch_u64(g + (uint64_t)reader->layout.off[GO_g_sched] + (uint64_t)reader->layout.off[GO_gobuf_sp],
		  8);
	f = find_known("main.main.func1");
	CHECK_STR(f.g.state, "select");
	CHECK_EQ(f.g.stack->end, STACK_COMPLETE);
	CHECK_EQ(f.g.wait.address, 0);
	CHECK_EQ(find("main.main.func1").count, 0);
	patch(seq, &(uint8_t){f.g.tracking_seq + 1}, 1);
	CHECK_EQ(find_known("main.main.func1").count, 0);
	patch(seq, &(uint8_t){f.g.tracking_seq}, 1);
	CHECK_EQ(find_known("main.main.func1").count, 0); /* it has been forgotten */
	close_record();
}

/* Of the channels of a select one that is full is named: that is where it would send. */
TEST(a_select_with_a_full_channel)
{
	const int32_t *off;
	uint64_t first, second, chan;
	struct found f;

	load(new_go);
	CHECK_EQ(open_record(), 0);
	off = reader->layout.off;
	f = find("main.main.func1");
	first = word(f.g.address + (uint64_t)off[GO_g_waiting]);
	second = word(first + (uint64_t)off[GO_sudog_waitlink]);
	chan = word(second + (uint64_t)off[GO_sudog_c]);
	CHECK(chan && chan != f.g.wait.address);
	patch_u64(chan + (uint64_t)off[GO_hchan_dataqsiz], 3);
	patch_u64(chan + (uint64_t)off[GO_hchan_qcount], 2);
	CHECK_EQ(find("main.main.func1").g.wait.address, f.g.wait.address);
	patch_u64(chan + (uint64_t)off[GO_hchan_qcount], 3);
	f = find("main.main.func1");
	CHECK_EQ(f.g.wait.address, chan);
	CHECK_EQ(f.g.wait.len, 3);
	CHECK_EQ(f.g.wait.cap, 3);
	close_record();
}

TEST(a_table_for_another_processor)
{
	load(new_go);
	patch(record.image.pclntab + 6, &(uint8_t){2}, 1); /* instructions of two bytes */
	CHECK(open_record() != 0);
	close_record();
}

TEST(versions)
{
	static const struct {
		const char *text;
		int minor;
	} cases[] = {{"go1.24.4", 24},
		     {"go1.22.1 X:boringcrypto", 22},
		     {"devel go1.28-abcdef", 28},
		     {"go1.30rc1", 30},
		     {"devel +12345", 0},
		     {"go2.1", 0},
		     {"", 0},
		     {"go1.99999999999", 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_EQ(go_version__minor(cases[i].text), cases[i].minor);
}

TEST_MAIN
