/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ruby's virtual machine in a made-up memory, whole and with any bytes changed: readings end and stay within
 * bounds. */
#include <stdlib.h>

#include "ruby/collect/ruby_merge.h"
#include "noise.h"
#include "ruby/runtime/reader.h"
#include "test.h"

/* ---- a machine ---- */

#define BASE  0x100000ull
#define BYTES 0x6000u

static uint8_t memory[BYTES];
static uint64_t reads; /* bounds what a reading costs */

static void read_memory(const void *of, struct memory_piece *list, size_t n)
{
	(void)of;
	reads += n;
	for (size_t i = 0; i < n; i++) {
		uint64_t at = list[i].address - BASE;

		if (at < BYTES && list[i].len <= BYTES - at) {
			memcpy(list[i].buf, memory + at, list[i].len);
			list[i].got = (ssize_t)list[i].len;
		}
	}
}

static void put(uint64_t address, uint64_t value)
{
	memcpy(memory + (address - BASE), &value, 8);
}

static void put_text(uint64_t string, const char *text)
{
	put(string, TYPE_STRING | strlen(text) << STRING_LENGTH_SHIFT);
	memcpy(memory + (string - BASE) + STRING_EMBEDDED, text, strlen(text));
}

enum {
	VM = BASE + 0x100,
	RACTOR = BASE + 0x200,
	HOLDER = BASE + 0x600, /* two threads */
	WAITER = BASE + 0x800,
	FIBERS = BASE + 0xa00, /* two, of 0x100 */
	CODE = BASE + 0xe00,
	STACKS = BASE + 0x2000, /* two, of 0x1000 */
	STACK = 0x1000,
	PTHREADS = BASE + 0x4000, /* two, of 0x400 */
	MUTEX_OBJECT = BASE + 0x5000,
	MUTEX = BASE + 0x5100,
	TEXTS = BASE + 0x5200,
};

static void put_list(uint64_t head, uint64_t first, uint64_t second)
{
	put(head, first);
	put(first, second);
	put(second, head);
}

static void put_thread(uint64_t thread, uint64_t number)
{
	uint64_t fiber = FIBERS + number * 0x100, ec = fiber + FIBER_EC, stack = STACKS + number * STACK;

	put(thread + THREAD_VM, VM);
	put(thread + THREAD_RACTOR, RACTOR);
	put(thread + THREAD_EC, ec);
	put(thread + THREAD_PTHREAD, PTHREADS + number * 0x400);
	put(PTHREADS + number * 0x400 + GLIBC_TID, 71 + number);
	put(ec + EC_VM_STACK, stack);
	put(ec + EC_VM_STACK_SIZE, STACK / 8);
	put(ec + EC_CFP, stack + STACK - 4 * CFP_BYTES);
	put(ec + EC_FIBER, fiber);
	put(ec + EC_THREAD, thread);
	put(stack, 0x22220021); /* what the frames' environment has */
	for (unsigned i = 1; i < 3; i++) {
		uint64_t cfp = stack + STACK - (4 - i) * CFP_BYTES;

		put(cfp + CFP_PC, CODE + 0x200 + 8 * i);
		put(cfp + CFP_ISEQ, CODE);
		put(cfp + CFP_EP, i == 1 ? stack + 8 : stack);
	}
	put(stack + 8, 0x11110001);
}

/* Two lines of code, of two instructions. */
static void put_code(void)
{
	uint64_t body = CODE + 0x100, info = CODE + 0x300, table = CODE + 0x400;

	put(CODE, TYPE_IMEMO | IMEMO_ISEQ << IMEMO_SHIFT);
	put(CODE + ISEQ_BODY, body);
	put(body, 4ull << 32);
	put(body + BODY_ENCODED, CODE + 0x200);
	put(body + BODY_PATHOBJ, TEXTS);
	put(body + BODY_LABEL, TEXTS + 0x100);
	put(body + BODY_INFO, info);
	put(body + BODY_INFO_COUNT, 2);
	put(body + BODY_INFO_TABLE, table);
	put(info, 11);
	put(info + INFO_BYTES, 12);
	put(table, 1 | 2 << 7 | 2 << 14);
	put(TEXTS, TYPE_ARRAY | ARRAY_WITHIN);
	put(TEXTS + ARRAY_EMBEDDED, TEXTS + 0x200);
	put_text(TEXTS + 0x100, "block in work");
	put_text(TEXTS + 0x200, "shop.rb");
	put_text(TEXTS + 0x300, "a worker of the shop");
}

