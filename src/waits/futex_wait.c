// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/futex_wait.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#ifndef SYS_futex_wait
#define SYS_futex_wait 455
#endif
#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif
#define WAITV_MAX 128 /* FUTEX_WAITV_MAX of linux/futex.h */

#define TYPE_ONCE "once control" /* pthread_once(), std::call_once(), Once of Rust */

/* Deeper frames belong to another wait, which called back into the application. */
#define DEPTH 6

/*
 * Public functions of glibc and musl under which a futex wait can happen. The innermost match decides: a
 * condition variable that reacquires its mutex waits for the mutex.
 */
static const struct {
	const char *part;
	enum wait_kind kind;
} CALLERS[] = {
	{"pthread_mutex_cond_lock", WAIT_MUTEX},
	{"pthread_mutex_lock", WAIT_MUTEX},
	{"pthread_mutex_timedlock", WAIT_MUTEX},
	{"pthread_mutex_clocklock", WAIT_MUTEX},
	{"pthread_rwlock_rdlock", WAIT_RWLOCK_READ},
	{"pthread_rwlock_timedrdlock", WAIT_RWLOCK_READ},
	{"pthread_rwlock_clockrdlock", WAIT_RWLOCK_READ},
	{"pthread_rwlock_wrlock", WAIT_RWLOCK_WRITE},
	{"pthread_rwlock_timedwrlock", WAIT_RWLOCK_WRITE},
	{"pthread_rwlock_clockwrlock", WAIT_RWLOCK_WRITE},
	{"pthread_cond_wait", WAIT_CONDVAR},
	{"pthread_cond_timedwait", WAIT_CONDVAR},
	{"pthread_cond_clockwait", WAIT_CONDVAR},
	{"pthread_barrier_wait", WAIT_BARRIER},
	{"pthread_join", WAIT_JOIN},
	{"pthread_timedjoin_np", WAIT_JOIN},
	{"pthread_clockjoin", WAIT_JOIN},
	{"sem_wait", WAIT_SEMAPHORE},
	{"sem_timedwait", WAIT_SEMAPHORE},
	{"sem_clockwait", WAIT_SEMAPHORE},
	{"cnd_wait", WAIT_CONDVAR},
	{"mtx_lock", WAIT_MUTEX},
};

/* Rust's own locks, by the functions that are called once the lock is not free: parts of their names, which
 * are written in two ways (std::sys::TYPE::NAME and <std::sys::TYPE>::NAME). library/std/src/sys/sync (before
 * 1.79 sys/unix/locks, sys/unix/futex_*), parking_lot 0.12. */
static const struct {
	const char *type, *name;
	enum wait_kind kind;
	enum lock_form form;
} RUST[] = {
	{"std::sys", "Mutex::lock_contended", WAIT_MUTEX, FORM_RUST},
	{"std::sys", "RwLock::read_contended", WAIT_RWLOCK_READ, FORM_RUST},
	{"std::sys", "Once::call", WAIT_MUTEX, FORM_ONCE},
	{"std::sys", "RwLock::write_contended", WAIT_RWLOCK_WRITE, FORM_RUST},
	{"parking_lot::raw_mutex", "RawMutex::lock_slow", WAIT_MUTEX, FORM_PARKING_LOT},
	{"parking_lot::raw_rwlock", "RawRwLock::lock_shared_slow", WAIT_RWLOCK_READ, FORM_PARKING_LOT},
	{"parking_lot::raw_rwlock", "RawRwLock::lock_exclusive_slow", WAIT_RWLOCK_WRITE, FORM_PARKING_LOT},
	{"parking_lot::raw_rwlock", "RawRwLock::lock_upgradable_slow", WAIT_RWLOCK_WRITE, FORM_PARKING_LOT},
	{"parking_lot::raw_rwlock", "RawRwLock::upgrade_slow", WAIT_RWLOCK_WRITE, FORM_PARKING_LOT},
	{"parking_lot::raw_rwlock", "RawRwLock::wait_for_readers", WAIT_RWLOCK_WRITE, FORM_PARKING_LOT},
};

