// SPDX-License-Identifier: GPL-2.0-or-later
/* The frames of a thread, and the names and lines of their code objects. */
#include <stdlib.h>

#include "python/runtime/reader.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define WINDOW              PYTHON_WINDOW
#define BEHIND              512 /* of it beyond the start of the frame that is read first */
#define ON_C_STACK          3 /* FRAME_OWNED_BY_CSTACK: where a call of the evaluator begins, no frame of its own */
#define NAME_MAX_CHARACTERS 240
#define PATH_MAX_CHARACTERS 1000
#define TABLE_MAX           (256u << 10)
#define NAMES_BYTES         (32u << 20) /* of one sample's texts and tables: each code object may have its own */

/* ---- frames ---- */

void python__read_ahead(struct python *py, const uint64_t *frames, size_t n)
{
	struct memory_piece pieces[PYTHON_AHEAD];
	size_t count = 0;

	py->ahead_count = 0;
	if (n > PYTHON_AHEAD || py->layout.off[PY_frame_lasti] >= 0)
		return;
	if (!py->ahead)
		py->ahead = HEAP_NEW(struct window, PYTHON_AHEAD);
	for (size_t i = 0; i < n; i++) {
		struct window *w = &py->ahead[count];

		if (frames[i] & 7 || frames[i] < 2 * WINDOW || frames[i] >= 1ull << 56)
			continue;
		w->start = frames[i] - (WINDOW - BEHIND);
		pieces[count++] = (struct memory_piece){w->start, w->bytes, WINDOW, 0};
	}
	if (count)
		python_memory__many(&py->memory, pieces, count);
	for (size_t i = 0; i < count; i++)
		py->ahead[i].len = pieces[i].got > 0 ? (size_t)pieces[i].got : 0;
	py->ahead_count = count;
}

/* As frames of 3.11 and later are first read. */
static ssize_t read_window(const struct python *py, struct window *w)
{
	for (size_t i = 0; i < py->ahead_count; i++)
		if (py->ahead[i].start == w->start) {
			memcpy(w->bytes, py->ahead[i].bytes, py->ahead[i].len);
			return (ssize_t)py->ahead[i].len;
		}
	return python_memory__some(&py->memory, w->start, w->bytes, WINDOW);
}

/* The frame's copy, of at least size bytes; NULL: unreadable. */
static const uint8_t *frame_at(const struct python *py, struct window *w, uint64_t frame, size_t size)
{
	ssize_t n;

	if (frame & 7 || frame < WINDOW)
		return NULL;
	if (frame >= w->start && frame - w->start + size <= w->len)
		return w->bytes + (frame - w->start);
	w->start = frame;
	w->len = 0;
	if (py->layout.off[PY_frame_lasti] < 0) {
		w->start = frame - (WINDOW - BEHIND);
		n = read_window(py, w);
		if (n >= (ssize_t)(WINDOW - BEHIND + size)) {
			w->len = (size_t)n;
			return w->bytes + (frame - w->start);
		}
		w->start = frame;
	}
	n = python_memory__some(&py->memory, frame, w->bytes, size);
	if (n < (ssize_t)size)
		return NULL;
	w->len = (size_t)n;
	return w->bytes;
}

static size_t frame_size(const int32_t *off)
{
	int32_t last = off[PY_frame_lasti] >= 0 ? off[PY_frame_lasti] : off[PY_frame_instr];

	last = off[PY_frame_owner] > last ? off[PY_frame_owner] : last;
	return (size_t)last + 8;
}

static struct python_place place_of(const struct python *py, uint64_t frame, const uint8_t *raw)
{
	const int32_t *off = py->layout.off;
	struct python_place p = {.frame = frame, .code = raw_u64(raw, off[PY_frame_code])};

	if (off[PY_frame_lasti] >= 0) {
		p.instr = (uint64_t)(int64_t)(int32_t)raw_u32(raw, off[PY_frame_lasti]);
		p.last = true; /* each call of Python is one of the evaluator */
	} else {
		p.instr = raw_u64(raw, off[PY_frame_instr]);
		p.last = off[PY_frame_is_entry] >= 0 && raw[off[PY_frame_is_entry]] == 1;
	}
	return p;
}

