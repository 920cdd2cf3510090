// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts/kinds.h"

#include <stddef.h>

#include "facts/panic.h"

#define NAME_OF(names, value) ((size_t)(value) < sizeof(names) / sizeof((names)[0]) ? (names)[value] : NULL)

const char *wait_kind__name(enum wait_kind kind)
{
	static const char *const NAMES[WAIT_KINDS] = {
		[WAIT_MUTEX] = "mutex",
		[WAIT_RWLOCK_READ] = "rwlock-read",
		[WAIT_RWLOCK_WRITE] = "rwlock-write",
		[WAIT_CONDVAR] = "condvar",
		[WAIT_SEMAPHORE] = "semaphore",
		[WAIT_BARRIER] = "barrier",
		[WAIT_JOIN] = "join",
		[WAIT_FUTEX] = "futex",
		[WAIT_WRITE] = "write",
		[WAIT_FSYNC] = "fsync",
		[WAIT_READ] = "read",
		[WAIT_POLL] = "poll",
		[WAIT_SLEEP] = "sleep",
		[WAIT_ACCEPT] = "accept",
		[WAIT_CONNECT] = "connect",
		[WAIT_CHILD] = "wait-child",
		[WAIT_SIGNAL] = "signal",
		[WAIT_PAGE_FAULT] = "page-fault",
		[WAIT_STOPPED] = "stopped",
		[WAIT_OTHER] = "other",
		[WAIT_FILE_LOCK] = "file-lock",
		[WAIT_SYSV_SEMAPHORE] = "sysv-semaphore",
		[WAIT_MESSAGE_SEND] = "message-send",
	};
	const char *name = NAME_OF(NAMES, kind);

	return name ? name : "other";
}

const char *wait_class__name(enum wait_class class)
{
	static const char *const NAMES[WAIT_CLASSES] = {
		[WAIT_CLASS_BLOCKED] = "blocked",
		[WAIT_CLASS_UNKNOWN] = "unknown",
		[WAIT_CLASS_POOL] = "pool",
		[WAIT_CLASS_IDLE] = "idle",
	};
	const char *name = NAME_OF(NAMES, class);

	return name ? name : "blocked";
}

const char *stop_cause__name(enum stop_cause cause)
{
	static const char *const NAMES[STOP_CAUSES] = {[STOP_NONE] = "",
						       [STOP_SIGNAL] = "signal",
						       [STOP_TRACER] = "debugger",
						       [STOP_CGROUP] = "cgroup"};
	const char *name = NAME_OF(NAMES, cause);

	return name ? name : "";
}

const char *wait_reason__name(enum wait_reason reason)
{
	static const char *const NAMES[WAIT_REASONS] = {
		[WAIT_REASON_CALL] = "call",       [WAIT_REASON_FUNCTION] = "function",
		[WAIT_REASON_NAME] = "name",       [WAIT_REASON_BEHIND] = "behind",
		[WAIT_REASON_REQUEST] = "request", [WAIT_REASON_SHALLOW] = "shallow",
		[WAIT_REASON_NOTHING] = "nothing", [WAIT_REASON_NO_STACK] = "no-stack",
	};
	const char *name = NAME_OF(NAMES, reason);

	return name ? name : "nothing";
}

const char *halt_reason__name(enum halt_reason reason)
{
	static const char *const NAMES[HALT_REASONS] = {
		[HALT_RUN_QUEUE] = "run-queue", [HALT_LOW_PRIORITY] = "low-priority",
		[HALT_THROTTLED] = "throttled", [HALT_STOPPED] = "stopped",
		[HALT_TRACED] = "traced",       [HALT_FROZEN] = "frozen",
		[HALT_MEMORY] = "memory-limit"};

	return NAME_OF(NAMES, reason);
}

const char *fifo_open__name(enum fifo_open open)
{
	static const char *const NAMES[FIFO_OPENS] = {
		[FIFO_FOR_READING] = "read",
		[FIFO_FOR_WRITING] = "write",
	};

	return NAME_OF(NAMES, open);
}

