/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a thread waits for, from its system call and its frames. */
#include <linux/futex.h>
#include <sys/syscall.h>
#include "facts/calls.h"
#include "waits/wait.h"
#include "test.h"

static enum wait_kind kind_under(const char *innermost, const char *next, const char *outer)
{
	const struct frame frames[] = {{.address = 1, .function = innermost},
				       {.address = 2, .function = next},
				       {.address = 3, .function = outer},
				       {.address = 4}};
	const uint64_t args[6] = {0};
	const struct wait_evidence e = {
		.state = 'S', .syscall = SYS_futex, .args = args, .frames = frames, .frame_count = 4};

	return wait__classify(&e);
}

TEST(futex_waits_by_their_frames)
{
	static const struct {
		const char *frames[3];
		enum wait_kind kind;
	} CASES[] = {
		/* glibc 2.36, Debian 12 */
		{{"__GI___lll_lock_wait", "___pthread_mutex_lock", "log_line"}, WAIT_MUTEX},
		{{"__futex_abstimed_wait_common64", "__futex_abstimed_wait_common", "___pthread_cond_wait"},
		 WAIT_CONDVAR},
		{{"__futex_abstimed_wait_common", "__pthread_cond_wait_common",
		  "___pthread_cond_timedwait64"},
		 WAIT_CONDVAR},
		{{"__GI___lll_lock_wait", "___pthread_mutex_cond_lock", "___pthread_cond_wait"}, WAIT_MUTEX},
		{{"__lll_lock_wait", "__GI___pthread_mutex_cond_lock", "__pthread_cond_wait"}, WAIT_MUTEX},
		{{"__GI___futex_abstimed_wait64", "___pthread_rwlock_rdlock", "reader"}, WAIT_RWLOCK_READ},
		{{NULL, "__GI___pthread_rwlock_wrlock", "writer"}, WAIT_RWLOCK_WRITE},
		{{NULL, "___pthread_rwlock_clockwrlock64", "writer"}, WAIT_RWLOCK_WRITE},
		{{NULL, "___pthread_mutex_timedlock64", "f"}, WAIT_MUTEX},
		{{NULL, "__pthread_clockjoin_ex", "main"}, WAIT_JOIN},
		{{NULL, "___pthread_join", "main"}, WAIT_JOIN},
		{{NULL, "___pthread_barrier_wait", "f"}, WAIT_BARRIER},
		{{"do_futex_wait", "__new_sem_wait_slow64", "sem_wait"}, WAIT_SEMAPHORE},
		{{NULL, "__new_sem_wait", "f"}, WAIT_SEMAPHORE},
		{{NULL, "sem_timedwait@@GLIBC_2.34", "f"}, WAIT_SEMAPHORE},
		{{NULL, "__cnd_wait", "f"}, WAIT_CONDVAR},
		{{NULL, "mtx_lock", "f"}, WAIT_MUTEX},
		/* musl 1.2 */
		{{"__timedwait_cp", "pthread_cond_timedwait", "f"}, WAIT_CONDVAR},
		{{"__timedwait", "__pthread_mutex_timedlock", "f"}, WAIT_MUTEX},
		{{"__timedwait", "__pthread_rwlock_timedrdlock", "f"}, WAIT_RWLOCK_READ},
		{{"__timedwait_cp", "__pthread_timedjoin_np", "main"}, WAIT_JOIN},
		{{"__timedwait_cp", "sem_timedwait", "f"}, WAIT_SEMAPHORE},
		/* internal locks of glibc: of a stream, of the heap, another */
		{{"__lll_lock_wait_private", "_IO_fputs", "f"}, WAIT_MUTEX},
		{{"__lll_lock_wait_private", "__vsyslog_internal", "syslog"}, WAIT_MUTEX},
		/* what is done once, in C, C++ and Rust */
		{{"__futex_wait", "__pthread_once_slow", "f"}, WAIT_MUTEX},
		{{"syscall", "__cxa_guard_acquire", "f"}, WAIT_MUTEX},
		{{"syscall", "<std::sys::sync::once::futex::Once>::call", "f"}, WAIT_MUTEX},
		/* Rust 1.95 and 1.63, parking_lot 0.12 */
		{{"syscall", "<std::sys::sync::mutex::futex::Mutex>::lock_contended", "f"}, WAIT_MUTEX},
		{{"futex_wait", "std::sys::unix::locks::futex::Mutex::lock_contended", "f"}, WAIT_MUTEX},
		{{"syscall", "std::sys::unix::locks::futex_rwlock::RwLock::read_contended", "f"},
		 WAIT_RWLOCK_READ},
		{{"syscall", "<std::sys::sync::rwlock::futex::RwLock>::write_contended", "f"},
		 WAIT_RWLOCK_WRITE},
		{{"syscall", "parking_lot::raw_mutex::RawMutex::lock_slow", "f"}, WAIT_MUTEX},
		{{"syscall", "parking_lot::raw_rwlock::RawRwLock::lock_shared_slow", "f"}, WAIT_RWLOCK_READ},
		{{"my::Mutex::lock_contended", "lock_slow", "std::sys"}, WAIT_FUTEX},
		/* not the C library's */
		{{"runtime.futex", "runtime.futexsleep", "runtime.notesleep"}, WAIT_FUTEX},
		{{"my_pthread_mutex_lock", "wait_for_sem_wait", "main"}, WAIT_FUTEX},
		{{NULL, NULL, NULL}, WAIT_FUTEX},
	};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		enum wait_kind kind = kind_under(CASES[i].frames[0], CASES[i].frames[1], CASES[i].frames[2]);

		if (kind != CASES[i].kind)
			printf("# %s < %s\n", CASES[i].frames[1], CASES[i].frames[2]);
		CHECK_STR(wait_kind__name(kind), wait_kind__name(CASES[i].kind));
	}
}

