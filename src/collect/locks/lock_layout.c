// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/locks/lock_layout.h"

#include <linux/futex.h>
#include <string.h>

#include "collect/locks/lock_layout_arch.h"

#define GLIBC_OWNER      8
#define GLIBC_KIND       16
#define GLIBC_PI         32 /* of the kind: PTHREAD_MUTEX_PRIO_INHERIT_NP */
#define GLIBC_WRITER     24
#define RWLOCK_WRPHASE   8
#define RWLOCK_WRITERS   12
#define RWLOCK_RWAITING  4 /* of the readers' word: nptl/pthread_rwlock_common.c */
#define COND_SIGNALS     40
#define COND_SIGNALS_NEW 32
#define COND_FUTEX_OLD   4
#define BARRIER_ROUND    4
#define FILE_OWNER       8          /* _IO_lock_t: lock 0, cnt 4, owner 8 (sysdeps/nptl/stdio-lock.h) */
#define RWLOCK_READERS   3          /* the readers' word shifted by it; below: */
#define RWLOCK_WRITING   1          /* a writer's phase: then the readers counted are those that wait */
#define RUST_NOTIFY      4          /* library/std/src/sys/sync/rwlock/futex.rs */
#define RUST_READERS     0x3fffffff /* of the state; this value: a writer holds it */
#define MUSL_READERS     0x7fffffff /* of _rw_lock; this value: a writer holds it */
#define MUSL_MUTEX_WORD  4
#define MUSL_MUTEX_KIND  15 /* of the type: 0 is a normal mutex, which has no owner */

/* Signed: before or behind the word. */
static uint32_t u32_at(const struct lock_bytes *b, int64_t offset)
{
	uint32_t value;

	if (!b->read || offset < -LOCK_BYTES_BEFORE || offset + 4 > LOCK_BYTES_AFTER ||
	    (offset < 0 && !b->before))
		return 0;
	memcpy(&value, b->bytes + LOCK_BYTES_BEFORE + offset, sizeof(value));
	return value;
}

static uint64_t u64_at(const struct lock_bytes *b, int64_t offset)
{
	return u32_at(b, offset) | (uint64_t)u32_at(b, offset + 4) << 32;
}

/* Locks are aligned to 8 bytes, so the address shows which of two words it is. */
static bool second_half(uint64_t word)
{
	return word % 8 == 4;
}

static uint64_t glibc_rwlock(enum wait_kind kind, const struct lock_bytes *b)
{
	if (second_half(b->word))
		return b->word - RWLOCK_WRITERS;
	/* Readers that yield to writers wait on the readers' word, which has a flag for that. */
	if (kind == WAIT_RWLOCK_READ && u32_at(b, 0) & RWLOCK_RWAITING)
		return b->word;
	return b->word - RWLOCK_WRPHASE;
}

static size_t glibc_condvar(uint64_t word, uint64_t ret[LOCK_CANDIDATES])
{
	size_t count = 0;

	ret[count++] = word - COND_SIGNALS - (word & 4);
	ret[count++] = word - COND_SIGNALS_NEW - (word & 4);
	if (second_half(word))
		ret[count++] = word - COND_FUTEX_OLD;
	return count;
}

size_t lock_layout__starts(enum wait_kind kind, enum lock_form form, const struct lock_bytes *b,
			   uint64_t ret[LOCK_CANDIDATES])
{
	ret[0] = b->word;
	if (lock_layout__on_stack(kind, form))
		return 0;
	/* Priority inheritance works with both; glibc's are aligned to 8 and have the word first. */
	if ((form == FORM_MUSL && kind == WAIT_MUTEX) || (form == FORM_KERNEL && second_half(b->word)))
		ret[0] = b->word - MUSL_MUTEX_WORD;
	/* std::sys::RwLock: a writer waits on a word of its own, behind that of the state. */
	if (form == FORM_RUST && kind == WAIT_RWLOCK_WRITE)
		ret[0] = b->word - RUST_NOTIFY;
	if (form != FORM_GLIBC)
		return 1;
	if (kind == WAIT_RWLOCK_READ || kind == WAIT_RWLOCK_WRITE)
		ret[0] = glibc_rwlock(kind, b);
	else if (kind == WAIT_BARRIER && second_half(b->word))
		ret[0] = b->word - BARRIER_ROUND;
	else if (kind == WAIT_CONDVAR)
		return glibc_condvar(b->word, ret);
	return 1;
}

