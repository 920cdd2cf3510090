/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a saved file (form.h), which may be anyone's, to structs. */
#ifndef TS_FACTS_SAVED_DECODE_H
#define TS_FACTS_SAVED_DECODE_H

#include "facts/fields.h"
#include "facts/saved/bytes.h"

/* A field as the file has it. */
struct file_field {
	char form;
	size_t count, table;     /* of an array; of a struct plus 1 */
	const struct field *own; /* of the same name and form; NULL: the file's alone */
};
struct file_table {
	bool shared;
	struct file_field *fields;
	size_t count;
	const struct field_table *own; /* NULL: the file's alone */
};

struct definition {
	size_t start, size; /* in definition_bytes */
	void *decoded;      /* in the arena of the value whose number is of; else it is not yet */
	uint64_t of;
};
struct definitions {
	struct definition *list;
	size_t count, room;
};

/* All zero is one that has read nothing. */
struct decoder {
	struct file_table *tables;
	size_t table_count;
	struct arena layout;             /* of the tables */
	struct definitions *definitions; /* by kind */
	struct bytes definition_bytes;
	size_t definition_count;
	uint64_t value;      /* its number */
	struct arena *arena; /* of the value in hand */
	size_t budget;       /* bytes that it may still take */
};

/* These return 0 or -EINVAL. */
int decode__layout(struct decoder *d, struct cursor *c);
int decode__definitions(struct decoder *d, struct cursor *c);
/* The table of a value, which comes first; NULL: it is damaged. */
const struct file_table *decode__table(const struct decoder *d, struct cursor *c);
/* The value itself, of a table that has an own one, into ret, which is zero. What it points to is in a, or,
 * lists that are OWNED, for free(), also if it fails. */
int decode__value(struct decoder *d, struct cursor *c, const struct file_table *t, struct arena *a,
		  void *ret);
void decode__reset(struct decoder *d);
void decode__free(struct decoder *d);

#endif
