/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Python's line tables, and structures that lie: whatever the memory has, readings end and stay within
 * bounds. */
#include <stdlib.h>

#include "noise.h"
#include "python/collect/python_merge.h"
#include "python/runtime/reader.h"
#include "test.h"

/* ---- line tables, of one function in four versions: co_linetable, or co_lnotab ---- */

static const uint8_t steps_39[] = {0x00, 0x01, 0x08, 0x02, 0x02, 0x01, 0x02, 0xff, 0x04,
				   0x02, 0x12, 0x01, 0x0c, 0x01, 0x0a, 0x7f, 0x00, 0x0e};
static const uint8_t ranges_310[] = {0x08, 0x01, 0x02, 0x02, 0x02, 0x01, 0x04, 0xff, 0x12,
				     0x02, 0x0c, 0x01, 0x0a, 0x01, 0x00, 0x7f, 0x04, 0x0e};
static const uint8_t locations_313[] = {
	0x80, 0x00, 0xd8, 0x08, 0x09, 0x88, 0x41, 0x89, 0x05, 0x80, 0x41, 0xe0, 0x08, 0x09, 0xd8, 0x0c, 0x0d,
	0xf3, 0x03, 0x01, 0x09, 0x0e, 0xe4, 0x1b, 0x20, 0xa0, 0x11, 0x9c, 0x38, 0xd3, 0x0f, 0x24, 0x99, 0x38,
	0x90, 0x61, 0x92, 0x01, 0x99, 0x38, 0xd1, 0x0f, 0x24, 0xd0, 0x08, 0x24, 0xdc, 0x0d, 0x12, 0x90, 0x31,
	0x8e, 0x58, 0x88, 0x01, 0xd8, 0x08, 0x09, 0x89, 0x06, 0x8a, 0x01, 0xf1, 0x03, 0x00, 0x0e, 0x16, 0xf0,
	0x5c, 0x04, 0x00, 0x0c, 0x0d, 0x80, 0x48, 0xf9, 0xf2, 0x5f, 0x04, 0x00, 0x10, 0x25};

struct expected {
	uint64_t at;
	int line;
};

#define CHECK_LINES(function, table, ...)                                                     \
	do {                                                                                  \
		const struct expected list[] = {__VA_ARGS__};                                 \
		for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)                   \
			CHECK(function(table, sizeof(table), 1, list[i].at) == list[i].line); \
	} while (0)

TEST(lines_as_python_has_them)
{
	CHECK_LINES(python_line__of_steps, steps_39, {0, 2}, {8, 4}, {10, 5}, {12, 4}, {16, 6}, {34, 7},
		    {46, 8}, {56, 149}, {58, 149});
	CHECK_LINES(python_line__of_ranges, ranges_310, {0, 2}, {8, 4}, {10, 5}, {12, 4}, {16, 6}, {34, 7},
		    {46, 8}, {56, 149}, {60, 0});
	CHECK_LINES(python_line__of_locations, locations_313, {0, 1}, {2, 2}, {12, 4}, {14, 5}, {16, 4},
		    {24, 6}, {76, 7}, {104, 8}, {116, 7}, {120, 149}, {124, 0}, {128, 6}, {134, 0});
}

TEST(any_bytes_as_line_tables)
{
	uint8_t table[64];

	for (uint64_t seed = 0; seed < 20000; seed++) {
		for (size_t i = 0; i < sizeof(table); i++)
			table[i] = (uint8_t)noise(seed * 64 + i);
		for (size_t len = 0; len <= sizeof(table); len += 7) {
			int first = (int)noise(seed);

			CHECK(python_line__of_locations(table, len, first, seed % 200) >= 0);
			CHECK(python_line__of_ranges(table, len, first, seed % 200) >= 0);
			CHECK(python_line__of_steps(table, len, first, seed % 200) >= 0);
		}
	}
}

/* ---- tables of exceptions: entries are start, length, target, depth * 2 + lasti ---- */

TEST(values_in_use_by_the_handler)
{
	/* with lock: in a try: in a loop; the second one's start needs two bytes: 65. */
	static const uint8_t table[] = {0x80 | 4, 2, 30, 3, 0x80 | 64 | 1, 1, 10, 0x40 | 1, 2, 7};

	CHECK(python__handler_depth(table, sizeof(table), 3) == -1);
	CHECK(python__handler_depth(table, sizeof(table), 4) == 1);
	CHECK(python__handler_depth(table, sizeof(table), 5) == 1);
	CHECK(python__handler_depth(table, sizeof(table), 6) == -1);
	CHECK(python__handler_depth(table, sizeof(table), 65) == 3);
	CHECK(python__handler_depth(table, sizeof(table), 75) == -1);
	for (size_t len = 0; len < 4; len++)
		CHECK(python__handler_depth(table, len, 4) == -1);
	for (uint64_t seed = 0; seed < 20000; seed++) {
		uint8_t bytes[32];

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)noise(seed * 32 + i);
		CHECK(python__handler_depth(bytes, sizeof(bytes), seed) <= 32);
	}
}

/* ---- memory that lies ---- */

static uint64_t reads; /* bounds what a reading costs */

/* Pointers everywhere, to anywhere: each word leads to another one of a few, so chains are long and circular.
 */
