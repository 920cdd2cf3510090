/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A struct and its description from one list. The list is a macro with one row per member:
 *
 *   #define POINT_FIELDS(F)                                        \
 *           F(int32_t, x, NUMBER, "mm", "from the left edge")     \
 *           F(const char *, label, TEXT, "", "NULL: it has none")
 *   struct point { POINT_FIELDS(FIELD_MEMBER) };
 *
 * and, in one C file, after FIELD_TABLE_OF (below):
 *
 *   #define OF struct point
 *   static const struct field point_fields[] = {POINT_FIELDS(FIELD_ROW)};
 *   #undef OF
 *
 * What a row says: C type, member, kind, unit of its value, documentation. Kinds:
 *
 *   NUMBER           any integer             FLAG             bool
 *   PID              above 0                 ID               a PID, TID or inode of no process: 0 and up
 *   OR_MINUS_1       -1: none, else 0 and up AT_MOST(n)       0 to n
 *   ENUM(n)          0 to n - 1              RANGE(low, high) low to high
 *   TEXT             may be NULL             NAME             a text that is never NULL
 *   CHARS(n)         a text inside: char[n]  TEXTS            char *const *, ends with NULL; or NULL
 *   ARRAY(n)         n integers              BUCKETS(n)       n integers, most of them 0
 *   STRUCT           a struct inside         OPTIONAL         pointer to a struct, or NULL
 *   LIST(c)          pointer to integers or structs; the row makes member c, their number, too
 *   OWNED(c)         the same; the list is a piece of memory of its own, for free()
 *   ROOM(n, c)       as LIST, but inside: room for n of them
 *   UNSAVED          no part of the description's users
 */
#ifndef TS_UTIL_FIELD_H
#define TS_UTIL_FIELD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum field_kind {
	FIELD_UNSAVED,
	FIELD_INTEGER,
	FIELD_ARRAY,
	FIELD_BUCKETS,
	FIELD_TEXT,
	FIELD_CHARS,
	FIELD_TEXTS,
	FIELD_STRUCT,
	FIELD_OPTIONAL,
	FIELD_LIST, /* LIST, OWNED and ROOM */
};

struct field {
	const char *name, *unit, *documentation;
	enum field_kind kind;
	bool is_signed, needed, owned; /* needed: a text that is not NULL */
	size_t offset;
	size_t size;         /* bytes of an integer, of an element, of a member without a kind */
	size_t count;        /* of an array, of CHARS; of a list: its room, 0 if it is outside */
	size_t count_offset; /* of a list */
	/* Of integers: the least, as int64_t if is_signed, and the most. */
	int64_t min;
	uint64_t max;
	const struct field_table *table; /* of a struct, or a list of them; else NULL */
};

struct field_table {
	const char *name; /* of the struct */
	const struct field *fields;
	size_t count, size;
	bool shared; /* equal ones are written once, and then referred to */
};

/* ---- members: expands a row to its declaration -------------------------------------------- */

#define FIELD_CALL_(macro, ...) macro(__VA_ARGS__)
#define FIELD_CALL(...)         FIELD_CALL_(__VA_ARGS__)

#define FIELD_MEMBER(type, member, kind, unit, documentation) FIELD_CALL(FIELD_MEMBER_##kind, type, member)
#define FIELD_PLAIN_(type, member)                            type member;
#define FIELD_INSIDE_(n, type, member)                        type member[n];
#define FIELD_POINTER_(type, member)                          type *member;
#define FIELD_OUTSIDE_(c, type, member) \
	type *member;                   \
	size_t c;
#define FIELD_ROOM_(n, c, type, member) \
	type member[n];                 \
	size_t c;
#define FIELD_MEMBER_NUMBER           FIELD_PLAIN_
#define FIELD_MEMBER_FLAG             FIELD_PLAIN_
#define FIELD_MEMBER_PID              FIELD_PLAIN_
#define FIELD_MEMBER_ID               FIELD_PLAIN_
#define FIELD_MEMBER_OR_MINUS_1       FIELD_PLAIN_
#define FIELD_MEMBER_AT_MOST(n)       FIELD_PLAIN_
#define FIELD_MEMBER_ENUM(n)          FIELD_PLAIN_
#define FIELD_MEMBER_RANGE(low, high) FIELD_PLAIN_
#define FIELD_MEMBER_TEXT             FIELD_PLAIN_
#define FIELD_MEMBER_NAME             FIELD_PLAIN_
#define FIELD_MEMBER_TEXTS            FIELD_PLAIN_
#define FIELD_MEMBER_CHARS(n)         FIELD_INSIDE_, n
#define FIELD_MEMBER_ARRAY(n)         FIELD_INSIDE_, n
#define FIELD_MEMBER_BUCKETS(n)       FIELD_INSIDE_, n
#define FIELD_MEMBER_STRUCT           FIELD_PLAIN_
#define FIELD_MEMBER_OPTIONAL         FIELD_POINTER_
#define FIELD_MEMBER_LIST(c)          FIELD_OUTSIDE_, c
#define FIELD_MEMBER_OWNED(c)         FIELD_OUTSIDE_, c
#define FIELD_MEMBER_ROOM(n, c)       FIELD_ROOM_, n, c
#define FIELD_MEMBER_UNSAVED          FIELD_PLAIN_