static void put_machine(void)
{
	memset(memory, 0, sizeof(memory));
	put(BASE, VM);
	put(VM + VM_RACTORS, RACTOR + RACTOR_NODE);
	put(RACTOR + RACTOR_NODE, VM + VM_RACTORS);
	put_list(RACTOR + RACTOR_THREADS, HOLDER, WAITER);
	put_thread(HOLDER, 0);
	put_thread(WAITER, 1);
	put(RACTOR + RACTOR_GVL + GVL_OWNER, HOLDER);
	put(RACTOR + RACTOR_GVL + GVL_WAITQ, WAITER + THREAD_QUEUE_NODE);
	put(WAITER + THREAD_QUEUE_NODE, RACTOR + RACTOR_GVL + GVL_WAITQ);
	put(WAITER + THREAD_LOCKING_MUTEX, MUTEX_OBJECT);
	put(WAITER + THREAD_NAME, TEXTS + 0x300);
	put(MUTEX_OBJECT, TYPE_DATA);
	put(MUTEX_OBJECT + DATA_TYPE, MUTEX + 0x40);
	put(MUTEX_OBJECT + DATA_POINTER, MUTEX);
	put(MUTEX + MUTEX_FIBER, FIBERS);
	put(MUTEX + 0x40, MUTEX + 0x60);
	memcpy(memory + (MUTEX + 0x60 - BASE), "mutex", 6);
	put_code();
}

static struct ruby of_memory(void)
{
	return (struct ruby){.read_many = read_memory, .vm_pointer = BASE};
}

TEST(threads_frames_and_locks)
{
	struct ruby r = of_memory();
	struct arena a = {0};
	struct ruby_look l;
	struct ruby_names *names = ruby_names__new(&r, &a);
	const struct ruby_thread *t;
	struct frame f;

	put_machine();
	CHECK_EQ(ruby__look(&r, &a, &l), 0);
	CHECK_EQ(l.count, 2);
	CHECK_EQ(l.gvl_count, 1);
	CHECK_EQ(l.gvls[0].owner, HOLDER);
	CHECK(ruby_look__find(&l, 71) == &l.threads[0] && !ruby_look__find(&l, 73));
	t = ruby_look__find(&l, 72);
	CHECK(t && t == ruby_look__by_address(&l, WAITER));
	CHECK(t->mutex == MUTEX && t->owner == HOLDER && t->queued == 1 && t->whole);
	CHECK_STR(ruby_names__thread(names, t), "a worker of the shop");
	CHECK_EQ(t->count, 2);
	CHECK(!t->places[0].last && t->places[1].last);
	CHECK(ruby_names__place(names, &t->places[0], &f));
	CHECK_STR(f.function, "block in work");
	CHECK_STR(f.file, "shop.rb");
	CHECK_EQ(f.line, 11); /* the instruction before the one that comes next */
	CHECK(ruby_names__place(names, &t->places[1], &f));
	CHECK_EQ(f.line, 12);
	CHECK_EQ(ruby__look(&r, &a, &l), 0); /* of threads that are known */
	CHECK_EQ(l.count, 2);
	ruby_names__free(names);
	arena__free(&a);
	free(r.known);
}

static struct ruby_look look_once(struct ruby *r, struct arena *a)
{
	struct ruby_look l = {0};

	*r = of_memory();
	ruby__look(r, a, &l);
	free(r->known);
	r->known = NULL;
	return l;
}

TEST(what_fails_a_check_is_left_out)
{
	struct arena a = {0};
	struct ruby r;
	struct ruby_look l;

	put_machine();
	put(WAITER + THREAD_VM, VM + 8); /* of another machine */
	l = look_once(&r, &a);
	CHECK_EQ(l.count, 1);
	put_machine();
	put(FIBERS + FIBER_EC + EC_THREAD, WAITER); /* a context of another thread */
	l = look_once(&r, &a);
	CHECK(l.count == 1 && l.threads[0].address == WAITER);
	put_machine();
	put(MUTEX + 0x60, 0x7878); /* no Mutex */
	l = look_once(&r, &a);
	CHECK(l.count == 2 && !l.threads[1].mutex && !l.threads[1].owner);
	put_machine();
	put(MUTEX + MUTEX_FIBER, FIBERS + 8); /* no fiber */
	l = look_once(&r, &a);
	CHECK(l.threads[1].mutex == MUTEX && !l.threads[1].owner);
	put_machine();
	put(FIBERS + 0x100 + FIBER_EC + EC_CFP, STACKS + STACK - CFP_BYTES); /* of another stack */
	l = look_once(&r, &a);
	CHECK(l.count == 2 && !l.threads[1].count && !l.threads[1].whole);
	put_machine();
	put(WAITER + THREAD_QUEUE_NODE, WAITER + THREAD_QUEUE_NODE); /* a circle */
	put(WAITER, HOLDER);
	l = look_once(&r, &a);
	CHECK(l.threads[1].queued <= 1);
	arena__free(&a);
}

/* ---- memory that lies ---- */

