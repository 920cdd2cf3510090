// SPDX-License-Identifier: GPL-2.0-or-later
/* The control frames of all threads: they grow down from the end of a thread's stack, without gaps. */
#include <stdlib.h>

#include "ruby/runtime/reader.h"
#include "util/heap.h"

#define FRAMES_BUDGET 100000 /* of all threads of a look */
#define FLAGS_MAX     0x7fffffffu

/* One thread's frames, copied. */
struct stack {
	uint64_t cfp;
	size_t frames; /* that are read */
	bool whole;    /* these are all of the thread's */
	uint8_t *raw;  /* NULL: unreadable */
};

/* The outermost frame belongs to no code: rb_ec_partial_backtrace_object of vm_backtrace.c. */
static struct stack stack_of(const uint8_t *ec, size_t *budget)
{
	struct stack s = {.cfp = raw_u64(ec, EC_CFP)};
	uint64_t start = raw_u64(ec, EC_VM_STACK), words = raw_u64(ec, EC_VM_STACK_SIZE),
		 end = start + words * 8, count;

	if (start & 7 || s.cfp & 7 || words > 1u << 28 || s.cfp < start || s.cfp >= end ||
	    (end - s.cfp) % CFP_BYTES)
		return s;
	count = (end - s.cfp) / CFP_BYTES - 1;
	s.frames = count < RUBY_FRAMES ? (size_t)count : RUBY_FRAMES;
	s.frames = s.frames < *budget ? s.frames : *budget;
	s.whole = s.frames == count;
	*budget -= s.frames;
	return s;
}

/* Ruby code that has begun, by the same function. */
static bool is_code(const uint8_t *frame)
{
	return raw_u64(frame, CFP_ISEQ) && raw_u64(frame, CFP_PC);
}

static void read_stacks(const struct ruby *r, struct stack *stacks, size_t count)
{
	struct memory_piece *pieces = HEAP_NEW(struct memory_piece, count + 1);

	for (size_t i = 0; i < count; i++) {
		size_t bytes = stacks[i].frames * CFP_BYTES;

		stacks[i].raw = heap__alloc(bytes + 1);
		pieces[i] = (struct memory_piece){stacks[i].cfp, stacks[i].raw, bytes, 0};
	}
	ruby__read_many(r, pieces, count);
	for (size_t i = 0; i < count; i++)
		if (!ruby__whole(&pieces[i])) {
			stacks[i].frames = 0;
			stacks[i].whole = false;
		}
	free(pieces);
}

/* The flags of each frame of code, in the order of the stacks. */
static void read_flags(const struct ruby *r, const struct stack *stacks, size_t count,
		       struct memory_piece *pieces, uint64_t *flags)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < stacks[i].frames; k++) {
			const uint8_t *frame = stacks[i].raw + k * CFP_BYTES;

			if (!is_code(frame))
				continue;
			pieces[at] = (struct memory_piece){raw_u64(frame, CFP_EP), &flags[at], 8, 0};
			at++;
		}
	ruby__read_many(r, pieces, at);
}

static bool valid(const struct memory_piece *piece, uint64_t flags)
{
	return ruby__whole(piece) && flags & 1 && flags <= FLAGS_MAX;
}

/* Takes the flags that belong to it. Returns their number. */
static size_t take_places(struct arena *a, const struct stack *s, const struct memory_piece *pieces,
			  const uint64_t *flags, struct ruby_thread *ret)
{
	size_t taken = 0;

	ret->places = ARENA_NEW(a, struct ruby_place, s->frames);
	ret->whole = s->whole;
	for (size_t k = 0; k < s->frames; k++) {
		const uint8_t *frame = s->raw + k * CFP_BYTES;

		if (!is_code(frame))
			continue;
		if (!valid(&pieces[taken], flags[taken]))
			ret->whole = false;
		if (ret->count == taken && valid(&pieces[taken], flags[taken]))
			ret->places[ret->count++] = (struct ruby_place){.frame = s->cfp + k * CFP_BYTES,
									.iseq = raw_u64(frame, CFP_ISEQ),
									.pc = raw_u64(frame, CFP_PC),
									.last = flags[taken] & FRAME_FINISH};
		taken++;
	}
	return taken;
}

void ruby__read_frames(const struct ruby *r, struct arena *a, struct ruby_thread *threads,
		       const uint8_t (*ecs)[EC_BYTES], size_t count)
{
	struct stack *stacks = HEAP_NEW(struct stack, count + 1);
	size_t budget = FRAMES_BUDGET, at = 0;
	struct memory_piece *pieces;
	uint64_t *flags;

	for (size_t i = 0; i < count; i++)
		stacks[i] = stack_of(ecs[i], &budget);
	pieces = HEAP_NEW(struct memory_piece, FRAMES_BUDGET - budget + 1);
	flags = HEAP_NEW(uint64_t, FRAMES_BUDGET - budget + 1);
	read_stacks(r, stacks, count);
	read_flags(r, stacks, count, pieces, flags);
	for (size_t i = 0; i < count; i++) {
		at += take_places(a, &stacks[i], pieces + at, flags + at, &threads[i]);
		free(stacks[i].raw);
	}
	free(pieces);
	free(flags);
	free(stacks);
}
