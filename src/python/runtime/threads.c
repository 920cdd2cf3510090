// SPDX-License-Identifier: GPL-2.0-or-later
/* The interpreter's threads and its GIL. */
#include <errno.h>

#include "python/runtime/reader.h"

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

/* The innermost frame, from a copy of the thread's state. */
static uint64_t innermost(const struct python *py, const uint8_t *raw)
{
	const int32_t *off = py->layout.off;
	uint64_t frame = 0, cframe;

	if (off[PY_thread_current_frame] >= 0)
		return raw_u64(raw, off[PY_thread_current_frame]);
	if (off[PY_thread_cframe] < 0)
		return raw_u64(raw, off[PY_thread_frame]);
	cframe = raw_u64(raw, off[PY_thread_cframe]);
	python_memory__u64(&py->memory, cframe + (uint64_t)off[PY_cframe_current_frame], &frame);
	return frame;
}

/* ret_next: the next one in the interpreter's list. */
static bool read_thread(const struct python *py, uint64_t state, struct python_thread *ret,
			uint64_t *ret_next)
{
	const int32_t *off = py->layout.off;
	uint8_t raw[PYTHON_COPY] = {0};
	uint32_t tid = 0;
	int32_t last = off[PY_thread_thread_id];

	last = off[PY_thread_native_thread_id] > last ? off[PY_thread_native_thread_id] : last;
	last = off[PY_thread_current_frame] > last ? off[PY_thread_current_frame] : last;
	if (python_memory__some(&py->memory, state, raw, sizeof(raw)) < last + 8)
		return false;
	*ret = (struct python_thread){
		.state = state, .ident = raw_u64(raw, off[PY_thread_thread_id]), .frame = innermost(py, raw)};
	if (off[PY_thread_native_thread_id] >= 0)
		ret->own_tid = plausible(raw_u64(raw, off[PY_thread_native_thread_id]));
	if (python_memory__read(&py->memory, ret->ident + GLIBC_TID, &tid, sizeof(tid)))
		ret->libc_tid = plausible(tid);
	*ret_next = raw_u64(raw, off[PY_thread_next]);
	return true;
}

static void read_threads(const struct python *py, uint64_t first, struct arena *a, struct python_look *l,
			 size_t *room)
{
	uint64_t next;

	for (uint64_t state = first; state && l->count < THREADS_MAX; state = next) {
		struct python_thread t;

		if (!read_thread(py, state, &t, &next))
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

int python__look(const struct python *py, struct arena *a, struct python_look *ret)
{
	const int32_t *off = py->layout.off;
	uint64_t interpreter, next, first;
	struct python_look l = {0};
	size_t room = 64;

	if (!python_memory__u64(&py->memory, py->runtime + (uint64_t)off[PY_runtime_interpreters_head],
				&interpreter))
		return -EFAULT;
	l.threads = ARENA_NEW(a, struct python_thread, room);
	if (off[PY_runtime_gil] >= 0)
		read_gil(py, py->runtime + (uint64_t)off[PY_runtime_gil], &l);
	for (size_t i = 0; interpreter && i < INTERPRETERS; i++, interpreter = next) {
		if (!python_memory__u64(&py->memory, interpreter + (uint64_t)off[PY_interpreter_next],
					&next) ||
		    !python_memory__u64(&py->memory, interpreter + (uint64_t)off[PY_interpreter_threads],
					&first))
			break;
		read_threads(py, first, a, &l, &room);
		read_own_gil(py, interpreter, &l);
	}
	if (!l.count)
		return -EFAULT;
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
