// SPDX-License-Identifier: GPL-2.0-or-later
/* The names and lines of Ruby code, and the names of threads. */
#include <stdlib.h>

#include "ruby/runtime/reader.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define NAME_MAX_BYTES 240
#define PATH_MAX_BYTES 1000
#define NAMES_BYTES    (32u << 20) /* of one sample's texts: each piece of code may have its own */
#define LINES_MAX      100000000   /* more than any source has */

struct code {
	bool valid;
	const char *function, *file;
	uint64_t start; /* of its instructions */
	uint32_t words;
	uint64_t info, table;
	uint32_t infos;
};

struct line {
	uint64_t iseq;
	int number;
};

struct ruby_names {
	const struct ruby *ruby;
	struct arena *arena;
	struct u64_table codes; /* struct code by address */
	struct u64_table lines; /* struct line by pc */
	size_t bytes_left;
};

struct ruby_names *ruby_names__new(const struct ruby *r, struct arena *a)
{
	struct ruby_names *n = HEAP_NEW(struct ruby_names, 1);

	n->ruby = r;
	n->arena = a;
	n->bytes_left = NAMES_BYTES;
	return n;
}

void ruby_names__free(struct ruby_names *n)
{
	if (!n)
		return;
	u64_table__free(&n->codes);
	u64_table__free(&n->lines);
	free(n);
}

/* ---- texts ---- */

/* Where the characters of a String are, at most max of them. */
static bool find_characters(const uint8_t *raw, uint64_t string, size_t max, uint64_t *ret, size_t *ret_len)
{
	uint64_t flags = raw_u64(raw, 0), len;

	if ((flags & TYPE_MASK) != TYPE_STRING)
		return false;
	if (flags & STRING_APART) {
		len = raw_u64(raw, STRING_LENGTH);
		*ret = raw_u64(raw, STRING_POINTER);
	} else {
		len = (flags & STRING_LENGTH_MASK) >> STRING_LENGTH_SHIFT;
		*ret = string + STRING_EMBEDDED;
		if (len > STRING_EMBEDDED_MAX)
			return false;
	}
	*ret_len = len < max ? (size_t)len : max;
	return true;
}

char *ruby__text(const struct ruby *r, struct arena *a, uint64_t string, size_t max)
{
	uint8_t raw[OBJECT_BYTES];
	uint64_t at;
	size_t len;
	char *text;

	if (string & 7 || !ruby__read(r, string, raw, sizeof(raw)) ||
	    !find_characters(raw, string, max, &at, &len) || !len)
		return NULL;
	text = arena__alloc(a, len + 1);
	return ruby__read(r, at, text, len) && *text ? text : NULL;
}

static const char *read_text(struct ruby_names *n, uint64_t string, size_t max)
{
	if (n->bytes_left < max)
		return NULL;
	n->bytes_left -= max;
	return ruby__text(n->ruby, n->arena, string, max);
}

/* The path is a String, or the first of two in an Array. */
static uint64_t path_of(const struct ruby *r, uint64_t object)
{
	uint8_t raw[OBJECT_BYTES];
	uint64_t flags, first;

	if (object & 7 || !ruby__read(r, object, raw, sizeof(raw)))
		return 0;
	flags = raw_u64(raw, 0);
	if ((flags & TYPE_MASK) != TYPE_ARRAY)
		return object;
	if (flags & ARRAY_WITHIN)
		return raw_u64(raw, ARRAY_EMBEDDED);
	return ruby__read(r, raw_u64(raw, ARRAY_POINTER), &first, sizeof(first)) ? first : 0;
}

/* ---- code ---- */

static void read_code(struct ruby_names *n, uint64_t address, struct code *c)
{
	uint8_t iseq[ISEQ_BYTES], body[BODY_BYTES];
	uint64_t flags;

	if (address & 7 || !ruby__read(n->ruby, address, iseq, sizeof(iseq)))
		return;
	flags = raw_u64(iseq, 0);
	if ((flags & TYPE_MASK) != TYPE_IMEMO || (flags >> IMEMO_SHIFT & 15) != IMEMO_ISEQ ||
	    !ruby__read(n->ruby, raw_u64(iseq, ISEQ_BODY), body, sizeof(body)))
		return;
	c->start = raw_u64(body, BODY_ENCODED);
	c->words = raw_u32(body, BODY_SIZE);
	c->info = raw_u64(body, BODY_INFO);
	c->infos = raw_u32(body, BODY_INFO_COUNT);
	c->table = raw_u64(body, BODY_INFO_TABLE);
	c->function = read_text(n, raw_u64(body, BODY_LABEL), NAME_MAX_BYTES);
	c->file = read_text(n, path_of(n->ruby, raw_u64(body, BODY_PATHOBJ)), PATH_MAX_BYTES);
	c->valid = c->function != NULL;
}

/* As calc_pos of vm_backtrace.c and get_insn_info_succinct_bitvector of iseq.c. 0: not known. */
static int read_line(const struct ruby *r, const struct code *c, uint64_t pc)
{
	uint32_t position = (uint32_t)((pc - c->start) / 8), rank = 1;
	uint8_t raw[BLOCK_BYTES] = {0};
	int32_t line = 0;

	position -= position > 0;
	if (c->infos > 1) {
		if (!ruby__read(r, c->table + ruby_table__offset(position), raw,
				position < TABLE_NUMBERS ? 8 : BLOCK_BYTES))
			return 0;
		rank = ruby_table__rank(raw, position);
	}
	if (rank < 1 || rank > c->infos ||
	    !ruby__read(r, c->info + (rank - 1) * (uint64_t)INFO_BYTES, &line, sizeof(line)))
		return 0;
	return line > 0 && line < LINES_MAX ? line : 0;
}

bool ruby_names__place(struct ruby_names *n, const struct ruby_place *p, struct frame *ret)
{
	bool made;
	struct code *c = u64_table__get(&n->codes, sizeof(*c), p->iseq, &made);
	struct line *line;

	if (made)
		read_code(n, p->iseq, c);
	if (!c->valid || p->pc < c->start || p->pc & 7 || (p->pc - c->start) / 8 > c->words)
		return false;
	line = u64_table__get(&n->lines, sizeof(*line), p->pc, &made);
	if (made || line->iseq != p->iseq)
		*line = (struct line){p->iseq, c->file ? read_line(n->ruby, c, p->pc) : 0};
	*ret = (struct frame){.function = c->function, .file = c->file, .line = line->number};
	return true;
}

const char *ruby_names__thread(struct ruby_names *n, const struct ruby_thread *t)
{
	return read_text(n, t->name, NAME_MAX_BYTES);
}