static enum lock_form form_under(const struct frame *frames, size_t count)
{
	static const uint64_t args[6];

	return futex_wait__classify(SYS_futex, args, frames, count).form;
}

TEST(locks_are_laid_out_by_the_library_that_waits)
{
	static const struct frame glibc[] = {{.function = "__GI___lll_lock_wait"},
					     {.function = "___pthread_mutex_lock"},
					     {.function = "main"}};
	static const struct frame by_file[] = {
		{.function = "pthread_rwlock_rdlock", .module = "/lib/x86_64-linux-gnu/libc.so.6"}};
	static const struct frame old[] = {
		{.function = "pthread_cond_wait", .module = "/lib/x86_64-linux-gnu/libpthread-2.31.so"}};
	static const struct frame musl[] = {{.function = "__syscall_cp_c"},
					    {.function = "__timedwait_cp"},
					    {.function = "sem_timedwait"}};
	static const struct frame shared_musl[] = {
		{.function = "pthread_barrier_wait", .module = "/lib/ld-musl-x86_64.so.1"}};
	static const struct frame by_start[] = {{.function = "pthread_barrier_wait"},
						{.function = "worker"},
						{.function = "start"},
						{.function = "__clone"}};
	static const struct frame inner[] = {{.function = "__lll_lock_wait_private"}, {.function = "malloc"}};
	static const struct frame unknown[] = {{.function = "pthread_mutex_lock", .module = "/opt/libc.bin"}};

	CHECK_EQ(form_under(glibc, 3), FORM_GLIBC);
	CHECK_EQ(form_under(by_file, 1), FORM_GLIBC);
	CHECK_EQ(form_under(old, 1), FORM_GLIBC);
	CHECK_EQ(form_under(musl, 3), FORM_MUSL);
	CHECK_EQ(form_under(shared_musl, 1), FORM_MUSL);
	CHECK_EQ(form_under(by_start, 4), FORM_MUSL);
	CHECK_EQ(form_under(inner, 2), FORM_MALLOC);
	CHECK_EQ(form_under(unknown, 1), FORM_UNKNOWN);
	CHECK_EQ(form_under(NULL, 0), FORM_UNKNOWN);
}

/* Without a single name: the kernel itself knows an owner. */
TEST(priority_inheritance_is_a_mutex)
{
	static const int OPERATIONS[] = {FUTEX_LOCK_PI, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG,
					 13 /* LOCK_PI2 */};

	for (size_t i = 0; i < 3; i++) {
		const uint64_t args[6] = {0x1000, (uint64_t)OPERATIONS[i]};
		struct futex_wait w = futex_wait__classify(SYS_futex, args, NULL, 0);

		CHECK_EQ(w.kind, WAIT_MUTEX);
		CHECK_EQ(w.form, FORM_KERNEL);
	}
}