/* The beginnings of names of C library functions that wait for an internal lock of it: of a FILE, of the
 * heap, or another. musl's own function for that has no name in a stripped library, and whatever else it
 * waits in has another one. */
static const char *const STDIO[] = {
	"IO_",    "fwrite",  "fputs",    "puts",      "putc",   "fputc",  "putchar", "vfprintf",
	"printf", "fprintf", "vprintf",  "fflush",    "fclose", "fread",  "fgets",   "getc",
	"fgetc",  "getline", "getdelim", "flockfile", "perror", "ungetc", "setvbuf", "fseek",
	"ftell",  "rewind",  "fputws",   "fputwc",    "getwc",  "fgetwc", "freopen"};
static const char *const HEAP[] = {
	"malloc",      "int_malloc",   "int_free",  "int_realloc",   "int_memalign",   "calloc",
	"realloc",     "free",         "memalign",  "aligned_alloc", "posix_memalign", "libc_malloc",
	"libc_calloc", "libc_realloc", "libc_free", "arena_get",     "tcache_",        "reallocarray"};
static const char *const OTHERS[] = {
	"syslog",     "vsyslog",   "openlog",  "closelog",        "setlogmask", "random",
	"srandom",    "initstate", "setstate", "atexit",          "cxa_atexit", "exit",
	"quick_exit", "localtime", "mktime",   "strftime",        "tzset",      "fork",
	"dlopen",     "dlsym",     "dlclose",  "dl_iterate_phdr", "fopen",      "popen"};

/* Functions that only one of the libraries has, on the path into the wait or at a thread's start. */
static const struct {
	const char *name;
	enum lock_form form;
} LIBRARY_FUNCTIONS[] = {
	{"__lll_lock_wait", FORM_GLIBC},
	{"lll_lock_wait", FORM_GLIBC},
	{"futex_wait", FORM_GLIBC},
	{"__futex_abstimed_wait_common", FORM_GLIBC},
	{"__pthread_mutex_lock_full", FORM_GLIBC},
	{"start_thread", FORM_GLIBC},
	{"__libc_start_call_main", FORM_GLIBC},
	{"__timedwait", FORM_MUSL},
	{"__timedwait_cp", FORM_MUSL},
	{"__syscall_cp_c", FORM_MUSL},
	{"__syscall_cp_asm", FORM_MUSL},
	{"libc_start_main_stage2", FORM_MUSL},
};

/* Leading underscores do not change the meaning of a name. */
static const char *plain_name(const char *name)
{
	if (!strncmp(name, "__GI_", 5))
		name += 5;
	while (*name == '_')
		name++;
	return strncmp(name, "new_sem", 7) ? name : name + 4;
}

/* Nor does a suffix such as _ex, 64 or _np. Most names differ in their first letter. */
static bool begins_with(const char *plain, const char *part)
{
	return *plain == *part && !strncmp(plain, part, strlen(part));
}

static enum lock_form form_of_file(const char *path)
{
	const char *file = path ? basename(path) : "";

	if (!strcmp(file, "libc.so.6") || !strncmp(file, "libc-2.", 7) ||
	    !strncmp(file, "libpthread-2.", 13) || !strcmp(file, "libpthread.so.0"))
		return FORM_GLIBC;
	if (!strcmp(file, "libc.so") || !strncmp(file, "ld-musl-", 8))
		return FORM_MUSL;
	return FORM_UNKNOWN;
}

static enum lock_form form_of_function(const char *name)
{
	if (!strncmp(name, "__GI_", 5))
		name += 5;
	for (size_t i = 0; i < sizeof(LIBRARY_FUNCTIONS) / sizeof(LIBRARY_FUNCTIONS[0]); i++)
		if (!strcmp(name, LIBRARY_FUNCTIONS[i].name))
			return LIBRARY_FUNCTIONS[i].form;
	return FORM_UNKNOWN;
}