/* ---- descriptions: expands a row to its struct field ----------------------------------------
 * FIELD_TABLE_OF(type), which the user defines, is the address of that struct's table; NULL: no struct. */

#define FIELD_ROW(type, member, kind, unit, documentation) \
	{#member, unit, documentation, FIELD_CALL(FIELD_ROW_##kind, type, member)},
#define FIELD_SIGNED_(type) ((type)-1 < (type)1)
#define FIELD_MIN_(type)    (FIELD_SIGNED_(type) ? -1 - (int64_t)(UINT64_MAX >> (65 - 8 * sizeof(type))) : 0)
#define FIELD_MAX_(type)    (UINT64_MAX >> ((FIELD_SIGNED_(type) ? 65 : 64) - 8 * sizeof(type)))
#define FIELD_BOUNDED_(low, high, type, member)                                                  \
	.kind = FIELD_INTEGER, .is_signed = FIELD_SIGNED_(type), .offset = offsetof(OF, member), \
	.size = sizeof(type), .min = (low), .max = (high)
#define FIELD_NUMBER_(type, member) FIELD_BOUNDED_(FIELD_MIN_(type), FIELD_MAX_(type), type, member)
#define FIELD_TEXT_(is_needed, type, member) \
	.kind = FIELD_TEXT, .needed = (is_needed), .offset = offsetof(OF, member), .size = sizeof(type)
#define FIELD_INTEGERS_(which, n, type, member)                                            \
	.kind = (which), .is_signed = FIELD_SIGNED_(type), .offset = offsetof(OF, member), \
	.size = sizeof(type), .count = (n), .min = FIELD_MIN_(type), .max = FIELD_MAX_(type)
#define FIELD_OTHER_(which, n, type, member) \
	.kind = (which), .offset = offsetof(OF, member), .size = sizeof(type), .count = (n)
#define FIELD_STRUCT_(which, type, member) \
	.kind = (which), .offset = offsetof(OF, member), .size = sizeof(type), .table = FIELD_TABLE_OF(type)
/* A list of structs has no bounds, one of integers those of its type. */
#define FIELD_LIST_(is_owned, n, c, type, member)                                                      \
	.kind = FIELD_LIST, .owned = (is_owned), .offset = offsetof(OF, member), .size = sizeof(type), \
	.count = (n), .count_offset = offsetof(OF, c), .min = FIELD_LEAST_OF(type),                    \
	.max = FIELD_MOST_OF(type), .is_signed = FIELD_LEAST_OF(type) != 0, .table = FIELD_TABLE_OF(type)
#define FIELD_LEAST_OF(type) _Generic(*(type *)0, int32_t : INT32_MIN, int64_t : INT64_MIN, default : 0)
#define FIELD_MOST_OF(type)            \
	_Generic(*(type *)0, int32_t   \
		 : INT32_MAX, int64_t  \
		 : INT64_MAX, uint32_t \
		 : UINT32_MAX, default \
		 : UINT64_MAX)

#define FIELD_ROW_NUMBER           FIELD_NUMBER_
#define FIELD_ROW_FLAG             FIELD_BOUNDED_, 0, 1
#define FIELD_ROW_PID              FIELD_BOUNDED_, 1, INT_MAX
#define FIELD_ROW_ID               FIELD_BOUNDED_, 0, INT_MAX
#define FIELD_ROW_OR_MINUS_1       FIELD_BOUNDED_, -1, INT_MAX
#define FIELD_ROW_AT_MOST(n)       FIELD_BOUNDED_, 0, n
#define FIELD_ROW_ENUM(n)          FIELD_BOUNDED_, 0, (n)-1
#define FIELD_ROW_RANGE(low, high) FIELD_BOUNDED_, low, high
#define FIELD_ROW_TEXT             FIELD_TEXT_, false
#define FIELD_ROW_NAME             FIELD_TEXT_, true
#define FIELD_ROW_TEXTS            FIELD_OTHER_, FIELD_TEXTS, 0
#define FIELD_ROW_CHARS(n)         FIELD_OTHER_, FIELD_CHARS, n
#define FIELD_ROW_ARRAY(n)         FIELD_INTEGERS_, FIELD_ARRAY, n
#define FIELD_ROW_BUCKETS(n)       FIELD_INTEGERS_, FIELD_BUCKETS, n
#define FIELD_ROW_STRUCT           FIELD_STRUCT_, FIELD_STRUCT
#define FIELD_ROW_OPTIONAL         FIELD_STRUCT_, FIELD_OPTIONAL
#define FIELD_ROW_LIST(c)          FIELD_LIST_, false, 0, c
#define FIELD_ROW_OWNED(c)         FIELD_LIST_, true, 0, c
#define FIELD_ROW_ROOM(n, c)       FIELD_LIST_, false, n, c
#define FIELD_ROW_UNSAVED          FIELD_OTHER_, FIELD_UNSAVED, 0

#endif