TEST(a_list_of_futexes)
{
	const uint64_t args[6] = {0x1000, 3, 0, 0x2000}, many[6] = {0x1000, 129};
	size_t count;

	CHECK_EQ(futex_wait__list(449, args, &count), 0x1000);
	CHECK_EQ(count, 3);
	CHECK(futex_wait__timed(449, args));
	CHECK_EQ(futex_wait__word(449, args), 0);
	CHECK_EQ(futex_wait__list(449, many, &count), 0); /* no more than the kernel takes */
	CHECK_EQ(futex_wait__list(SYS_futex, args, &count), 0);
	CHECK_EQ(count, 0);
}

static enum wait_kind kind_within(char state, long call, const struct frame *kernel, size_t count)
{
	static const uint64_t args[6];
	const struct call_stack stack = {.frames = kernel, .count = count, .end = STACK_COMPLETE};
	const struct wait_evidence e = {.state = state, .syscall = call, .args = args, .kernel = &stack};

	return wait__classify(&e);
}

TEST(page_faults_by_the_kernels_frames)
{
	static const struct frame fault[] = {{.function = "folio_wait_bit_common"},
					     {.function = "filemap_fault"},
					     {.function = "handle_mm_fault"},
					     {.function = "exc_page_fault"}};
	static const struct frame user[] = {{.function = "handle_userfault"},
					    {.function = "do_user_addr_fault"}};
	static const struct frame other[] = {{.function = "futex_do_wait"}, {.function = NULL}};
	const struct call_stack stack = {.frames = fault, .count = 4, .end = STACK_COMPLETE}, none = {0};

	CHECK_EQ(kind_within('D', -1, fault, 4), WAIT_PAGE_FAULT);
	CHECK_EQ(kind_within('D', SYS_write, fault, 4), WAIT_PAGE_FAULT); /* its buffer is not there */
	CHECK_EQ(kind_within('S', -1, user, 2), WAIT_PAGE_FAULT);
	CHECK_EQ(kind_within('D', -1, other, 2), WAIT_OTHER);
	CHECK_EQ(kind_within('D', -1, NULL, 0), WAIT_PAGE_FAULT); /* as far as can be known */
	CHECK_EQ(kind_within('D', SYS_read, other, 2), WAIT_READ);
	CHECK_STR(wait__sleeper(&stack), "folio_wait_bit_common");
	CHECK(!wait__sleeper(&none));
}

TEST(a_nameless_function_is_told_by_what_was_called)
{
	/* libc without its debug symbols: sem_wait went on in a static function by a jump */
	const struct frame frames[] = {{.address = 1},
				       {.address = 2, .called = "sem_wait"},
				       {.address = 3, .function = "take_job", .called = "pthread_join"}};
	const uint64_t args[6] = {0};
	struct wait_evidence e = {
		.state = 'S', .syscall = SYS_futex, .args = args, .frames = frames, .frame_count = 3};

	CHECK_EQ(wait__classify(&e), WAIT_SEMAPHORE);
	e.frames++; /* a name of its own counts for more */
	e.frames++;
	e.frame_count = 1;
	CHECK_EQ(wait__classify(&e), WAIT_FUTEX);
}

TEST(a_futex_deep_below_a_lock_is_not_its)
{
	struct frame frames[8] = {{.function = "a"},           {.function = "b"}, {.function = "c"},
				  {.function = "d"},           {.function = "e"}, {.function = "f"},
				  {.function = "pthread_join"}};
	const uint64_t args[6] = {0};
	struct wait_evidence e = {
		.state = 'S', .syscall = SYS_futex, .args = args, .frames = frames, .frame_count = 7};

	CHECK_EQ(wait__classify(&e), WAIT_FUTEX);
	e.frames = frames + 1;
	e.frame_count = 6;
	CHECK_EQ(wait__classify(&e), WAIT_JOIN);
	e.frames = NULL;
	e.frame_count = 0;
	CHECK_EQ(wait__classify(&e), WAIT_FUTEX);
}

