/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Timers in a P's heap, laid into recordings of tests/go/small.go. */
#include "go_recording.h"

#include "util/arena.h"

#define HEAP   0x7000000000ull
#define TIMERS 0x7000010000ull
#define VALUES 0x7000020000ull /* of functions: each points to its code */
#define MOST   8
#define TIMER  128

/* Memory that the recording lacks. */
static struct {
	uint64_t address;
	uint8_t bytes[1024];
	size_t len;
} pieces[4]; /* the end of P, its heap, the timers, the functions */

static ssize_t read_laid(void *arg, uint64_t address, void *buf, size_t len)
{
	for (size_t i = 0; i < 4; i++)
		if (address >= pieces[i].address && address - pieces[i].address + len <= pieces[i].len) {
			memcpy(buf, pieces[i].bytes + (address - pieces[i].address), len);
			return (ssize_t)len;
		}
	return record__read(arg, address, buf, len);
}

static int read_many_laid(void *arg, struct memory_piece *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i].got = read_laid(arg, list[i].address, list[i].buf, list[i].len);
	return 0;
}

static void put(size_t piece, size_t at, uint64_t value)
{
	memcpy(pieces[piece].bytes + at, &value, 8);
}

static int32_t at(enum go_field field)
{
	return reader->layout.off[field];
}

static bool pairs(void)
{
	return at(GO_timer_ts) >= 0;
}

static uint64_t proc;

static void put_timer(size_t i, bool periodic, bool stopped)
{
	size_t from = i * TIMER;

	put(1, i * (pairs() ? 16 : 8), TIMERS + from);
	put(2, from + (size_t)at(GO_timer_period), periodic ? 1000 : 0);
	put(2, from + (size_t)at(GO_timer_f), VALUES);
	if (pairs()) {
		pieces[2].bytes[from + (size_t)at(GO_timer_state)] = stopped ? 1 | 4 : 1;
		put(2, from + (size_t)at(GO_timer_ts), proc + (uint64_t)at(GO_p_timers));
	} else {
		put(2, from + (size_t)at(GO_timer_status), stopped ? 3 : 1);
		put(2, from + (size_t)at(GO_timer_pp), proc);
	}
}

/* What the P says of its heap: its capacity, its length, and how many of these are to be removed. */
static void put_heap(uint64_t cap, uint32_t count, uint32_t gone)
{
	size_t slice = pairs() ? 8 : 0;
	uint32_t numbers[2] = {count, gone};
	size_t place = pairs() ? 32 : (size_t)(at(GO_p_numTimers) - at(GO_p_timers));

	put(0, slice, HEAP);
	put(0, slice + 8, count);
	put(0, slice + 16, cap);
	memcpy(pieces[0].bytes + place, numbers, sizeof(numbers));
}

/* One P, with six timers, one of them stopped. */
static void lay(const char *path)
{
	struct go_memory memory = {read_laid, read_many_laid, &record};

	memset(pieces, 0, sizeof(pieces));
	load(path);
	reader = NULL;
	CHECK_EQ(goroutines__open_memory(&memory, &record.image, &reader, &why), 0);
	patch_u64(reader->allp + 8, 1);
	patch_u64(reader->allp + 16, 1);
	proc = word(word(reader->allp));
	pieces[0].address = proc + (uint64_t)at(GO_p_timers);
	pieces[0].len = 64;
	pieces[1].address = HEAP;
	pieces[1].len = MOST * 16;
	pieces[2].address = TIMERS;
	pieces[2].len = MOST * TIMER;
	pieces[3].address = VALUES;
	pieces[3].len = 8;
	put(3, 0, find("main.main.func1").g.startpc);
	for (size_t i = 0; i < 6; i++)
		put_timer(i, i < 3, i == 5);
	put_heap(8, 6, 1);
}

static void check_counted(const char *path)
{
	struct goroutines_count count;
	struct go_timers t = {0};
	struct arena a = {0};

	lay(path);
	CHECK_EQ(goroutines__timers(reader, &a, &t), 0);
	CHECK(t.known);
	CHECK_EQ(t.total, 5);
	CHECK_EQ(t.kind_count, 2);
	CHECK_EQ(t.kinds[0].count, 3);
	CHECK(t.kinds[0].periodic && !t.kinds[1].periodic);
	CHECK_EQ(t.kinds[1].count, 2);
	CHECK_STR(t.kinds[0].function, "main.main.func1");
	CHECK(!t.kinds[0].runs);
	CHECK_EQ(goroutines__count(reader, &count), 0);
	CHECK(count.timers_known);
	CHECK_EQ(count.timers, 5);
	/* One is there twice while the heap moves, and one has just left it. */
	put(1, 5 * (pairs() ? 16 : 8), TIMERS);
	put(2, TIMER + (size_t)at(pairs() ? GO_timer_ts : GO_timer_pp), 0);
	CHECK_EQ(goroutines__timers(reader, &a, &t), 0);
	CHECK_EQ(t.total, 4);
	close_record();
	arena__free(&a);
}

TEST(slices_of_timers)
{
	check_counted(old_go);
}

TEST(heaps_with_their_times)
{
	check_counted(new_go);
}

static void check_unknown(const char *path)
{
	struct goroutines_count count;
	struct go_timers t = {0};
	struct arena a = {0};

	lay(path);
	put_heap(5, 6, 0); /* longer than it may be */
	CHECK_EQ(goroutines__timers(reader, &a, &t), -ENODATA);
	put_heap(UINT32_MAX, UINT32_MAX, 0);
	CHECK_EQ(goroutines__timers(reader, &a, &t), -ENODATA);
	CHECK_EQ(goroutines__count(reader, &count), 0);
	CHECK(!count.timers_known);
	put_heap(1 << 20, 1 << 20, 0); /* not readable so far */
	CHECK_EQ(goroutines__timers(reader, &a, &t), -ENODATA);
	put_heap(8, 8, 0);
	for (size_t i = 0; i < 8; i++) /* none refers to this heap: another layout */
		put(2, i * TIMER + (size_t)at(pairs() ? GO_timer_ts : GO_timer_pp), 1);
	CHECK_EQ(goroutines__timers(reader, &a, &t), -ENODATA);
	put_heap(0, 0, 0);
	CHECK_EQ(goroutines__timers(reader, &a, &t), 0);
	CHECK_EQ(t.total, 0);
	reader->layout.known = false; /* an empty heap proves no layout */
	CHECK_EQ(goroutines__timers(reader, &a, &t), -ENODATA);
	pieces[0].len = 0;
	CHECK_EQ(goroutines__timers(reader, &a, &t), -ENODATA);
	CHECK_EQ(goroutines__count(reader, &count), 0);
	CHECK(!count.timers_known);
	CHECK(!t.kind_count);
	close_record();
	arena__free(&a);
}

TEST(what_does_not_fit_is_unknown)
{
	check_unknown(old_go);
	check_unknown(new_go);
}

TEST_MAIN