static void read_all(struct ruby *r)
{
	struct arena a = {0};
	struct ruby_names *names = ruby_names__new(r, &a);
	struct ruby_look l;

	/* The second look begins with what the first one found. */
	if (!ruby__look(r, &a, &l) && !ruby__look(r, &a, &l)) {
		CHECK(l.count <= 65536 && l.gvl_count <= RUBY_RACTORS);
		for (size_t i = 0; i < l.count && i < 4; i++) {
			const struct ruby_thread *t = &l.threads[i];

			CHECK(t->count <= RUBY_FRAMES && t->queued <= l.count);
			ruby_names__thread(names, t);
			for (size_t k = 0; k < t->count && k < 64; k++) {
				struct frame f = {0};

				if (ruby_names__place(names, &t->places[k], &f))
					CHECK(f.function && strlen(f.function) <= 240 && f.line >= 0);
			}
		}
	}
	ruby_names__free(names);
	arena__free(&a);
	free(r->known);
	r->known = NULL;
	r->known_count = 0;
}

TEST(any_bytes_changed)
{
	for (uint64_t seed = 0; seed < 3000; seed++) {
		struct ruby r = of_memory();

		put_machine();
		for (unsigned i = 0; i <= seed % 8; i++) {
			uint64_t at = noise(seed * 8 + i) % (BYTES / 8) * 8;
			uint64_t value = noise(seed * 8 + i + 1);

			/* Mostly another address of this memory. */
			put(BASE + at, value % 4 ? BASE + value / 4 % (BYTES / 8) * 8 : value);
		}
		reads = 0;
		read_all(&r);
		CHECK(reads < 1000000);
	}
}

/* Every type is the right one, every list goes on for ever, every text is long. */
static void read_trap(const void *of, struct memory_piece *list, size_t n)
{
	(void)of;
	reads += n;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k + 8 <= list[i].len; k += 8)
			memcpy((uint8_t *)list[i].buf + k, &(uint64_t){0x100000 + TYPE_STRING}, 8);
		list[i].got = (ssize_t)list[i].len;
	}
}

static void read_circle(const void *of, struct memory_piece *list, size_t n)
{
	(void)of;
	reads += n;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k + 8 <= list[i].len; k += 8)
			memcpy((uint8_t *)list[i].buf + k, &(uint64_t){0x100000}, 8);
		list[i].got = (ssize_t)list[i].len;
	}
}

TEST(chains_without_an_end)
{
	struct ruby trap = {.read_many = read_trap, .vm_pointer = BASE},
		    circle = {.read_many = read_circle, .vm_pointer = BASE};

	reads = 0;
	read_all(&trap);
	read_all(&circle);
	CHECK(reads < 1000000);
}

/* ---- native frames and Ruby's ---- */

#define LIBRARY "/usr/lib/libruby-3.1.so.3.1"

static const struct frame native[] = {
	{.address = 1, .function = "read"},
	{.address = 2, .module = LIBRARY},
	{.address = 3, .function = "rb_vm_exec", .module = LIBRARY},
	{.address = 4, .function = "rb_yield", .module = LIBRARY},
	{.address = 5, .function = "inlined", .module = LIBRARY, .inlined = true},
	{.address = 5, .function = "vm_exec_core", .module = LIBRARY},
	{.address = 6, .function = "rb_vm_exec", .module = LIBRARY},
	{.address = 7, .function = "main"},
};

static struct call_stack merged(struct arena *a, const bool *last, size_t count, bool whole)
{
	struct ruby r = of_memory();
	struct ruby_names *names = ruby_names__new(&r, a);
	struct call_stack s = {.frames = native, .count = 8, .end = STACK_COMPLETE};
	struct ruby_place places[4];

	put_machine();
	for (size_t i = 0; i < count; i++)
		places[i] = (struct ruby_place){.iseq = CODE, .pc = CODE + 0x208, .last = last[i]};
	ruby_merge__into(names, a, &s,
			 &(struct ruby_thread){.places = places, .count = count, .whole = whole});
	ruby_names__free(names);
	return s;
}

TEST(ruby_in_the_place_of_vm_exec)
{
	struct arena a = {0};
	struct call_stack s = merged(&a, (const bool[]){false, true, true}, 3, true);

	CHECK_EQ(s.count, 6);
	CHECK_STR(s.frames[0].function, "read");
	CHECK_STR(s.frames[1].function, "block in work");
	CHECK(s.frames[1].address == 3 && s.frames[2].address == 3 && s.frames[2].language);
	CHECK_STR(s.frames[3].function, "rb_yield");
	CHECK_STR(s.frames[4].language, "Ruby");
	CHECK_STR(s.frames[5].function, "main");
	s = merged(&a, (const bool[]){true, true, true}, 3, true); /* three calls for two */
	CHECK(s.frames == native && s.count == 8);
	s = merged(&a, (const bool[]){true, false}, 2, false); /* one call for two */
	CHECK(s.frames == native && s.count == 8);
	arena__free(&a);
}

TEST_MAIN
