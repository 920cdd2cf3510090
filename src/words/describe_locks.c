// SPDX-License-Identifier: GPL-2.0-or-later
#include "words/describe.h"

#include <inttypes.h>

#include "util/append.h"
#include "words/java_names.h"

static const char *kind_of(const struct lock_row *lock)
{
	return lock->native_type ? lock->native_type : lock_kind__name(lock->kind);
}

char *describe_lock(char *dst, size_t size, const struct lock_row *lock)
{
	size_t used = 0;

	if (!lock->address)
		append(dst, size, &used, "(other locks)");
	else if (lock->type)
		append(dst, size, &used, "%s 0x%" PRIx64 " (a %s)", kind_of(lock), lock->address,
		       java_class__short(lock->type));
	else if (lock->symbol)
		append(dst, size, &used, "%s 0x%" PRIx64 " (%s)", kind_of(lock), lock->address, lock->symbol);
	else
		append(dst, size, &used, "%s 0x%" PRIx64, kind_of(lock), lock->address);
	return dst;
}

char *describe_lock_long(char *dst, size_t size, const struct lock_row *lock)
{
	size_t used = 0;

	if (lock->type)
		append(dst, size, &used, "the %s 0x%" PRIx64 " (a %s)", kind_of(lock), lock->address,
		       java_class__short(lock->type));
	else if (lock->symbol)
		append(dst, size, &used, "%s (%s at 0x%" PRIx64 ")", lock->symbol, kind_of(lock),
		       lock->address);
	else
		append(dst, size, &used, "the %s at 0x%" PRIx64, kind_of(lock), lock->address);
	return dst;
}

char *describe_lock_short(char *dst, size_t size, const struct lock_row *lock)
{
	size_t used = 0;

	if (lock->type)
		describe_lock(dst, size, lock);
	else if (lock->symbol)
		append(dst, size, &used, "%s %s", kind_of(lock), lock->symbol);
	else
		append(dst, size, &used, "%s 0x%" PRIx64, kind_of(lock), lock->address);
	return dst;
}

char *describe_owner(char *dst, size_t size, const struct naming *n, enum lock_kind kind, pid_t owner_tid)
{
	char name[DESCRIBE_NAME];
	const char *verb = "held by";
	size_t used = 0;

	*dst = '\0';
	if (owner_tid <= 0)
		return dst;
	if (kind == LOCK_JOIN)
		verb = "until the end of";
	else if (kind == LOCK_TASK)
		verb = "run by";
	else if (kind == LOCK_CONDVAR || kind == LOCK_SEMAPHORE || kind == LOCK_BARRIER)
		verb = "until woken by";
	append(dst, size, &used, "%s %s", verb, describe_tid(name, sizeof(name), n, owner_tid));
	return dst;
}