static ssize_t read_maze(const void *of, uint64_t address, void *buf, size_t len)
{
	uint64_t seed = *(const uint64_t *)of;
	uint8_t *bytes = buf;

	reads++;
	for (size_t i = 0; i < len; i++) {
		uint64_t word = noise(seed ^ (address + i) / 8), value = 0x10000 + word % 512 * 8;

		if (word >> 60 == 1)
			value = word;
		else if (word >> 60 == 2)
			value = word >> 56 & 7;
		bytes[i] = (uint8_t)(value >> (address + i) % 8 * 8);
	}
	return noise(seed + address) % 16 ? (ssize_t)len : (ssize_t)(len / 2); /* or the end of a mapping */
}

/* Every type is the right one, every text is long. */
static ssize_t read_trap(const void *of, uint64_t address, void *buf, size_t len)
{
	(void)of;
	(void)address;
	reads++;
	for (size_t i = 0; i + 8 <= len; i += 8)
		memcpy((uint8_t *)buf + i, &(uint64_t){0x100000 + 16}, 8);
	return (ssize_t)len;
}

static void read_all(struct python *py)
{
	static struct python_place places[PYTHON_FRAMES];
	struct arena a = {0};
	struct python_names *names = python_names__new(py, &a);
	struct python_look look;
	bool whole;

	/* The second look begins with what the first one found. */
	if (!python__look(py, &a, &look) && !python__look(py, &a, &look)) {
		CHECK(look.count <= 65536 && look.gil_count <= PYTHON_GILS);
		for (size_t i = 0; i < look.count && i < 4; i++) {
			size_t n = python__frames(py, look.threads[i].frame, places, PYTHON_FRAMES, &whole);

			CHECK(n <= PYTHON_FRAMES);
			for (size_t k = 0; k < n && k < 64; k++) {
				struct frame f = {0};

				struct python_lock lock = {.object = 0x10000 + noise(k) % 512 * 8};

				python__lock_at(py, lock.object, 0x10000, &lock);
				python__within(py, &places[k], &lock);
				if (python_names__place(names, &places[k], &f))
					CHECK(f.function && strlen(f.function) <= 4 * 240 && f.line >= 0);
			}
		}
	}
	python_names__free(names);
	arena__free(&a);
	free(py->states);
	py->states = NULL;
	py->state_count = 0;
}

TEST(structures_that_lie)
{
	for (unsigned minor = 8; minor <= 13; minor++) {
		for (uint64_t seed = 0; seed < 30; seed++) {
			struct python py = {.memory = {.read = read_maze, .of = &seed}, .runtime = 0x20000};

			CHECK(python_layout__choose(&py.layout, minor) && python__fits(&py.layout));
			reads = 0;
			read_all(&py);
			CHECK(reads < 500000);
		}
		struct python trap = {.memory = {.read = read_trap}, .runtime = 0x20000};

		CHECK(python_layout__choose(&trap.layout, minor));
		trap.code_type = trap.str_type = 0x100000 + 16;
		reads = 0;
		read_all(&trap);
		CHECK(reads < 500000);
	}
}

/* A table of its own whose offsets lead out of every copy. */
static ssize_t read_table(const void *of, uint64_t address, void *buf, size_t len)
{
	uint64_t words[73] = {0};

	(void)address;
	memcpy(words, "xdebugpy", 8);
	words[1] = 0x030d00f0;
	for (size_t i = 3; i < 73; i++)
		words[i] = *(const uint64_t *)of;
	if (len != sizeof(words))
		return -1;
	memcpy(buf, words, len);
	return (ssize_t)len;
}

TEST(a_table_of_offsets_that_lies)
{
	struct python_layout l;
	uint64_t offset = 1u << 21;
	struct python_memory m = {.read = read_table, .of = &offset};

	CHECK(python_layout__choose(&l, 13));
	CHECK(!python_layout__own(&l, &m, 0x10000));
	offset = PYTHON_COPY;
	CHECK(python_layout__own(&l, &m, 0x10000) && !python__fits(&l));
	offset = UINT64_MAX;
	CHECK(!python_layout__own(&l, &m, 0x10000));
	offset = 8;
	CHECK(python_layout__own(&l, &m, 0x10000) && python__fits(&l) && l.off[PY_code_filename] == 8);
	CHECK(!python_layout__choose(&l, 14) && !python_layout__choose(&l, 7));
}

/* ---- native and Python frames that do not fit ---- */

TEST(stacks_that_do_not_fit)
{
	static const struct frame native[] = {{.address = 1, .function = "write"},
					      {.address = 2, .function = "_PyEval_EvalFrameDefault"},
					      {.address = 3, .function = "main"}};
	const struct python_place places[] = {{.code = 0x5000, .last = true}, {.code = 0x6000, .last = true}};
	struct python py = {.memory = {.read = read_trap}};
	struct arena a = {0};
	struct call_stack s = {.frames = native, .count = 3, .end = STACK_COMPLETE};
	struct python_merge *m;

	CHECK(python_layout__choose(&py.layout, 11));
	m = python_merge__new(&py, &a);
	python_merge__into(m, &s, places, 2, true); /* two calls of the evaluator for one */
	CHECK(s.frames == native && s.count == 3);
	python_merge__into(m, &s, places, 1, true); /* its code is none: the type has another name */
	CHECK(s.count == 3 && s.frames[1].function == native[1].function);
	python_merge__free(m);
	arena__free(&a);
}

TEST_MAIN
