/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The saved form. A line, FORM_MAGIC, and then records: type, number of bytes, bytes (numbers as in bytes.h).
 *
 *   'L' layout       once, first: the tables of facts as the writer has them. How many; of each: name, 1 if
 * it is shared, how many fields; of each field: name, form, count of an array, table of a struct plus 1. A
 * reader finds its own fields by their names and passes over the others. 'D' definitions  texts and shared
 * structs that are new in the value that follows: kind (0: text, else the struct's table plus 1), number of
 * bytes, bytes. Those of one kind are numbered from 1 in the order of the file; 0 is NULL. 'R' reset the
 * definitions before are no longer referred to; numbers begin anew 'V' value        number of its table,
 * struct: first a saved_head, then samples
 *
 * A struct is the bits of those of its fields that are given, then these. A field that is not given is as in
 * the element before in the same list, else zero; lists, optional structs, texts of a list and buckets are
 * empty then. With up to 8 fields the bits are one byte, the lowest bit the first field; with more, a byte
 * that says which of up to 8 such bytes are not 0, and then these.
 *
 *   'i' integer      its difference from the value that it would have if it were not given
 *   'a' array        how many differ; of each: how many are in between, difference
 *   'b' buckets      the same, of an array that is zero if it is not given
 *   't' text         number of its definition
 *   'T' texts        how many, numbers of definitions
 *   's' struct       of a shared one the number of its definition, else itself
 *   'o' optional     the same
 *   'l' list         how many, elements: structs as above, or integers as differences from the one before
 *
 * Numbers that are given and texts are written once, so 500 threads like one another take little, and a file
 * of any length is written and read with the memory of one sample. There is no checksum: a reader checks
 * what it reads, so that any damage gives a refusal or another valid sample.
 */
#ifndef TS_FACTS_SAVED_FORM_H
#define TS_FACTS_SAVED_FORM_H

#include "util/field.h"

#define FORM_MAGIC "threadscope facts 2\n"

#define RECORD_LAYOUT      'L'
#define RECORD_DEFINITIONS 'D'
#define RECORD_RESET       'R'
#define RECORD_VALUE       'V'

/* A reader refuses more: a record of a sample of 100,000 threads has some 4 MB. */
#define RECORD_BYTES_MAX (256u << 20)
#define FORM_TABLES_MAX  256
#define FORM_FIELDS_MAX  64 /* of one table: 8 bytes of bits */

/* A writer resets when it has more definitions than this, so that neither side grows for ever... */
#define DEFINITIONS_RESET       (128u << 10)
#define DEFINITIONS_RESET_BYTES (16u << 20)
/* ...and a reader refuses many times that: those of one sample are never divided. */
#define DEFINITIONS_MAX       (4u << 20)
#define DEFINITIONS_MAX_BYTES (256u << 20)

/* '\0': not saved. */
static inline char field__form(const struct field *f)
{
	static const char FORMS[] = {
		[FIELD_INTEGER] = 'i',  [FIELD_ARRAY] = 'a',  [FIELD_BUCKETS] = 'b',
		[FIELD_TEXT] = 't',     [FIELD_CHARS] = 't',  [FIELD_TEXTS] = 'T',
		[FIELD_OPTIONAL] = 'o', [FIELD_STRUCT] = 's', [FIELD_LIST] = 'l',
	};

	return FORMS[f->kind];
}

#endif
