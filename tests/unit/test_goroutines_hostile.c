/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a Go program could lie about. */
#include "go_recording.h"

TEST(from_the_future)
{
	load(new_go);
	patch(record.image.buildinfo + 33, "go1.99.4", 8);
	CHECK_EQ(open_record(), 0); /* it is like the newest one that is known: read, after the same tests */
	if (reader)
		CHECK_STR(find("time.Sleep").g.state, "unknown wait reason");
	close_record();
	patch_u64(record.image.allgs, 1);
	record.image.segment_count = 0;
	CHECK_EQ(open_record(), -ENOTSUP);
	CHECK(strstr(why.reason, "go1.99.4 is newer") && why.is_go);
	CHECK_STR(why.version, "go1.99.4");
}

TEST(too_old_and_unnamed)
{
	load(new_go);
	patch(record.image.buildinfo + 33, "go1.16.4", 8);
	CHECK_EQ(open_record(), -ENOTSUP);
	CHECK(strstr(why.reason, "go1.16.4") && strstr(why.reason, "1.17"));
	CHECK_STR(why.version, "go1.16.4");
	patch(record.image.buildinfo + 33, "whatever", 8);
	CHECK_EQ(open_record(), -ENOTSUP);
	patch(record.image.buildinfo + 33, "\1\2\3\4\5\6\7\b", 8);
	record.image.version = 0;
	CHECK_EQ(open_record(), -ENOTSUP);
	CHECK(why.is_go && !*why.version);
	record.image.pclntab = record.image.buildinfo = 0;
	CHECK_EQ(open_record(), -ENOEXEC);
	CHECK_STR(why.reason, "");
}

TEST(more_goroutines_than_memory)
{
	struct found f = {0};
	struct goroutines_lost lost;

	load(new_go);
	CHECK_EQ(open_record(), 0);
	patch_u64(record.image.allgs + 8, 1ull << 60);
	patch_u64(record.image.allgs + 16, 1ull << 60);
	CHECK_EQ(goroutines__read(reader, 0, look, &f, &lost), -ENODATA);
	CHECK_EQ(lost.more, 1ll << 60);
	close_record();
}

TEST(tables_that_lie)
{
	uint64_t module, slice;

	load(new_go);
	CHECK_EQ(open_record(), 0);
	module = record.image.moduledata;
	slice = module + (uint64_t)reader->layout.off[GO_moduledata_pctab];
	close_record();
	patch_u64(slice, 0xdead000);
	CHECK_EQ(open_record(), 0);
	if (reader) {
		struct found f = find(NULL);

		/* The functions are known, not how deep their stacks are. */
		CHECK(f.all > 5);
	}
	close_record();
	patch_u64(slice + 8, 1ull << 60);
	CHECK_EQ(open_record(), -ENOTSUP);
	CHECK(strstr(why.reason, "damaged"));
}

TEST(long_names)
{
	static uint8_t names[1 << 20];
	struct found f = {0};
	uint64_t slice, start_of_main;

	load(new_go);
	CHECK_EQ(open_record(), 0);
	start_of_main = find("time.Sleep").g.startpc;
	slice = record.image.moduledata + (uint64_t)reader->layout.off[GO_moduledata_funcnametab];
	close_record();
	memset(names, 'A', sizeof(names));
	record.memory.blocks[record.memory.count++] = (struct record_block){0x100000, sizeof(names), names};
	patch_u64(slice, 0x100000);
	patch_u64(slice + 8, sizeof(names));
	CHECK_EQ(open_record(), 0);
	if (reader) {
		struct frame at;
		CHECK_EQ(goroutines__read(reader, 0, look, &f, NULL), 0);
		CHECK(goroutines__code(reader, start_of_main, false, &at));
		CHECK_EQ(strlen(at.function), 1023);
	}
	close_record();
}

/* Every entry of the inline tree says that its caller is itself. */
TEST(cyclic_inlining)
{
	struct frame list[1024];
	struct go_function fn;
	struct go_inlined in;
	struct found f;
	uint64_t pc;

	load(new_go);
	CHECK_EQ(open_record(), 0);
	f = find("main.inner");
	CHECK(f.count > 0);
	pc = f.frames[0].address - 1;
	CHECK(go_module__function(&reader->module, pc, &fn) &&
	      go_module__inlined(&reader->module, &fn, pc, &in));
	for (uint64_t at = reader->module.gofunc; at < reader->module.gofunc + (1 << 20); at += 4) {
		uint32_t entry[4], self = (uint32_t)(pc - fn.entry);

		if (record__read(&record, at, entry, 16) == 16 && entry[1] == in.name &&
		    entry[2] == in.parent_pc - fn.entry)
			patch(at + 8, &self, 4);
	}
	close_record();
	CHECK_EQ(open_record(), 0);
	if (reader) {
		size_t n;

		f = find("main.inner");
		n = goroutines__frames(reader, f.g.stack, list, 1024);
		CHECK(n > 200 && n < 300);
	}
	close_record();
}

/* A goroutine that runs between any two looks at it. */
static uint64_t sequence_at;
static ssize_t read_moving(void *arg, uint64_t address, void *buf, size_t len)
{
	ssize_t got = record__read(arg, address, buf, len);

	if (sequence_at >= address && sequence_at < address + len && len > 8) {
		uint8_t next;

		memcpy(&next, (uint8_t *)buf + (sequence_at - address), 1);
		next++;
		patch(sequence_at, &next, 1);
	}
	return got;
}

static int read_many_moving(void *arg, struct memory_piece *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i].got = read_moving(arg, list[i].address, list[i].buf, list[i].len);
	return 0;
}

static int check_moving(const struct goroutine *g, void *arg)
{
	unsigned *moved = arg;

	if (g->moved) {
		CHECK_EQ(g->stack->end, STACK_MOVED);
		CHECK_EQ(g->stack->count, 0);
		++*moved;
	}
	return 0;
}

TEST(never_still)
{
	struct go_memory memory = {read_moving, read_many_moving, &record};
	struct goroutines_lost lost;
	unsigned moved = 0;

	load(new_go);
	sequence_at = 0;
	CHECK_EQ(goroutines__open_memory(&memory, &record.image, &reader, &why), 0);
	sequence_at = word(reader->allgs);
	sequence_at = word(sequence_at) + (uint64_t)reader->layout.off[GO_g_trackingSeq];
	CHECK_EQ(goroutines__read(reader, 0, check_moving, &moved, &lost), 0);
	CHECK_EQ(moved, 1);
	CHECK_EQ(lost.moved, 1);
	close_record();
	free(bytes);
	bytes = NULL;
}

TEST_MAIN
