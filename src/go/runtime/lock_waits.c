/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sync/mutex.go, sync/rwmutex.go, sync/waitgroup.go and internal/poll/fd_mutex.go, Go 1.17 to 1.27. */
#include "go/runtime/lock_waits.h"

#include <string.h>

#include "go/runtime/reader.h"

#define FRAMES_MAX 32

/* The innermost of these functions has the semaphore. */
static const struct {
	const char *function;
	enum go_lock_kind kind;
	bool read;
	int offset;
} PLACES[] = {
	{"sync.(*Mutex).lockSlow", GO_LOCK_MUTEX, false, 4},
	{"internal/sync.(*Mutex).lockSlow", GO_LOCK_MUTEX, false, 4},
	{"sync.(*RWMutex).Lock", GO_LOCK_RWMUTEX, false, 8},
	{"sync.(*RWMutex).RLock", GO_LOCK_RWMUTEX, true, 12},
	{"internal/poll.(*fdMutex).rwlock", GO_LOCK_FILE, false, 12},
	{"sync.(*WaitGroup).Wait", GO_LOCK_WAIT_GROUP, false, 8},
};
#define PLACE_COUNT (sizeof(PLACES) / sizeof(PLACES[0]))

static size_t place_of(const char *function)
{
	size_t i = 0;

	while (i < PLACE_COUNT && (!function || strcmp(PLACES[i].function, function)))
		i++;
	return i;
}

/* The functions around it that belong to the lock. */
static bool is_lock_method(const char *function)
{
	static const char *const names[] = {
		"sync.(*Mutex).Lock",   "internal/sync.(*Mutex).Lock",   "sync.(*RWMutex).Lock",
		"sync.(*rlocker).Lock", "internal/poll.(*FD).writeLock", "internal/poll.(*FD).readLock"};

	for (size_t i = 0; function && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], function))
			return true;
	return false;
}

bool goroutines__lock_wait(struct goroutines *r, const struct goroutine_stack *s, uint64_t semaphore,
			   struct go_lock_wait *ret)
{
	struct frame frames[FRAMES_MAX];
	size_t count = goroutines__frames(r, s, frames, FRAMES_MAX), at = 0, place = PLACE_COUNT;

	count = count > FRAMES_MAX ? FRAMES_MAX : count;
	for (; at < count && place == PLACE_COUNT; at++)
		place = place_of(frames[at].function);
	if (place == PLACE_COUNT)
		return false;
	*ret = (struct go_lock_wait){
		.kind = PLACES[place].kind, .read = PLACES[place].read, .offset = PLACES[place].offset};
	/* A descriptor's lock has one semaphore for readers and one for writers behind it. */
	if (ret->kind == GO_LOCK_FILE && !(semaphore & 4)) {
		ret->read = true;
		ret->offset = 8;
	}
	for (; at < count && is_lock_method(frames[at].function); at++)
		/* Its first field is a Mutex, which writers take before they wait for readers. */
		if (ret->kind == GO_LOCK_MUTEX && !strcmp(frames[at].function, "sync.(*RWMutex).Lock"))
			ret->kind = GO_LOCK_RWMUTEX;
	if (at < count)
		ret->pc = frames[at].address;
	return semaphore > (uint64_t)ret->offset;
}

#define READERS_MAX (1 << 30) /* sync.rwmutexMaxReaders */

bool goroutines__lock_state(struct goroutines *r, enum go_lock_kind kind, uint64_t address,
			    struct go_lock_state *ret)
{
	uint32_t words[6];
	int32_t readers;

	if (!go_memory__read(&r->memory, address, words, sizeof(words)))
		return false;
	*ret = (struct go_lock_state){0};
	switch (kind) {
	case GO_LOCK_MUTEX:
		ret->locked = words[0] & 1;
		break;
	case GO_LOCK_RWMUTEX: /* {w Mutex, writerSem, readerSem, readerCount, readerWait} */
		readers = (int32_t)words[4];
		/* With a writer, the count is lowered; those that it waits for are counted apart. */
		ret->active_readers =
			readers < 0 ? (uint64_t)((int32_t)words[5] > 0 ? words[5] : 0) : (uint64_t)readers;
		ret->locked = words[0] & 1 || ret->active_readers || readers < -READERS_MAX;
		break;
	case GO_LOCK_FILE:
		ret->locked = words[0] & 6; /* mutexRLock, mutexWLock */
		break;
	case GO_LOCK_WAIT_GROUP:
		ret->counter = words[1];
		break;
	}
	return true;
}