TEST(waits_by_their_system_call)
{
	static const struct {
		char state;
		long syscall;
		enum wait_kind kind;
		int fd;
	} CASES[] = {
		{'S', SYS_write, WAIT_WRITE, 7},
		{'D', SYS_pwritev2, WAIT_WRITE, 7},
		{'D', SYS_fsync, WAIT_FSYNC, 7},
		{'D', SYS_fdatasync, WAIT_FSYNC, 7},
		{'D', SYS_msync, WAIT_FSYNC, -1},
		{'S', SYS_read, WAIT_READ, 7},
		{'S', SYS_recvmsg, WAIT_READ, 7},
		{'S', SYS_ppoll, WAIT_POLL, -1},
		{'S', SYS_epoll_pwait, WAIT_POLL, 7},
		{'S', SYS_io_uring_enter, WAIT_POLL, 7},
		{'S', SYS_io_getevents, WAIT_POLL, -1},
		{'S', SYS_clock_nanosleep, WAIT_SLEEP, -1},
		{'S', SYS_accept4, WAIT_ACCEPT, 7},
		{'S', SYS_connect, WAIT_CONNECT, 7},
		{'S', SYS_wait4, WAIT_CHILD, -1},
		{'S', SYS_waitid, WAIT_CHILD, -1},
		{'S', SYS_rt_sigtimedwait, WAIT_SIGNAL, -1},
		{'S', SYS_getpid, WAIT_OTHER, -1},
		{'D', -1, WAIT_PAGE_FAULT, -1},
		{'S', -1, WAIT_OTHER, -1},
		{'T', SYS_write, WAIT_STOPPED, 7},
		{'t', -1, WAIT_STOPPED, -1},
		{'S', 100000, WAIT_OTHER, -1},
	};
	const uint64_t args[6] = {7};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct wait_evidence e = {.state = CASES[i].state, .syscall = CASES[i].syscall, .args = args};

		CHECK_STR(wait_kind__name(wait__classify(&e)), wait_kind__name(CASES[i].kind));
		CHECK_EQ(wait__descriptor(&e), CASES[i].fd);
	}
	struct wait_evidence frozen = {
		.state = 'S', .frozen = true, .syscall = SYS_clock_nanosleep, .args = args};

	CHECK_EQ(wait__classify(&frozen), WAIT_STOPPED);
	CHECK_STR(syscall_name(SYS_futex), "futex");
	CHECK(!syscall_name(-1));
	CHECK(!syscall_name(100000));
}

static bool timed(long syscall, int index, uint64_t value, uint64_t operation)
{
	uint64_t args[6] = {0};
	struct wait_evidence e = {.state = 'S', .syscall = syscall, .args = args};

	args[1] = operation;
	args[index] = value;
	return wait__timed(&e);
}

TEST(time_outs)
{
	CHECK(timed(SYS_futex, 3, 0x7000, FUTEX_WAIT | FUTEX_PRIVATE_FLAG));
	CHECK(!timed(SYS_futex, 3, 0, FUTEX_WAIT | FUTEX_PRIVATE_FLAG));
	CHECK(timed(SYS_futex, 3, 0x7000, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME));
	CHECK(timed(SYS_futex, 3, 0x7000, FUTEX_LOCK_PI));
	CHECK(!timed(SYS_futex, 3, 7, FUTEX_CMP_REQUEUE)); /* there it is a count */
	CHECK(timed(449, 3, 0x7000, 0));                   /* futex_waitv */
	CHECK(!timed(449, 3, 0, 0));
	CHECK(timed(455, 4, 0x7000, 0)); /* futex_wait */
	CHECK(timed(455, 4, 1, 0));
	CHECK(!timed(455, 4, 0, 0));
	CHECK(!timed(449, 3, 0, 0));
	CHECK(timed(SYS_nanosleep, 0, 0, 0));
	CHECK(timed(SYS_clock_nanosleep, 0, 0, 0));
	CHECK(timed(SYS_ppoll, 2, 0x7000, 0));
	CHECK(!timed(SYS_ppoll, 2, 0, 0));
	CHECK(timed(SYS_io_getevents, 4, 0x7000, 0));
	CHECK(!timed(SYS_io_getevents, 4, 0, 0));
	CHECK(timed(SYS_epoll_pwait, 3, 100, 0));
	CHECK(timed(SYS_epoll_pwait, 3, 0, 0));
	CHECK(!timed(SYS_epoll_pwait, 3, UINT32_MAX, 0)); /* -1 in the lower half */
	CHECK(!timed(SYS_epoll_pwait, 3, UINT64_MAX, 0));
	CHECK(!timed(SYS_read, 3, 100, 0));
	CHECK(!timed(SYS_accept4, 3, 100, 0));
	CHECK(!timed(-1, 3, 100, 0));
}

