// SPDX-License-Identifier: GPL-2.0-or-later
#include "waits/wait.h"

#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#include "facts/calls.h"
#include "util/text.h"

#ifndef SYS_poll /* newer processors have these only in files of others */
#define SYS_poll       CALL_FOREIGN(7)
#define SYS_select     CALL_FOREIGN(23)
#define SYS_pause      CALL_FOREIGN(34)
#define SYS_vfork      CALL_FOREIGN(58)
#define SYS_epoll_wait CALL_FOREIGN(232)
#endif

/* The kind of wait of each system call, and the meaning of its arguments. */
static const struct call {
	long nr;
	enum wait_kind kind;
	bool on_descriptor;  /* argument 0 */
	signed char timeout; /* timeout argument; -1: none, -2: always timed */
	bool timeout_is_int; /* in ms, negative: none; else a pointer, NULL: none */
} CALLS[] = {
	{SYS_poll, WAIT_POLL, false, 2, true},
	{SYS_select, WAIT_POLL, false, 4, false},
	{SYS_epoll_wait, WAIT_POLL, true, 3, true},
	{SYS_pause, WAIT_SIGNAL, false, -1, false},
	{SYS_vfork, WAIT_CHILD, false, -1, false},
	{SYS_ppoll, WAIT_POLL, false, 2, false},
	{SYS_pselect6, WAIT_POLL, false, 4, false},
	{SYS_epoll_pwait, WAIT_POLL, true, 3, true},
	{SYS_epoll_pwait2, WAIT_POLL, true, 3, false},
	{SYS_io_getevents, WAIT_POLL, false, 4, false},
	{SYS_io_pgetevents, WAIT_POLL, false, 4, false},
	{SYS_io_uring_enter, WAIT_POLL, true, -1, false}, /* for completions */
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
	{SYS_clone, WAIT_CHILD, false, -1,
	 false}, /* with CLONE_VFORK: until the child runs its own program */
	{SYS_clone3, WAIT_CHILD, false, -1, false},
	{SYS_rt_sigtimedwait, WAIT_SIGNAL, false, 2, false},
	{SYS_rt_sigsuspend, WAIT_SIGNAL, false, -1, false},
	{SYS_semop, WAIT_SYSV_SEMAPHORE, false, -1, false},
	{SYS_semtimedop, WAIT_SYSV_SEMAPHORE, false, 3, false},
	{SYS_msgsnd, WAIT_MESSAGE_SEND, false, -1, false},
	{SYS_mq_timedsend, WAIT_MESSAGE_SEND, true, 4, false},
	{SYS_mq_timedreceive, WAIT_OTHER, true, 4, false},
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

/* Also within a system call that accesses the program's memory. The innermost functions are those of
 * sleeping, then those of the fault. */
static bool in_page_fault(const struct call_stack *kernel)
{
	static const char *const FAULTS[] = {"handle_mm_fault", "do_user_addr_fault", "exc_page_fault",
					     "do_page_fault", "handle_userfault"};

	for (size_t i = 0; kernel && i < kernel->count; i++) {
		const char *name = kernel->frames[i].function;

		for (size_t k = 0; name && k < sizeof(FAULTS) / sizeof(FAULTS[0]); k++)
			if (!strcmp(name, FAULTS[k]))
				return true;
	}
	return false;
}

bool wait__locks_file(long syscall, const uint64_t *args)
{
	return syscall == SYS_flock ||
	       (syscall == SYS_fcntl && ((int)args[1] == F_SETLKW || (int)args[1] == F_OFD_SETLKW));
}

enum wait_kind wait__classify(const struct wait_evidence *e)
{
	const struct call *c;

	if (e->state == 'T' || e->state == 't' || e->frozen)
		return WAIT_STOPPED;
	if (in_page_fault(e->kernel))
		return WAIT_PAGE_FAULT;
	if (e->syscall < 0)
		return e->state == 'D' && !(e->kernel && e->kernel->count) ? WAIT_PAGE_FAULT : WAIT_OTHER;
	if (futex_wait__is(e->syscall))
		return futex_wait__classify(e->syscall, e->args, e->frames, e->frame_count).kind;
	if (wait__locks_file(e->syscall, e->args))
		return WAIT_FILE_LOCK;
	c = find_call(e->syscall);
	return c ? c->kind : WAIT_OTHER;
}

bool wait__timed(const struct wait_evidence *e)
{
	const struct call *c;

	if (e->syscall < 0)
		return false;
	if (futex_wait__is(e->syscall))
		return futex_wait__timed(e->syscall, e->args);
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

enum lock_form wait__lock_form(const struct wait_evidence *e)
{
	if (!futex_wait__is(e->syscall))
		return FORM_UNKNOWN;
	return futex_wait__classify(e->syscall, e->args, e->frames, e->frame_count).form;
}

enum lock_kind wait__lock_kind(enum wait_kind kind)
{
	switch (kind) {
	case WAIT_RWLOCK_READ:
	case WAIT_RWLOCK_WRITE:
		return LOCK_RWLOCK;
	case WAIT_MUTEX:
		return LOCK_MUTEX;
	case WAIT_CONDVAR:
		return LOCK_CONDVAR;
	case WAIT_SEMAPHORE:
		return LOCK_SEMAPHORE;
	case WAIT_BARRIER:
		return LOCK_BARRIER;
	case WAIT_JOIN:
		return LOCK_JOIN;
	default:
		return LOCK_FUTEX;
	}
}

bool wait__ended(char state)
{
	return state == 'Z' || state == 'X';
}

bool wait__sleeps(long syscall)
{
	const struct call *c = find_call(syscall);

	return c && c->kind == WAIT_SLEEP;
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

bool wait__lock_for_work(enum lock_kind kind, bool go)
{
	return kind == LOCK_CONDVAR || (go && kind == LOCK_FUTEX);
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
	case WAIT_FILE_LOCK:
	case WAIT_MESSAGE_SEND:
		return true;
	default:
		return false;
	}
}

/* What is read there comes when somebody has something to say: of a socket without a peer, by anybody; of an
 * eventfd, a timer, a signal, a person. */
static bool is_source(const char *file)
{
	static const char *const SOURCES[] = {"socket at ",  "anon_inode:", "/dev/pts/", "/dev/tty",
					      "/dev/input/", "/dev/kmsg",   "/proc/kmsg"};

	for (size_t i = 0; i < sizeof(SOURCES) / sizeof(SOURCES[0]); i++)
		if (starts_with(file, SOURCES[i]))
			return true;
	return false;
}

bool wait__for_input(enum wait_kind kind, const char *syscall, const char *file)
{
	/* sigwait; what is in pause is often not meant to go on. */
	static const char *const CALLS_FOR_INPUT[] = {"rt_sigtimedwait", "msgrcv", "mq_timedreceive", "semop",
						      "semtimedop"};

	if (kind == WAIT_SEMAPHORE)
		return true;
	if (!syscall)
		return false;
	if (kind == WAIT_POLL)
		return starts_with(syscall, "epoll_");
	for (size_t i = 0; i < sizeof(CALLS_FOR_INPUT) / sizeof(CALLS_FOR_INPUT[0]); i++)
		if (!strcmp(syscall, CALLS_FOR_INPUT[i]))
			return true;
	return file && (starts_with(syscall, "recv") || starts_with(syscall, "read")) && is_source(file);
}

bool wait__tries_again(enum wait_kind kind)
{
	switch (kind) {
	case WAIT_MUTEX:
	case WAIT_RWLOCK_READ:
	case WAIT_RWLOCK_WRITE:
	case WAIT_SEMAPHORE:
	case WAIT_FUTEX:
		return true;
	default:
		return false;
	}
}

bool wait__exclusive(enum lock_kind kind)
{
	return kind == LOCK_MUTEX || kind == LOCK_RWLOCK || kind == LOCK_MONITOR;
}

const char *wait__sleeper(const struct call_stack *kernel)
{
	static const char *const SCHEDULER[] = {
		"__switch_to",         "__schedule",       "schedule",      "io_schedule",
		"preempt_schedule",    "bit_wait",         "__wait_on_bit", "out_of_line_wait_on_bit",
		"wait_for_completion", "__wait_for_common"};

	for (size_t i = 0; i < kernel->count; i++) {
		const char *name = kernel->frames[i].function;
		bool scheduler = !name;

		for (size_t k = 0; !scheduler && k < sizeof(SCHEDULER) / sizeof(SCHEDULER[0]); k++)
			scheduler = starts_with(name, SCHEDULER[k]);
		if (!scheduler)
			return name;
	}
	return NULL;
}