size_t python__frames(const struct python *py, uint64_t frame, struct python_place *ret, size_t max,
		      bool *ret_whole)
{
	const int32_t *off = py->layout.off;
	bool begins = off[PY_frame_lasti] < 0 && off[PY_frame_is_entry] < 0;
	size_t size = frame_size(off), count = 0;
	struct window w = {0};

	*ret_whole = false;
	/* Frames that begin a call are no places: twice as many steps. */
	for (size_t steps = 0; frame && count < max && steps < max * 2; steps++) {
		const uint8_t *raw = frame_at(py, &w, frame, size);

		if (!raw)
			return count;
		if (begins && raw[off[PY_frame_owner]] >= ON_C_STACK) {
			if (count)
				ret[count - 1].last = true;
		} else {
			ret[count++] = place_of(py, frame, raw);
		}
		frame = raw_u64(raw, off[PY_frame_previous]);
	}
	*ret_whole = !frame;
	if (*ret_whole && count)
		ret[count - 1].last = true;
	return count;
}

/* ---- names ---- */

struct code {
	bool valid;
	const char *function, *file;
	const uint8_t *table;
	size_t table_len;
	int first;
};

struct python_names {
	struct python *py;
	struct arena *arena;
	struct u64_table codes; /* struct code by address */
	size_t bytes_left;
};

struct python_names *python_names__new(const struct python *py, struct arena *a)
{
	struct python_names *n = HEAP_NEW(struct python_names, 1);

	n->py = (struct python *)py;
	n->arena = a;
	n->bytes_left = NAMES_BYTES;
	return n;
}

void python_names__free(struct python_names *n)
{
	if (!n)
		return;
	u64_table__free(&n->codes);
	free(n);
}

static bool take_bytes(struct python_names *n, size_t bytes)
{
	bool enough = n->bytes_left >= bytes;

	n->bytes_left -= enough ? bytes : n->bytes_left;
	return enough;
}

/* NULL also where its bytes would be too many. */
static const char *read_text(struct python_names *n, uint64_t str, size_t max)
{
	const char *text = n->bytes_left ? python__text(n->py, n->arena, str, max) : NULL;

	return text && take_bytes(n, 4 * strlen(text) + 1) ? text : NULL;
}

static void read_table(struct python_names *n, uint64_t bytes, struct code *c)
{
	uint64_t len;
	uint8_t *table;

	if (!python_memory__u64(&n->py->memory, bytes + 16, &len) || len > TABLE_MAX ||
	    !take_bytes(n, (size_t)len + 1))
		return;
	table = arena__alloc(n->arena, (size_t)len + 1);
	if (!python_memory__read(&n->py->memory, bytes + (uint64_t)n->py->layout.off[PY_bytes_data], table,
				 (size_t)len))
		return;
	c->table = table;
	c->table_len = (size_t)len;
}

static void read_code(struct python_names *n, uint64_t address, struct code *c)
{
	struct python *py = n->py;
	const int32_t *off = py->layout.off;
	uint8_t raw[PYTHON_COPY];
	size_t size = (size_t)off[PY_code_size];
	enum python_field name = off[PY_code_qualname] >= 0 ? PY_code_qualname : PY_code_name;

	if (address & 7 || size < 64 || size > sizeof(raw))
		return;
	memset(raw, 0, sizeof(raw));
	if (!python_memory__read(&py->memory, address, raw, size) ||
	    !python__is(py, raw_u64(raw, off[PY_object_type]), "code", &py->code_type))
		return;
	c->function = read_text(n, raw_u64(raw, off[name]), NAME_MAX_CHARACTERS);
	c->file = read_text(n, raw_u64(raw, off[PY_code_filename]), PATH_MAX_CHARACTERS);
	c->first = (int)raw_u32(raw, off[PY_code_firstlineno]);
	c->valid = c->function && *c->function && c->first >= 0;
	if (c->valid)
		read_table(n, raw_u64(raw, off[PY_code_linetable]), c);
}

static int line_of(const struct python *py, const struct code *c, const struct python_place *p)
{
	unsigned minor = py->layout.minor;
	uint64_t code = p->code + (uint64_t)py->layout.off[PY_code_bytes];

	if (!c->table)
		return 0;
	if (minor >= 11) /* before its first instruction it has only just been called */
		return p->instr < code
			       ? c->first
			       : python_line__of_locations(c->table, c->table_len, c->first, p->instr - code);
	if ((int64_t)p->instr < 0)
		return c->first;
	if (minor == 10)
		return python_line__of_ranges(c->table, c->table_len, c->first, p->instr * 2);
	return python_line__of_steps(c->table, c->table_len, c->first, p->instr);
}

bool python_names__place(struct python_names *n, const struct python_place *p, struct frame *ret)
{
	bool made;
	struct code *c = u64_table__get(&n->codes, sizeof(*c), p->code, &made);

	if (made)
		read_code(n, p->code, c);
	if (!c->valid)
		return false;
	*ret = (struct frame){.function = c->function, .file = c->file};
	ret->line = c->file ? line_of(n->py, c, p) : 0;
	return true;
}
