// SPDX-License-Identifier: GPL-2.0-or-later
/* The interpreter's threads and its GIL. */
#include <errno.h>
#include <stdlib.h>

#include "python/runtime/reader.h"
#include "util/heap.h"
#include "util/u64_table.h"

#define INTERPRETERS 64
#define THREADS_MAX  65536
#define PID_LIMIT    (1 << 22)
/* struct pthread of glibc for x86_64 has the TID there (nptl/descr.h), since 2.4. */
#define GLIBC_TID 720

unsigned python__minor(const struct python *py)
{
	return py->layout.minor;
}

bool python__fits(const struct python_layout *l)
{
	static const enum python_field fields[] = {
		PY_thread_next,      PY_thread_thread_id, PY_thread_native_thread_id,
		PY_thread_frame,     PY_thread_cframe,    PY_thread_current_frame,
		PY_frame_previous,   PY_frame_code,       PY_frame_instr,
		PY_frame_lasti,      PY_frame_owner,      PY_frame_is_entry,
		PY_code_filename,    PY_code_name,        PY_code_qualname,
		PY_code_firstlineno, PY_code_linetable,   PY_code_bytes,
		PY_code_size};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (l->off[fields[i]] > PYTHON_COPY - 8)
			return false;
	return true;
}

static pid_t plausible(uint64_t tid)
{
	return tid > 0 && tid <= PID_LIMIT ? (pid_t)tid : 0;
}

/* ---- states of threads ----------------------------------------------------------------
 * They are a chain, but mostly the same as in the last look: those are read in one request. New ones are
 * mostly neighbours, allocated one after the other, the latest first in the chain. */

#define NEIGHBOURS (32u << 10)
#define BELOW      (24u << 10) /* of these before the state that is read */

struct state {
	ssize_t bytes;
	uint8_t raw[PYTHON_COPY];
};

struct states {
	struct state *list;
	struct u64_table by_address; /* uint64_t: index in list */
	uint8_t *neighbours;
	uint64_t start; /* of these; 0: none were read */
	size_t misses;  /* a single new one is not worth that */
};

static void read_known(const struct python *py, struct states *ret)
{
	struct memory_piece *pieces = HEAP_NEW(struct memory_piece, py->state_count + 1);
	bool made;

	ret->list = HEAP_NEW(struct state, py->state_count + 1);
	for (size_t i = 0; i < py->state_count; i++) {
		pieces[i] = (struct memory_piece){py->states[i], ret->list[i].raw, PYTHON_COPY, 0};
		*(uint64_t *)u64_table__get(&ret->by_address, sizeof(uint64_t), py->states[i], &made) = i;
	}
	python_memory__many(&py->memory, pieces, py->state_count);
	for (size_t i = 0; i < py->state_count; i++)
		ret->list[i].bytes = pieces[i].got;
	free(pieces);
}

static void free_states(struct states *s)
{
	free(s->list);
	free(s->neighbours);
	u64_table__free(&s->by_address);
}

static const uint8_t *among_neighbours(const struct states *s, uint64_t address)
{
	bool within = s->start && address >= s->start && address - s->start <= NEIGHBOURS - PYTHON_COPY;

	return within ? s->neighbours + (address - s->start) : NULL;
}

static void read_neighbours(const struct python *py, struct states *s, uint64_t address)
{
	if (!s->neighbours)
		s->neighbours = heap__alloc(NEIGHBOURS);
	s->start = address - BELOW;
	if (address < BELOW || !python_memory__read(&py->memory, s->start, s->neighbours, NEIGHBOURS))
		s->start = 0;
}

/* NULL: it cannot be read up to there. */
static const uint8_t *state_at(const struct python *py, struct states *s, uint64_t address, ssize_t least,
			       uint8_t raw[PYTHON_COPY])
{
	const uint64_t *known = u64_table__find(&s->by_address, sizeof(*known), address);
	const uint8_t *near;

	if (known && s->list[*known].bytes >= least)
		return s->list[*known].raw;
	near = among_neighbours(s, address);
	if (!near && s->misses++) {
		read_neighbours(py, s, address);
		near = among_neighbours(s, address);
	}
	if (near)
		return near;
	memset(raw, 0, PYTHON_COPY);
	return python_memory__some(&py->memory, address, raw, PYTHON_COPY) >= least ? raw : NULL;
}

