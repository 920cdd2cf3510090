/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saved files in memory, for tests. */
#ifndef TS_TEST_SAVED_FILES_H
#define TS_TEST_SAVED_FILES_H

#include <errno.h>
#include <stdlib.h>
#include "every_field.h"
#include "facts/saved/order.h"
#include "facts/saved/saved.h"
#include "samples.h"

#define SAMPLE_TABLE (&facts_tables[FACTS_sample])

struct file {
	char *bytes;
	size_t size;
};

static inline struct sample *sample_of_everything(uint64_t first)
{
	struct sample *s = calloc(1, sizeof(*s));
	struct filler f = {.arena = &s->arena, .last = first};

	fill(&f, SAMPLE_TABLE, (char *)s);
	s->bpf_ns_per_s = UINT64_MAX; /* bounded, not by its row */
	for (size_t i = 0; i < s->go_list_count; i++)
		s->go_list[i].group = i; /* the same */
	CHECK_EQ(sample__settle(s), 0);
	return s;
}

/* One that the model makes sense of. */
static inline struct sample *sensible_sample(uint64_t seconds)
{
	struct sample *s = sample_at(seconds);
	struct sample_lock *l;

	add_process(s, 10, 4);
	add_waiter(s, 10, 10, 0x1000, 11)->goid = UINT32_MAX;
	add_waiter(s, 10, 11, 0x1000, 12)->syscall = -1;
	add_writer(s, 10, 12, TS_IO_SYNC, 77);
	l = add_lock(s, 10, 0x1000, 0x1000);
	count_wait(&l->waits, seconds, 1000, 3);
	count_wait(&add_file(s, 10)->totals.syncs, seconds, 1000, 3);
	return s;
}

/* Takes the samples. */
static inline struct file saved(struct sample *const *samples, size_t count)
{
	struct saved_writer *w = NULL;
	struct file file = {0};

	CHECK_EQ(saved_writer__new(open_memstream(&file.bytes, &file.size), &(struct saved_head){0}, &w), 0);
	if (w)
		saved_writer__whole(w);
	for (size_t i = 0; w && i < count; i++) {
		CHECK_EQ(saved_writer__sample(w, samples[i]), 0);
		sample__free(samples[i]);
	}
	saved_writer__close(w);
	return file;
}

/* The same as a file with a descriptor. */
static inline FILE *saved_as_file(struct sample *const *samples, size_t count)
{
	struct file file = saved(samples, count);
	FILE *f = tmpfile();

	CHECK_EQ(fwrite(file.bytes, 1, file.size, f), file.size);
	free(file.bytes);
	fflush(f);
	rewind(f);
	return f;
}

/* How the file ends after so many samples. */
static inline int load_all(struct file file, size_t *ret_count, struct sample **ret_last)
{
	FILE *in = fmemopen(file.bytes, file.size, "r");
	struct saved_reader *r = NULL;
	struct saved_head h;
	struct sample *s;
	int err = saved_reader__open(in, &h, &r);

	*ret_count = 0;
	while (!err && !(err = saved_reader__sample(r, &s))) {
		++*ret_count;
		if (ret_last) {
			sample__free(*ret_last);
			*ret_last = s;
		} else {
			sample__free(s);
		}
	}
	saved_reader__close(r);
	fclose(in);
	return err;
}

static inline struct file file_of_everything(void)
{
	struct sample *s = sample_of_everything(0);

	return saved(&s, 1);
}

/* A field of another name, as another version has it; both of the same length. */
static inline void rename_field(struct file file, const char *table, const char *from, const char *to)
{
	char start[100];
	size_t size = (size_t)snprintf(start, sizeof(start), "%c%s", (int)strlen(table), table);
	char *at = memmem(file.bytes, file.size, start, size);

	size = (size_t)snprintf(start, sizeof(start), "%c%s", (int)strlen(from), from);
	if (at)
		at = memmem(at, file.size - (size_t)(at - file.bytes), start, size);
	CHECK(at && strlen(from) == strlen(to));
	if (at)
		memcpy(at + 1, to, strlen(to));
}

#endif
