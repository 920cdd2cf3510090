/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A few goroutines read together: their g's, stacks and waits, then the g's again. A goroutine whose g is
 * unchanged did not run in between, so its data shows one instant.
 */
#ifndef TS_GO_RUNTIME_BATCH_H
#define TS_GO_RUNTIME_BATCH_H

#include "util/arena.h"
#include "go/runtime/reader.h"
#include "go/runtime/semaphores.h"

#define GO_BATCH   512
#define GO_G_BYTES 512            /* at most, of a runtime.g */
#define GO_CASES   64             /* counted channels of a select */
#define GO_PIECES  (GO_BATCH * 8) /* of memory, read together */

struct go_slot {
	uint64_t index;   /* in the runtime's list */
	uint64_t address; /* of the g */
	uint8_t before[GO_G_BYTES], after[GO_G_BYTES];
	bool skip;    /* dead, or none at all */
	bool settled; /* g is filled */
	/* of this try */
	uint64_t stack_base;
	size_t stack_at, stack_len; /* in the batch's buffer */
	bool stack_read;
	bool has_sudog, has_chan, has_next, has_case;
	uint8_t sudog[128], next[128], chan[128];
	uint64_t m_id, m_procid, timer;
	const struct go_label *labels;
	uint32_t label_count;
	struct go_wait wait;
	struct goroutine g;
};

struct go_batch {
	struct go_slot slots[GO_BATCH];
	size_t count;
	struct memory_piece *pieces;
	size_t piece_count;
	uint8_t *buffer; /* of the stacks of one try */
	uint8_t *again;  /* of those in a system call: once more */
	uint64_t pcs[GO_DEPTH_MAX], sps[GO_DEPTH_MAX];
	uint64_t now_ns;     /* CLOCK_MONOTONIC */
	struct arena labels; /* of these goroutines */
	struct go_semaphores
		*semaphores;  /* waiters of semaphores, which g does not record; NULL: not read yet */
	uint64_t total;       /* number of goroutines */
	uint64_t stack_bytes; /* read so far */
	unsigned want;
};

struct go_batch *go_batch__new(void);
void go_batch__free(struct go_batch *b);
/* Fills slots[0..count) from the addresses in them. */
void go_batch__read(struct goroutines *r, struct go_batch *b, struct goroutines_lost *lost);
/* One more piece for the next go_batch__fetch. */
void go_batch__want(struct go_batch *b, uint64_t address, void *buf, size_t len);
/* Reads all pieces; pieces[i].got has the results, and the list is empty afterwards. */
void go_batch__fetch(struct goroutines *r, struct go_batch *b);
static inline bool go_piece__whole(const struct memory_piece *p)
{
	return p->got == (ssize_t)p->len;
}

/* Fills g of a slot from the data read, except for the stack. */
void go_slot__fill(struct goroutines *r, const struct go_batch *b, struct go_slot *s);

/* ---- known.c ------------------------------------------------------------------------ */
/* Both work only with GOROUTINES_KNOWN. Settles the slots whose goroutines have not run since they were
 * stored, without their waits. */
void go_known__settle(struct goroutines *r, struct go_batch *b);
void go_known__keep(struct goroutines *r, const struct go_batch *b);
/* Drops the stacks. */
void go_known__forget(struct go_known *k);
void go_known__free(struct go_known *k);

/* ---- again.c ------------------------------------------------------------------------ */
#define GO_AGAIN_BYTES 4096 /* of the stack of a goroutine in a system call, read twice */
/* The same stacks once more, at the next fetch; and whether that of list[at] was the same. */
void go_again__want(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n);
bool go_again__same(const struct goroutines *r, const struct go_batch *b, const struct go_slot *s, size_t at);

/* The start of the walk, on the stack copy of this try. */
void go_slot__walk(const struct goroutines *r, const struct go_batch *b, const struct go_slot *s,
		   struct go_walk *w);

/* ---- waits.c ------------------------------------------------------------------------ */
static inline uint32_t go_slot__status(const struct goroutines *r, const uint8_t *g)
{
	return raw_u32(g, r->layout.off[GO_g_atomicstatus]) & 0xfff; /* without the collector's bit */
}
static inline bool go_status__waits(uint32_t status)
{
	return status == GOROUTINE_WAITING || status == GOROUTINE_LEAKED;
}
/* Its wait reason begins so. */
bool go_slot__reason_is(const struct goroutines *r, const struct go_slot *s, const char *prefix);
/* Fills wait of the slots [0..n) of this try. */
void go_waits__read(struct goroutines *r, struct go_batch *b, struct go_slot **list, size_t n);

#endif