/* The state leads to a structure on the C stack that has the innermost frame (3.11 and 3.12). */
static bool frames_apart(const struct python *py)
{
	return py->layout.off[PY_thread_current_frame] < 0 && py->layout.off[PY_thread_cframe] >= 0;
}

/* The innermost frame, or where its address is (frames_apart). */
static uint64_t frame_of(const struct python *py, const uint8_t *raw)
{
	const int32_t *off = py->layout.off;

	if (frames_apart(py))
		return raw_u64(raw, off[PY_thread_cframe]) + (uint64_t)off[PY_cframe_current_frame];
	return raw_u64(raw, off[PY_thread_current_frame] >= 0 ? off[PY_thread_current_frame]
							      : off[PY_thread_frame]);
}

/* What other structures have of it is not read yet: frame is where the frame's address is, if not in the
 * state. ret_next: the next one in the interpreter's list. */
static bool read_thread(const struct python *py, struct states *s, uint64_t state, struct python_thread *ret,
			uint64_t *ret_next)
{
	const int32_t *off = py->layout.off;
	int32_t last = off[PY_thread_thread_id];
	uint8_t copy[PYTHON_COPY];
	const uint8_t *raw;

	last = off[PY_thread_native_thread_id] > last ? off[PY_thread_native_thread_id] : last;
	last = off[PY_thread_current_frame] > last ? off[PY_thread_current_frame] : last;
	raw = state_at(py, s, state, last + 8, copy);
	if (!raw)
		return false;
	*ret = (struct python_thread){
		.state = state, .ident = raw_u64(raw, off[PY_thread_thread_id]), .frame = frame_of(py, raw)};
	if (off[PY_thread_native_thread_id] >= 0)
		ret->own_tid = plausible(raw_u64(raw, off[PY_thread_native_thread_id]));
	*ret_next = raw_u64(raw, off[PY_thread_next]);
	return true;
}

static void read_threads(const struct python *py, struct states *s, uint64_t first, struct arena *a,
			 struct python_look *l, size_t *room)
{
	uint64_t next;

	for (uint64_t state = first; state && l->count < THREADS_MAX; state = next) {
		struct python_thread t;

		if (!read_thread(py, s, state, &t, &next))
			return;
		if (l->count == *room) {
			struct python_thread *grown = ARENA_NEW(a, struct python_thread, *room * 2);

			memcpy(grown, l->threads, l->count * sizeof(*grown));
			l->threads = grown;
			*room *= 2;
		}
		l->threads[l->count++] = t;
	}
}

/* TIDs as the C library has them, and innermost frames that are not in the states. */
static void complete_threads(const struct python *py, struct python_look *l)
{
	struct found {
		uint64_t frame;
		uint32_t tid;
	} *found = HEAP_NEW(struct found, l->count + 1);
	struct memory_piece *pieces = HEAP_NEW(struct memory_piece, 2 * l->count + 1);

	for (size_t i = 0; i < l->count; i++) {
		struct python_thread *t = &l->threads[i];

		pieces[2 * i] =
			(struct memory_piece){t->ident + GLIBC_TID, &found[i].tid, sizeof(found[i].tid), 0};
		pieces[2 * i + 1] =
			(struct memory_piece){t->frame, &found[i].frame, sizeof(found[i].frame), 0};
	}
	python_memory__many(&py->memory, pieces, 2 * l->count);
	for (size_t i = 0; i < l->count; i++) {
		if (pieces[2 * i].got == (ssize_t)pieces[2 * i].len)
			l->threads[i].libc_tid = plausible(found[i].tid);
		if (frames_apart(py))
			l->threads[i].frame =
				pieces[2 * i + 1].got == (ssize_t)pieces[2 * i + 1].len ? found[i].frame : 0;
	}
	free(pieces);
	free(found);
}

static void keep_states(struct python *py, const struct python_look *l)
{
	free(py->states);
	py->states = HEAP_NEW(uint64_t, l->count + 1);
	py->state_count = l->count;
	for (size_t i = 0; i < l->count; i++)
		py->states[i] = l->threads[i].state;
}

