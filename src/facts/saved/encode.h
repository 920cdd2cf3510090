/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structs to the bytes of a saved file (form.h), by their tables. */
#ifndef TS_FACTS_SAVED_ENCODE_H
#define TS_FACTS_SAVED_ENCODE_H

#include "facts/fields.h"
#include "facts/saved/bytes.h"

struct defined;

/* What was written last, by its address in memory or its contents: most repeat. */
#define RECENT_SLOTS 1024
struct recent {
	uint64_t key[4];
	uint64_t number; /* 0: the slot is empty */
};

/* All zero is one that has defined nothing. */
struct encoder {
	struct bytes value, definitions; /* of the value in hand; the caller writes and empties them */
	struct defined *defined[1 + FACTS_TABLE_COUNT]; /* by kind, by their bytes */
	uint64_t last[1 + FACTS_TABLE_COUNT];           /* the last number of each kind */
	size_t count, bytes;                            /* of all definitions */
	struct arena arena;                             /* theirs */
	struct recent recent[RECENT_SLOTS];
};

void encode__layout(struct bytes *to);
void encode__value(struct encoder *e, enum facts_table table, const void *value);
/* Forgets the definitions. */
void encode__reset(struct encoder *e);
void encode__free(struct encoder *e);

#endif
