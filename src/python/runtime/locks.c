// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects that have a lock of the interpreter (PyThread_type_lock): its address is the lock that a thread
 * waits for. */
#include "python/runtime/reader.h"
#include "util/text.h"

#define TYPE_NAME 32

/* The object's type, by name; buffered files are all that _io has. */
static bool type_of(const struct python *py, uint64_t type, char name[TYPE_NAME])
{
	uint64_t address;

	memset(name, 0, TYPE_NAME);
	return python_memory__u64(&py->memory, type + (uint64_t)py->layout.off[PY_type_name], &address) &&
	       python_memory__some(&py->memory, address, name, TYPE_NAME) > 0 && memchr(name, 0, TYPE_NAME);
}

static bool has(const uint8_t *raw, size_t len, int32_t offset, uint64_t value)
{
	return (size_t)offset + 8 <= len && raw_u64(raw, offset) == value;
}

static bool is_buffered(const char *name)
{
	return starts_with(name, "_io.Buffered");
}

bool python__lock_at(const struct python *py, uint64_t object, uint64_t lock, struct python_lock *ret)
{
	const int32_t *off = py->layout.off;
	uint8_t raw[128];
	char name[TYPE_NAME];
	ssize_t n = object & 7 || py->layout.free_threaded
			    ? -1
			    : python_memory__some(&py->memory, object, raw, sizeof(raw));
	size_t len = n > 0 ? (size_t)n : 0;
	bool small = has(raw, len, off[PY_rlock_lock], lock),
	     file = has(raw, len, off[PY_buffered_lock], lock);

	if ((!small && !file) || !type_of(py, raw_u64(raw, off[PY_object_type]), name))
		return false;
	*ret = (struct python_lock){.object = object};
	if (small && len >= (size_t)off[PY_rlock_count] + 8 && !strcmp(name, "_thread.RLock")) {
		ret->kind = PYTHON_RLOCK;
		ret->owner = raw_u64(raw, off[PY_rlock_count]) ? raw_u64(raw, off[PY_rlock_owner]) : 0;
		return true;
	}
	if (small && !strcmp(name, "_thread.lock")) {
		ret->kind = PYTHON_LOCK;
		return true;
	}
	if (!file || len < (size_t)off[PY_buffered_owner] + 8 || !is_buffered(name))
		return false;
	ret->kind = PYTHON_FILE;
	ret->owner = raw_u64(raw, off[PY_buffered_owner]);
	return true;
}