static pid_t glibc_owner(enum wait_kind kind, const struct lock_bytes *b)
{
	switch (kind) {
	case WAIT_MUTEX:
		if (!u32_at(b, 0))
			return 0;
		if (u32_at(b, GLIBC_KIND) & GLIBC_PI)
			return (pid_t)(u32_at(b, 0) & FUTEX_TID_MASK);
		return (pid_t)u32_at(b, GLIBC_OWNER);
	case WAIT_RWLOCK_READ:
	case WAIT_RWLOCK_WRITE:
		return (pid_t)u32_at(b, (int64_t)(glibc_rwlock(kind, b) - b->word) + GLIBC_WRITER);
	case WAIT_JOIN: /* on the tid of struct pthread */
		return (pid_t)u32_at(b, 0);
	default:
		return 0;
	}
}

/* The word is detach_state of struct pthread, whose first field is its own address. */
static pid_t musl_joined(const struct lock_bytes *b)
{
	const int64_t start = -musl_detach_state_at;

	return u64_at(b, start) == b->word + (uint64_t)start ? (pid_t)u32_at(b, -8) : 0;
}

static pid_t musl_owner(enum wait_kind kind, const struct lock_bytes *b)
{
	if (kind == WAIT_JOIN)
		return musl_joined(b);
	if (kind != WAIT_MUTEX || !(u32_at(b, -MUSL_MUTEX_WORD) & MUSL_MUTEX_KIND))
		return 0;
	return (pid_t)(u32_at(b, 0) & FUTEX_TID_MASK);
}

pid_t lock_layout__owner(enum wait_kind kind, enum lock_form form, const struct lock_bytes *b)
{
	switch (form) {
	case FORM_GLIBC:
		return glibc_owner(kind, b);
	case FORM_MUSL:
		return musl_owner(kind, b);
	case FORM_KERNEL:
		return (pid_t)(u32_at(b, 0) & FUTEX_TID_MASK);
	case FORM_MUSL_FILE: /* src/stdio/__lockfile.c; bit 30: others wait */
		return kind == WAIT_MUTEX ? (pid_t)(u32_at(b, 0) & FUTEX_TID_MASK) : 0;
	case FORM_UNKNOWN:
	case FORM_INNER:
	case FORM_FILE:
	case FORM_MALLOC:
	case FORM_ONCE:
	case FORM_GUARD:
	case FORM_RUST:
	case FORM_PARKING_LOT:
		break;
	}
	return 0;
}

uint64_t lock_layout__file_owner(const struct lock_bytes *b)
{
	return u32_at(b, 0) ? u64_at(b, FILE_OWNER) : 0;
}

static uint64_t count_readers(uint32_t word, uint32_t mask)
{
	return (word & mask) == mask ? 0 : word & mask;
}

uint64_t lock_layout__readers(enum wait_kind kind, enum lock_form form, const struct lock_bytes *b)
{
	int64_t start;
	uint32_t word;

	if (!b->read || (kind != WAIT_RWLOCK_READ && kind != WAIT_RWLOCK_WRITE))
		return 0;
	switch (form) {
	case FORM_GLIBC:
		start = (int64_t)(glibc_rwlock(kind, b) - b->word);
		word = u32_at(b, start);
		return word & RWLOCK_WRITING || start < -LOCK_BYTES_BEFORE ? 0 : word >> RWLOCK_READERS;
	case FORM_MUSL:
		return count_readers(u32_at(b, 0), MUSL_READERS);
	case FORM_RUST:
		return count_readers(u32_at(b, kind == WAIT_RWLOCK_WRITE ? -RUST_NOTIFY : 0), RUST_READERS);
	default:
		return 0;
	}
}

bool lock_layout__on_stack(enum wait_kind kind, enum lock_form form)
{
	return form == FORM_PARKING_LOT ||
	       (form == FORM_MUSL && (kind == WAIT_CONDVAR || kind == WAIT_BARRIER));
}