/* musl's threads begin in `start`, called from `__clone`. */
static bool begins_as_musl(const struct frame *frames, size_t count)
{
	return count >= 2 && frames[count - 1].function && frames[count - 2].function &&
	       !strcmp(frames[count - 1].function, "__clone") && !strcmp(frames[count - 2].function, "start");
}

static enum lock_form library_of(const struct frame *frames, size_t count)
{
	enum lock_form form = FORM_UNKNOWN;

	for (size_t i = 0; i < count && form == FORM_UNKNOWN; i++) {
		form = form_of_file(frames[i].module);
		if (form == FORM_UNKNOWN && frames[i].function)
			form = form_of_function(frames[i].function);
	}
	if (form == FORM_UNKNOWN && begins_as_musl(frames, count))
		form = FORM_MUSL;
	return form;
}

static enum wait_kind kind_of_caller(const char *name)
{
	name = plain_name(name);
	for (size_t i = 0; i < sizeof(CALLERS) / sizeof(CALLERS[0]); i++)
		if (begins_with(name, CALLERS[i].part))
			return CALLERS[i].kind;
	return WAIT_FUTEX;
}

static bool is_of(const char *name, const char *const *list, size_t count)
{
	name = plain_name(name);
	for (size_t i = 0; i < count; i++)
		if (begins_with(name, list[i]))
			return true;
	return false;
}

#define IS_OF(name, list) is_of(name, list, sizeof(list) / sizeof((list)[0]))

/* The internal lock that the functions from `from` on wait for. glibc: known by the function inside of them.
 */
static struct futex_wait inner_lock(const struct frame *frames, size_t count, size_t from, bool glibc)
{
	struct futex_wait w = {.kind = glibc ? WAIT_MUTEX : WAIT_FUTEX, .form = FORM_INNER};

	for (size_t i = from; i < count && i < from + DEPTH; i++) {
		const char *name = frames[i].function;

		if (glibc ? i > from + 1 : form_of_file(frames[i].module) != FORM_MUSL)
			break;
		if (!name)
			continue;
		if (IS_OF(name, STDIO))
			w = (struct futex_wait){WAIT_MUTEX, glibc ? FORM_FILE : FORM_MUSL_FILE};
		else if (IS_OF(name, HEAP))
			w = (struct futex_wait){WAIT_MUTEX, FORM_MALLOC};
		else if (!glibc && IS_OF(name, OTHERS))
			w.kind = WAIT_MUTEX;
		if (!glibc || w.form != FORM_INNER)
			break;
	}
	return w;
}

/* Whether name has type, and ends with what, "TYPE::NAME", also as "TYPE>::NAME". */
static bool is_rust(const char *name, const char *type, const char *what)
{
	const char *colon = strstr(what, "::"), *found = strstr(name, type);
	size_t head = (size_t)(colon - what), tail = strlen(colon);
	size_t length = found ? strlen(name) : 0;

	if (length < head + tail + 1 || strcmp(name + length - tail, colon))
		return false;
	length -= tail;
	length -= name[length - 1] == '>';
	return length >= head && !strncmp(name + length - head, what, head);
}

static bool find_rust(const char *name, struct futex_wait *ret)
{
	if (!strchr(name, ':')) /* most names, of each frame of each thread */
		return false;
	for (size_t i = 0; i < sizeof(RUST) / sizeof(RUST[0]); i++) {
		if (!is_rust(name, RUST[i].type, RUST[i].name))
			continue;
		*ret = (struct futex_wait){RUST[i].kind, RUST[i].form};
		return true;
	}
	return false;
}

bool futex_wait__is_lock(const char *function)
{
	struct futex_wait w;

	return find_rust(function, &w);
}

bool lock_type__is_once(const char *type)
{
	return type && !strcmp(type, TYPE_ONCE);
}