static enum lock_form inner_form(const char *innermost, const char *next, const char *file)
{
	const struct frame frames[] = {{.address = 1, .function = innermost, .module = file},
				       {.address = 2, .function = next, .module = file},
				       {.address = 3, .function = "main", .module = "/bin/program"}};
	const uint64_t args[6] = {0};

	return futex_wait__classify(SYS_futex, args, frames, 3).form;
}

TEST(internal_locks_of_c_libraries)
{
	const char *glibc = "/lib/x86_64-linux-gnu/libc.so.6", *musl = "/lib/ld-musl-x86_64.so.1";

	CHECK_EQ(inner_form("__lll_lock_wait_private", "_IO_puts", glibc), FORM_FILE);
	CHECK_EQ(inner_form("__lll_lock_wait_private", "_int_free", glibc), FORM_MALLOC);
	CHECK_EQ(inner_form("__lll_lock_wait_private", "__vsyslog_internal", glibc), FORM_INNER);
	CHECK_EQ(inner_form(NULL, "fwrite", musl), FORM_MUSL_FILE);
	CHECK_EQ(inner_form(NULL, "malloc", musl), FORM_MALLOC);
	CHECK_EQ(inner_form(NULL, "vsyslog", musl), FORM_INNER);
	/* musl waits in these for other things, and the program's own functions are not its. */
	CHECK_EQ(inner_form(NULL, "sigwaitinfo", musl), FORM_UNKNOWN);
	CHECK_EQ(inner_form(NULL, NULL, musl), FORM_UNKNOWN);
	CHECK_EQ(inner_form(NULL, "malloc", "/lib/libjemalloc.so"), FORM_UNKNOWN);
}

TEST(who_waits_for_input_delays_nobody)
{
	CHECK(wait__for_input(WAIT_POLL, "epoll_wait", NULL));
	CHECK(!wait__for_input(WAIT_POLL, "poll", NULL));
	CHECK(wait__for_input(WAIT_SIGNAL, "rt_sigtimedwait", NULL));
	CHECK(wait__for_input(WAIT_OTHER, "msgrcv", NULL));
	CHECK(wait__for_input(WAIT_READ, "recvfrom", "socket at 0.0.0.0:514"));
	CHECK(wait__for_input(WAIT_READ, "read", "anon_inode:inotify"));
	CHECK(!wait__for_input(WAIT_SIGNAL, "pause", NULL));
	/* The port of a service that the kernel chose, or that of a client: not known. */
	CHECK(wait__for_input(WAIT_READ, "recvfrom", "socket at 0.0.0.0:53665"));
	CHECK(wait__for_input(WAIT_READ, "read", "anon_inode:[eventfd]"));
	CHECK(wait__for_input(WAIT_READ, "read", "/dev/pts/3"));
	CHECK(wait__for_input(WAIT_SEMAPHORE, "futex", NULL));
	CHECK(wait__for_input(WAIT_OTHER, "semop", NULL));
	CHECK(!wait__for_input(WAIT_READ, "read", "/srv/log/anon_inode:x"));
	CHECK(!wait__for_input(WAIT_FUTEX, "futex", NULL));
	CHECK(!wait__for_input(WAIT_READ, "recvfrom", "socket to 10.0.0.2:514"));
	CHECK(!wait__for_input(WAIT_READ, "recvfrom", NULL));
	CHECK(!wait__for_input(WAIT_READ, "read", "pipe:[1]"));
	CHECK(!wait__for_input(WAIT_READ, NULL, NULL));
}

TEST_MAIN