const char *lock_likely__name(enum lock_likely likely)
{
	static const char *const NAMES[LOCK_LIKELY_KINDS] = {
		[LOCK_LIKELY_FRAMES] = "frames",    [LOCK_LIKELY_HANDLER] = "signal-handler",
		[LOCK_LIKELY_READS] = "read-holds", [LOCK_LIKELY_POOL] = "pool",
		[LOCK_LIKELY_TAKEN] = "taken",
	};

	return NAME_OF(NAMES, likely);
}

const char *lock_kind__name(enum lock_kind kind)
{
	static const char *const NAMES[LOCK_KINDS] = {
		[LOCK_FUTEX] = "futex",     [LOCK_MUTEX] = "mutex",         [LOCK_RWLOCK] = "rwlock",
		[LOCK_CONDVAR] = "condvar", [LOCK_SEMAPHORE] = "semaphore", [LOCK_BARRIER] = "barrier",
		[LOCK_JOIN] = "join",       [LOCK_MONITOR] = "monitor",     [LOCK_TASK] = "task",
	};
	const char *name = NAME_OF(NAMES, kind);

	return name ? name : "futex";
}

static const struct {
	const char *name, *words;
} STALLS[STALL_PARTS] = {
	[STALL_CPU] = {"on_cpu", "running"},
	[STALL_RUNNABLE] = {"runnable", "waiting for a CPU"},
	[STALL_LOCK] = {"inode_lock", "the file's lock"},
	[STALL_DISK] = {"disk", "disk"},
	[STALL_THROTTLE] = {"throttle", "writeback throttling"},
	[STALL_JOURNAL] = {"journal", "journal commit"},
	[STALL_PIPE] = {"pipe_full", "pipe full"},
	[STALL_SOCKET] = {"socket_full", "socket full"},
	[STALL_TERMINAL] = {"terminal", "terminal"},
	[STALL_SERVER] = {"file_server", "file server"},
	[STALL_MEMORY] = {"memory", "memory reclaim"},
	[STALL_OTHER] = {"other", "other waits"},
	[STALL_UNKNOWN] = {"unknown", "unobserved waits"},
	[STALL_FROZEN] = {"frozen", "the file system is frozen"},
};

const char *stall_part__name(enum stall_part part)
{
	return STALLS[(unsigned)part < STALL_PARTS ? part : STALL_UNKNOWN].name;
}

const char *stall_part__words(enum stall_part part)
{
	return STALLS[(unsigned)part < STALL_PARTS ? part : STALL_UNKNOWN].words;
}

const char *io_error__name(enum ts_io_error error)
{
	static const char *const NAMES[TS_IO_ERRORS] = {
		[TS_IO_EAGAIN] = "EAGAIN",
		[TS_IO_ENOSPC] = "ENOSPC",
		[TS_IO_EIO] = "EIO",
		[TS_IO_EDQUOT] = "EDQUOT",
		[TS_IO_EFBIG] = "EFBIG",
		[TS_IO_EPIPE] = "EPIPE",
		[TS_IO_ECONNRESET] = "ECONNRESET",
		[TS_IO_ECONNREFUSED] = "ECONNREFUSED",
		[TS_IO_OTHER] = "other",
	};
	const char *name = NAME_OF(NAMES, error);

	return name ? name : "other";
}

const char *file_kind__name(enum ts_file_kind kind)
{
	static const char *const NAMES[] = {
		[TS_FILE_PIPE] = "pipe", [TS_FILE_SOCKET] = "socket", [TS_FILE_TTY] = "tty"};
	const char *name = NAME_OF(NAMES, kind);

	return name ? name : "file";
}

const char *call_place__name(enum ts_call_place place)
{
	static const char *const NAMES[TS_PLACES] = {
		[TS_PLACE_UNKNOWN] = "unknown",  [TS_PLACE_PATH] = "path",
		[TS_PLACE_PATH_AT] = "relative", [TS_PLACE_FILE] = "file",
		[TS_PLACE_ADDRESS] = "address",  [TS_PLACE_REST] = "rest"};

	return NAME_OF(NAMES, place);
}

const char *panic_outcome__name(enum panic_outcome outcome)
{
	switch (outcome) {
	case PANIC_RECOVERED:
		return "recovered";
	case PANIC_KILLED:
		return "killed";
	case PANIC_REPLACED:
		return "replaced";
	case PANIC_UNKNOWN:
		break;
	}
	return NULL;
}