const char *lock_form__type(enum lock_form form, enum lock_kind kind)
{
	if (form == FORM_FILE || form == FORM_MUSL_FILE)
		return kind == LOCK_MUTEX ? "stdio lock" : NULL;
	if (form == FORM_ONCE)
		return kind == LOCK_MUTEX ? TYPE_ONCE : NULL;
	if (form == FORM_GUARD)
		return kind == LOCK_MUTEX ? "static guard" : NULL;
	if (form == FORM_MALLOC)
		return kind == LOCK_MUTEX ? "malloc lock" : NULL;
	if (form == FORM_RUST)
		return kind == LOCK_RWLOCK  ? "std::sync::RwLock"
		       : kind == LOCK_MUTEX ? "std::sync::Mutex"
					    : NULL;
	if (form == FORM_PARKING_LOT)
		return kind == LOCK_RWLOCK  ? "parking_lot::RwLock"
		       : kind == LOCK_MUTEX ? "parking_lot::Mutex"
					    : NULL;
	return NULL;
}

static int operation(long syscall, const uint64_t *args)
{
	return syscall == SYS_futex ? (int)args[1] & FUTEX_CMD_MASK : -1;
}

struct futex_wait futex_wait__classify(long syscall, const uint64_t *args, const struct frame *frames,
				       size_t count)
{
	struct futex_wait w = {.kind = WAIT_FUTEX};
	int op = operation(syscall, args);

	/* The futex word gives the kernel an owner: a mutex. */
	if (op == FUTEX_LOCK_PI || op == FUTEX_LOCK_PI2)
		return (struct futex_wait){.kind = WAIT_MUTEX, .form = FORM_KERNEL};
	if (syscall == SYS_futex_waitv)
		return w;
	for (size_t i = 0; i < count && i < DEPTH && w.kind == WAIT_FUTEX; i++) {
		const char *name = frames[i].function ? frames[i].function : frames[i].called;

		if (name && begins_with(plain_name(name), "lll_lock_wait_private"))
			return inner_lock(frames, count, i + 1, true);
		if (name && find_rust(name, &w))
			return w;
		if (name && begins_with(plain_name(name), "pthread_once"))
			return (struct futex_wait){.kind = WAIT_MUTEX, .form = FORM_ONCE};
		if (name && begins_with(plain_name(name), "cxa_guard_acquire"))
			return (struct futex_wait){.kind = WAIT_MUTEX, .form = FORM_GUARD};
		if (name)
			w.kind = kind_of_caller(name);
	}
	if (w.kind != WAIT_FUTEX)
		w.form = library_of(frames, count);
	else if (count && form_of_file(frames[0].module) == FORM_MUSL)
		w = inner_lock(frames, count, 0, false);
	if (w.kind == WAIT_FUTEX)
		w.form = FORM_UNKNOWN;
	return w;
}

bool futex_wait__is(long syscall)
{
	return syscall == SYS_futex || syscall == SYS_futex_waitv || syscall == SYS_futex_wait;
}

bool futex_wait__timed(long syscall, const uint64_t *args)
{
	if (syscall == SYS_futex_waitv)
		return args[3] != 0;
	if (syscall == SYS_futex_wait)
		return args[4] != 0;
	switch (operation(syscall, args)) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
	case FUTEX_WAIT_REQUEUE_PI:
		return args[3] != 0;
	}
	return false;
}

uint64_t futex_wait__word(long syscall, const uint64_t *args)
{
	return syscall == SYS_futex || syscall == SYS_futex_wait ? args[0] : 0;
}

uint64_t futex_wait__list(long syscall, const uint64_t *args, size_t *ret_count)
{
	*ret_count = syscall == SYS_futex_waitv && args[1] <= WAITV_MAX ? (size_t)args[1] : 0;
	return *ret_count ? args[0] : 0;
}

long futex_wait__syscall(void)
{
	return SYS_futex;
}
