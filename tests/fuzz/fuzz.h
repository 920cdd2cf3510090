/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fuzz targets share. */
#ifndef TS_FUZZ_H
#define TS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/budget.h"
#include "thresholds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each input may cost what a run may: without this, after the first seconds all would be refused. */
static inline void fuzz__new_run(void)
{
	budget__limit(512u << 20, (budget__spent_ns() + NS_OF_S(2)) / 7 * 8);
}

/* Bytes of an input that are taken from its front. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/* What is missing is zero. */
static inline uint64_t fuzz__number(struct fuzz_input *in, size_t bytes)
{
	size_t n = bytes < in->left ? bytes : in->left;
	uint64_t v = 0;

	if (n)
		memcpy(&v, in->at, n);
	in->at += n;
	in->left -= n;
	return v;
}

/* A copy that ends with NUL, for parsers of texts that change them: so that ASan sees a read past its end.
 * The caller frees it. */
static inline char *fuzz__text(const void *bytes, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	if (size)
		memcpy(text, bytes, size);
	text[size] = '\0';
	return text;
}

/*
 * A large input, such as a program's memory, is one that was recorded, and the fuzzer's bytes change places
 * in it: 4 bytes say where; 1 byte says how many bytes follow, which go there (1 to 64), or with its highest
 * bit that the aligned word there is to be the one from another place, so that pointers lead elsewhere.
 */
static inline void fuzz__change(uint8_t *memory, size_t size, struct fuzz_input *in)
{
	while (in->left > 5) {
		size_t to = fuzz__number(in, 4) % size, how = fuzz__number(in, 1), n = (how & 63) + 1;

		if (how & 128) {
			size_t from = fuzz__number(in, 4) % size & ~(size_t)7;

			to &= ~(size_t)7;
			if (from + 8 <= size && to + 8 <= size)
				memmove(memory + to, memory + from, 8);
			continue;
		}
		n = n < in->left ? n : in->left;
		n = n < size - to ? n : size - to;
		memcpy(memory + to, in->at, n);
		in->at += n;
		in->left -= n;
	}
}

/* A recording, and the same changed. */
struct fuzz_file {
	uint8_t *bytes, *changed;
	size_t size;
};

/* Reads it once, from the project's folder. */
static inline const struct fuzz_file *fuzz__file(const char *path, struct fuzz_file *f)
{
	const size_t room = 1u << 20;
	FILE *in;

	if (f->bytes)
		return f;
	in = fopen(path, "rbe");
	f->bytes = malloc(room);
	f->changed = malloc(room);
	f->size = in && f->bytes && f->changed ? fread(f->bytes, 1, room, in) : 0;
	if (!f->size) {
		fprintf(stderr, "%s: not readable from here\n", path);
		exit(2);
	}
	fclose(in);
	return f;
}

#endif
