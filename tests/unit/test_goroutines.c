/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings of tests/go/small.go read as if it ran, and what a program could lie about. */
#include <errno.h>
#include <stdlib.h>

#include "test.h"
#include "tests/go/record.h"

static struct record record;
static uint8_t *bytes;
static struct goroutines_refusal why;
static struct goroutines *reader;

static void load(const char *path)
{
	FILE *f = fopen(path, "rb");
	static uint8_t buf[1 << 20];
	size_t len = f ? fread(buf, 1, sizeof(buf), f) : 0;

	if (f)
		fclose(f);
	free(bytes);
	bytes = malloc(len + 1);
	memcpy(bytes, buf, len);
	CHECK(record__parse(bytes, len, &record));
}

/* Writes into the recorded memory. */
static void patch(uint64_t address, const void *from, size_t len)
{
	for (size_t i = 0; i < record.count; i++) {
		struct record_block *b = &record.blocks[i];

		if (address >= b->address && address - b->address + len <= b->len) {
			memcpy(bytes + (b->bytes - bytes) + (address - b->address), from, len);
			return;
		}
	}
	printf("# nothing recorded at %#" PRIx64 "\n", address);
	CHECK(false);
}

static void patch_u64(uint64_t address, uint64_t value)
{
	patch(address, &value, 8);
}

static uint64_t word(uint64_t address)
{
	uint64_t value = 0;

	CHECK_EQ(record__read(&record, address, &value, 8), 8);
	return value;
}

static int open_record(void)
{
	struct go_memory memory = {record__read, record__read_many, &record};

	reader = NULL;
	return goroutines__open_memory(&memory, &record.image, &reader, &why);
}

static void close_record(void)
{
	goroutines__close(reader);
	reader = NULL;
}

/* What is looked for, by the innermost function that Go shows. */
struct found {
	const char *function;
	struct goroutine g;
	struct goroutine_frame frames[64];
	size_t count, all, moved, system;
};

static int look(const struct goroutine *g, void *arg)
{
	struct found *f = arg;
	struct goroutine_frame list[64];
	size_t n = goroutines__frames(reader, g->stack, list, 64), shown = 0;

	f->all++;
	f->moved += g->moved;
	f->system += g->system;
	while (shown < n && shown < 64 && list[shown].hidden)
		shown++;
	if (shown < n && shown < 64 && f->function && !strcmp(list[shown].function, f->function)) {
		f->g = *g;
		f->count = 0;
		for (size_t i = shown; i < n && i < 64; i++)
			if (!list[i].hidden)
				f->frames[f->count++] = list[i];
	}
	return 0;
}

static struct found find(const char *function)
{
	struct found f = {.function = function};

	CHECK_EQ(goroutines__read(reader, 0, look, &f, NULL), 0);
	return f;
}

static const char *creator(const struct found *f)
{
	static struct goroutine_frame at;

	return goroutines__code(reader, f->g.gopc, true, &at) ? at.function : NULL;
}

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
	CHECK_EQ(f.g.stack->end, GOROUTINE_STACK_COMPLETE);
	CHECK_STR(creator(&f), "main.main");
	CHECK_EQ(f.g.wait.kind, GOROUTINE_WAIT_CHAN);
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

static const char new_go[] = "tests/samples/go/go1.27.rec", old_go[] = "tests/samples/go/go1.19.rec";

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
	CHECK_EQ(f.g.wait.kind, GOROUTINE_WAIT_SEMAPHORE);
	CHECK(f.g.wait.address != 0);
	CHECK_EQ(f.g.parent_goid, 1);
	close_record();
}

TEST(oldest_stripped)
{
	struct goroutines_scheduler s;
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
	struct goroutine_wait wait;
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
	CHECK_EQ(f.g.stack->end, GOROUTINE_STACK_COMPLETE);
	CHECK_EQ(f.g.wait.address, 0);
	CHECK_EQ(find("main.main.func1").count, 0);
	patch(seq, &(uint8_t){f.g.tracking_seq + 1}, 1);
	CHECK_EQ(find_known("main.main.func1").count, 0);
	patch(seq, &(uint8_t){f.g.tracking_seq}, 1);
	CHECK_EQ(find_known("main.main.func1").count, 0); /* it has been forgotten */
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
	record.blocks[record.count++] = (struct record_block){0x100000, sizeof(names), names};
	patch_u64(slice, 0x100000);
	patch_u64(slice + 8, sizeof(names));
	CHECK_EQ(open_record(), 0);
	if (reader) {
		struct goroutine_frame at;
		CHECK_EQ(goroutines__read(reader, 0, look, &f, NULL), 0);
		CHECK(goroutines__code(reader, start_of_main, false, &at));
		CHECK_EQ(strlen(at.function), 1023);
	}
	close_record();
}

/* Every entry of the inline tree says that its caller is itself. */
TEST(cyclic_inlining)
{
	struct goroutine_frame list[1024];
	struct go_function fn;
	struct go_inlined in;
	struct found f;
	uint64_t pc;

	load(new_go);
	CHECK_EQ(open_record(), 0);
	f = find("main.inner");
	CHECK(f.count > 0);
	pc = f.frames[0].pc - 1;
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
		CHECK_EQ(g->stack->end, GOROUTINE_STACK_MOVED);
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
