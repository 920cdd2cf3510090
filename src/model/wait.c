// SPDX-License-Identifier: GPL-2.0-or-later
#include "model/wait.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
#ifndef SYS_futex_wait
#define SYS_futex_wait 455
#endif

static const char *const KIND_NAMES[WAIT_KINDS] = {
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
};

const char *wait_kind__name(enum wait_kind kind)
{
	return (unsigned)kind < WAIT_KINDS ? KIND_NAMES[kind] : "other";
}

static const char *const SYSCALL_NAMES[] = {
#include "syscalls.inc"
};

const char *syscall_name(long nr)
{
	if (nr < 0 || (size_t)nr >= sizeof(SYSCALL_NAMES) / sizeof(SYSCALL_NAMES[0]))
		return NULL;
	return SYSCALL_NAMES[nr];
}

/* What a system call's wait is, and which arguments say what. */
static const struct call {
	long nr;
	enum wait_kind kind;
	bool on_descriptor;  /* argument 0 */
	signed char timeout; /* argument that is a time-out; -1: none, -2: always timed */
	bool timeout_is_int; /* in ms, negative: none; else a pointer, NULL: none */
} CALLS[] = {
#if defined(__x86_64__) /* calls that newer architectures never had */
	{SYS_poll, WAIT_POLL, false, 2, true},
	{SYS_select, WAIT_POLL, false, 4, false},
	{SYS_epoll_wait, WAIT_POLL, true, 3, true},
	{SYS_pause, WAIT_SIGNAL, false, -1, false},
#endif
	{SYS_ppoll, WAIT_POLL, false, 2, false},
	{SYS_pselect6, WAIT_POLL, false, 4, false},
	{SYS_epoll_pwait, WAIT_POLL, true, 3, true},
	{SYS_epoll_pwait2, WAIT_POLL, true, 3, false},
	{SYS_read, WAIT_READ, true, -1, false},
	{SYS_readv, WAIT_READ, true, -1, false},
	{SYS_pread64, WAIT_READ, true, -1, false},
	{SYS_preadv, WAIT_READ, true, -1, false},
	{SYS_preadv2, WAIT_READ, true, -1, false},
	{SYS_recvfrom, WAIT_READ, true, -1, false},
	{SYS_recvmsg, WAIT_READ, true, -1, false},
	{SYS_recvmmsg, WAIT_READ, true, 4, false},
	{SYS_write, WAIT_WRITE, true, -1, false},
	{SYS_writev, WAIT_WRITE, true, -1, false},
	{SYS_pwrite64, WAIT_WRITE, true, -1, false},
	{SYS_pwritev, WAIT_WRITE, true, -1, false},
	{SYS_pwritev2, WAIT_WRITE, true, -1, false},
	{SYS_sendto, WAIT_WRITE, true, -1, false},
	{SYS_sendmsg, WAIT_WRITE, true, -1, false},
	{SYS_sendmmsg, WAIT_WRITE, true, -1, false},
	{SYS_sendfile, WAIT_WRITE, true, -1, false},
	{SYS_fsync, WAIT_FSYNC, true, -1, false},
	{SYS_fdatasync, WAIT_FSYNC, true, -1, false},
	{SYS_sync_file_range, WAIT_FSYNC, true, -1, false},
	{SYS_syncfs, WAIT_FSYNC, true, -1, false},
	{SYS_msync, WAIT_FSYNC, false, -1, false},
	{SYS_sync, WAIT_FSYNC, false, -1, false},
	{SYS_nanosleep, WAIT_SLEEP, false, -2, false},
	{SYS_clock_nanosleep, WAIT_SLEEP, false, -2, false},
	{SYS_accept, WAIT_ACCEPT, true, -1, false},
	{SYS_accept4, WAIT_ACCEPT, true, -1, false},
	{SYS_connect, WAIT_CONNECT, true, -1, false},
	{SYS_wait4, WAIT_CHILD, false, -1, false},
	{SYS_waitid, WAIT_CHILD, false, -1, false},
	{SYS_rt_sigtimedwait, WAIT_SIGNAL, false, 2, false},
	{SYS_rt_sigsuspend, WAIT_SIGNAL, false, -1, false},
	{SYS_ioctl, WAIT_OTHER, true, -1, false},
	{SYS_fcntl, WAIT_OTHER, true, -1, false},
	{SYS_flock, WAIT_OTHER, true, -1, false},
	{SYS_fallocate, WAIT_OTHER, true, -1, false},
	{SYS_ftruncate, WAIT_OTHER, true, -1, false},
	{SYS_getdents64, WAIT_OTHER, true, -1, false},
};

static const struct call *find_call(long nr)
{
	for (size_t i = 0; i < sizeof(CALLS) / sizeof(CALLS[0]); i++)
		if (CALLS[i].nr == nr)
			return &CALLS[i];
	return NULL;
}

static bool is_futex(long nr)
{
	return nr == SYS_futex || nr == SYS_futex_waitv || nr == SYS_futex_wait;
}

