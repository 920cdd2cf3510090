/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings of tests/go/small.go, whose memory can be written to. */
#ifndef TS_TEST_GO_RECORDING_H
#define TS_TEST_GO_RECORDING_H

#include <errno.h>
#include <stdlib.h>

#include "test.h"
#include "tests/go/record.h"

static const char new_go[] = "tests/samples/go/go1.27.rec", old_go[] = "tests/samples/go/go1.19.rec";

static struct record record;
static uint8_t *bytes;
static struct goroutines_refusal why;
static struct goroutines *reader;

static inline void load(const char *path)
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
static inline void patch(uint64_t address, const void *from, size_t len)
{
	for (size_t i = 0; i < record.memory.count; i++) {
		struct record_block *b = &record.memory.blocks[i];

		if (address >= b->address && address - b->address + len <= b->len) {
			memcpy(bytes + (b->bytes - bytes) + (address - b->address), from, len);
			return;
		}
	}
	printf("# nothing recorded at %#" PRIx64 "\n", address);
	CHECK(false);
}

static inline void patch_u64(uint64_t address, uint64_t value)
{
	patch(address, &value, 8);
}

static inline uint64_t word(uint64_t address)
{
	uint64_t value = 0;

	CHECK_EQ(record__read(&record, address, &value, 8), 8);
	return value;
}

static inline int open_record(void)
{
	struct go_memory memory = {record__read, record__read_many, &record};

	reader = NULL;
	return goroutines__open_memory(&memory, &record.image, &reader, &why);
}

static inline void close_record(void)
{
	goroutines__close(reader);
	reader = NULL;
}

/* What is looked for, by the innermost function that Go shows. */
struct found {
	const char *function;
	struct goroutine g;
	struct frame frames[64];
	size_t count, all, moved, system;
};

static inline int look(const struct goroutine *g, void *arg)
{
	struct found *f = arg;
	struct frame list[64];
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

static inline struct found find(const char *function)
{
	struct found f = {.function = function};

	CHECK_EQ(goroutines__read(reader, 0, look, &f, NULL), 0);
	return f;
}

static inline const char *creator(const struct found *f)
{
	static struct frame at;

	return goroutines__code(reader, f->g.gopc, true, &at) ? at.function : NULL;
}

#endif