/* Python/ceval_gil.c: last_holder is who has it while locked is 1. */
static void read_gil(const struct python *py, uint64_t address, struct python_look *l)
{
	const int32_t *off = py->layout.off;
	uint8_t raw[64];
	uint32_t locked;

	for (size_t i = 0; i < l->gil_count; i++)
		if (l->gils[i].address == address)
			return; /* shared by the interpreters */
	if (l->gil_count == PYTHON_GILS || !python_memory__read(&py->memory, address, raw, sizeof(raw)))
		return;
	locked = raw_u32(raw, off[PY_gil_locked]);
	l->gils[l->gil_count++] =
		(struct python_gil){.address = address,
				    .bytes = (size_t)off[PY_gil_size],
				    .switches = raw_u64(raw, off[PY_gil_switch_number]),
				    .holder = locked == 1 ? raw_u64(raw, off[PY_gil_last_holder]) : 0};
}

/* From 3.12 on each interpreter may have its own; free-threaded builds use none. */
static void read_own_gil(const struct python *py, uint64_t interpreter, struct python_look *l)
{
	int32_t offset = py->layout.off[PY_interpreter_gil];
	uint64_t gil;

	if (offset >= 0 && !py->layout.free_threaded &&
	    python_memory__u64(&py->memory, interpreter + (uint64_t)offset, &gil))
		read_gil(py, gil, l);
}

void python__look_at_gils(const struct python *py, struct python_look *l)
{
	struct python_look again = {0};

	for (size_t i = 0; i < l->gil_count; i++)
		read_gil(py, l->gils[i].address, &again);
	memcpy(l->gils, again.gils, sizeof(l->gils));
	l->gil_count = again.gil_count;
}

static void read_interpreters(const struct python *py, uint64_t interpreter, struct arena *a,
			      struct python_look *l)
{
	const int32_t *off = py->layout.off;
	struct states states = {0};
	uint64_t next, first;
	size_t room = 64;

	read_known(py, &states);
	l->threads = ARENA_NEW(a, struct python_thread, room);
	for (size_t i = 0; interpreter && i < INTERPRETERS; i++, interpreter = next) {
		if (!python_memory__u64(&py->memory, interpreter + (uint64_t)off[PY_interpreter_next],
					&next) ||
		    !python_memory__u64(&py->memory, interpreter + (uint64_t)off[PY_interpreter_threads],
					&first))
			break;
		read_threads(py, &states, first, a, l, &room);
		read_own_gil(py, interpreter, l);
	}
	free_states(&states);
	complete_threads(py, l);
}

int python__look(struct python *py, struct arena *a, struct python_look *ret)
{
	const int32_t *off = py->layout.off;
	struct python_look l = {0};
	uint64_t interpreter;

	if (!python_memory__u64(&py->memory, py->runtime + (uint64_t)off[PY_runtime_interpreters_head],
				&interpreter))
		return -EFAULT;
	if (off[PY_runtime_gil] >= 0)
		read_gil(py, py->runtime + (uint64_t)off[PY_runtime_gil], &l);
	read_interpreters(py, interpreter, a, &l);
	if (!l.count)
		return -EFAULT;
	keep_states(py, &l);
	*ret = l;
	return 0;
}

const struct python_thread *python_look__find(const struct python_look *l, pid_t ns_tid)
{
	for (size_t i = 0; i < l->count && ns_tid > 0; i++)
		if (l->threads[i].libc_tid == ns_tid)
			return &l->threads[i];
	for (size_t i = 0; i < l->count && ns_tid > 0; i++)
		if (l->threads[i].own_tid == ns_tid)
			return &l->threads[i];
	return NULL;
}

const struct python_thread *python_look__by_state(const struct python_look *l, uint64_t state)
{
	for (size_t i = 0; i < l->count && state; i++)
		if (l->threads[i].state == state)
			return &l->threads[i];
	return NULL;
}

const struct python_thread *python_look__by_ident(const struct python_look *l, uint64_t ident)
{
	for (size_t i = 0; i < l->count && ident; i++)
		if (l->threads[i].ident == ident)
			return &l->threads[i];
	return NULL;
}