long wait__futex_syscall(void)
{
	return SYS_futex;
}

/*
 * Public functions of glibc and musl under which a futex wait can happen. The
 * innermost that matches decides: a condition variable that waits to get its
 * mutex back waits for the mutex.
 */
static const struct {
	const char *part;
	enum wait_kind kind;
} FUTEX_CALLERS[] = {
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

/* Underscores before and a suffix like _ex, 64 or _np behind do not change what it is. */
static bool names_function(const char *name, const char *part)
{
	const char *at;

	if (!strncmp(name, "__GI_", 5))
		name += 5;
	at = name + strspn(name, "_");
	if (!strncmp(at, "new_sem", 7))
		at += 4;
	return !strncmp(at, part, strlen(part));
}

/* Deeper than this it is somebody else's wait that calls back into the application. */
#define MAX_DEPTH 6

static enum wait_kind classify_futex(const struct wait_evidence *e)
{
	for (size_t i = 0, calls = 0; i < e->frame_count && calls < MAX_DEPTH; i++) {
		const char *name = e->frames[i].function;

		calls += !e->frames[i].inlined;
		if (!name)
			continue;
		for (size_t k = 0; k < sizeof(FUTEX_CALLERS) / sizeof(FUTEX_CALLERS[0]); k++)
			if (names_function(name, FUTEX_CALLERS[k].part))
				return FUTEX_CALLERS[k].kind;
	}
	return WAIT_FUTEX;
}

enum wait_kind wait__classify(const struct wait_evidence *e)
{
	const struct call *c;

	if (e->state == 'T' || e->state == 't')
		return WAIT_STOPPED;
	if (e->syscall < 0)
		return e->state == 'D' ? WAIT_PAGE_FAULT : WAIT_OTHER;
	if (is_futex(e->syscall))
		return classify_futex(e);
	c = find_call(e->syscall);
	return c ? c->kind : WAIT_OTHER;
}

static bool futex_timed(const uint64_t *args)
{
	int operation = (int)args[1] & FUTEX_CMD_MASK;

	switch (operation) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_LOCK_PI:
	case FUTEX_WAIT_REQUEUE_PI:
		return args[3] != 0;
	}
	return false;
}

bool wait__timed(const struct wait_evidence *e)
{
	const struct call *c;

	if (e->syscall < 0)
		return false;
	if (e->syscall == SYS_futex)
		return futex_timed(e->args);
	if (e->syscall == SYS_futex_waitv)
		return e->args[3] != 0;
	if (e->syscall == SYS_futex_wait)
		return e->args[4] != 0;
	c = find_call(e->syscall);
	if (!c || c->timeout == -1)
		return false;
	if (c->timeout == -2)
		return true;
	if (c->timeout_is_int)
		return (int)e->args[c->timeout] >= 0;
	return e->args[c->timeout] != 0;
}

int wait__descriptor(const struct wait_evidence *e)
{
	const struct call *c = e->syscall >= 0 ? find_call(e->syscall) : NULL;

	if (!c || !c->on_descriptor)
		return -1;
	return (int)e->args[0];
}

uint64_t wait__futex_word(const struct wait_evidence *e)
{
	/* futex_waitv has an array of words, which is not among the arguments */
	if (e->syscall == SYS_futex || e->syscall == SYS_futex_wait)
		return e->args[0];
	return 0;
}

const char *wait__lock_kind(enum wait_kind kind)
{
	switch (kind) {
	case WAIT_RWLOCK_READ:
	case WAIT_RWLOCK_WRITE:
		return "rwlock";
	case WAIT_MUTEX:
	case WAIT_CONDVAR:
	case WAIT_SEMAPHORE:
	case WAIT_BARRIER:
	case WAIT_JOIN:
		return wait_kind__name(kind);
	default:
		return "futex";
	}
}

bool wait__idle(enum wait_kind kind)
{
	switch (kind) {
	case WAIT_POLL:
	case WAIT_SLEEP:
	case WAIT_ACCEPT:
	case WAIT_CHILD:
	case WAIT_SIGNAL:
	case WAIT_STOPPED:
		return true;
	default:
		return false;
	}
}

bool wait__pooled(enum wait_kind kind)
{
	return kind == WAIT_CONDVAR || (wait__idle(kind) && kind != WAIT_CHILD && kind != WAIT_STOPPED);
}

bool wait__holds_up(enum wait_kind kind)
{
	switch (kind) {
	case WAIT_MUTEX:
	case WAIT_RWLOCK_READ:
	case WAIT_RWLOCK_WRITE:
	case WAIT_WRITE:
	case WAIT_FSYNC:
	case WAIT_CONNECT:
	case WAIT_PAGE_FAULT:
		return true;
	default:
		return false;
	}
}

bool wait__exclusive(const char *lock_kind)
{
	return lock_kind && (!strcmp(lock_kind, "mutex") || !strcmp(lock_kind, "rwlock"));
}
