/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Private to ruby/runtime. */
#ifndef TS_RUBY_RUNTIME_READER_H
#define TS_RUBY_RUNTIME_READER_H

#include "ruby/runtime/layout.h"
#include "ruby/runtime/ruby.h"
#include "util/raw.h"

struct ruby {
	/* The target's memory: a function, so that tests can lie. Fills got of each piece. */
	void (*read_many)(const void *of, struct memory_piece *list, size_t n);
	const void *of;
	uint64_t vm_pointer; /* address of ruby_current_vm_ptr */
	uint64_t *known;     /* addresses of the threads that the last look found */
	size_t known_count;
};

/* True if all of it was read. */
bool ruby__read(const struct ruby *r, uint64_t address, void *buf, size_t len);
/* Pieces whose addresses may be any numbers: which of them were read in whole is in got. */
void ruby__read_many(const struct ruby *r, struct memory_piece *list, size_t n);
static inline bool ruby__whole(const struct memory_piece *p)
{
	return p->len && p->got == (ssize_t)p->len;
}

/* The frames of all threads of a look. */
void ruby__read_frames(const struct ruby *r, struct arena *a, struct ruby_thread *threads,
		       const uint8_t (*ecs)[EC_BYTES], size_t count);
/* mutex and owner of the threads, whose mutex is still a VALUE. */
void ruby__read_mutexes(const struct ruby *r, struct ruby_thread *threads, size_t count);

/* A String in a, at most max bytes of it; NULL: it fails a check. */
char *ruby__text(const struct ruby *r, struct arena *a, uint64_t string, size_t max);

/* ---- struct succ_index_table of iseq.c: pure ---- */
/* Where in the table the position is: the bytes to be read. */
uint64_t ruby_table__offset(uint32_t position);
/* How many entries of instructions begin at or before it; raw: BLOCK_BYTES from there on. */
uint32_t ruby_table__rank(const uint8_t *raw, uint32_t position);

#endif
