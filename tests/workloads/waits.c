/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One thread in each kind of wait, named after it; lock-owner and read-owner
 * hold the locks. Prints for each: TID, the wait's kind, the lock's symbol and
 * address, the owner's TID if the C library notes it in the lock, whether the
 * call has a time-out, the descriptor, and the time (CLOCK_REALTIME) right
 * before it began to wait. What the kernel or the C library does not have is left out.
 */
#include "waits_calls.h"

enum owner { NOBODY, LOCK_OWNER, READ_OWNER, JOIN_TARGET };
#ifdef __GLIBC__
#define NOTED LOCK_OWNER
#else
#define NOTED NOBODY /* musl notes no owner in rwlocks and plain mutexes */
#endif

/* On a lock without a symbol of its own. */
#define ON_PLACE(thread, wait, symbol, how, place, holder)                                            \
	{                                                                                             \
		.name = (thread), .kind = (wait), .lock = (symbol), .block = (how), .where = (place), \
		.owner = (holder)                                                                     \
	}
static void *member_mutex(void)
{
	return &lock_members.mutex;
}
static void *member_rwlock(void)
{
	return &lock_members.rwlock;
}
static void *member_cond(void)
{
	return &lock_members.cond;
}
static void *heap_mutex(void)
{
	return &heap->mutex;
}
static void *heap_rwlock(void)
{
	return &heap->rwlock;
}
static void *heap_cond(void)
{
	return &heap->cond;
}

#define ON_LOCK(thread, wait, object, how, holder, time_out)                                             \
	{                                                                                                \
		.name = (thread), .kind = (wait), .lock = #object, .block = (how), .address = &(object), \
		.owner = (holder), .timed = (time_out)                                                   \
	}

static struct kind {
	const char *name, *kind, *lock; /* thread, wait, symbol */
	void (*block)(void);
	void *address;
	void *(*where)(void); /* the address, where it is not known at compile time */
	const bool *needs;    /* NULL: nothing */
	enum owner owner;
	bool timed;
	int *fd;
	pid_t tid;
	uint64_t since_ns;
	atomic_bool started;
} kinds[] = {
	ON_LOCK("mutex-normal", "mutex", lock_normal, wait_normal, NOTED, false),
	ON_LOCK("mutex-recursive", "mutex", lock_recursive, wait_recursive, LOCK_OWNER, false),
	ON_LOCK("mutex-errorchk", "mutex", lock_errorcheck, wait_errorcheck, LOCK_OWNER, false),
	ON_LOCK("mutex-adaptive", "mutex", lock_adaptive, wait_adaptive, NOTED, false),
	ON_LOCK("mutex-robust", "mutex", lock_robust, wait_robust, LOCK_OWNER, false),
	{.name = "mutex-pi",
	 .kind = "mutex",
	 .lock = "lock_pi",
	 .block = wait_pi,
	 .address = &lock_pi,
	 .needs = &have_pi,
	 .owner = LOCK_OWNER},
	ON_LOCK("rwlock-read", "rwlock-read", lock_rwlock_read, wait_rwlock_read, NOTED, false),
	ON_LOCK("rwlock-write", "rwlock-write", lock_rwlock_write, wait_rwlock_write, NOTED, false),
	/* Behind a reader, whom the lock does not name */
	ON_LOCK("rwlock-readers", "rwlock-write", lock_rwlock_readers, wait_rwlock_readers, NOBODY, false),
	ON_LOCK("condvar", "condvar", lock_cond, wait_cond, NOBODY, false),
	ON_LOCK("condvar-timed", "condvar", lock_cond_timed, wait_cond_timed, NOBODY, true),
	ON_LOCK("semaphore", "semaphore", lock_semaphore, wait_semaphore, NOBODY, false),
	ON_LOCK("barrier", "barrier", lock_barrier, wait_barrier, NOBODY, false),
	{.name = "join", .kind = "join", .block = wait_join, .owner = JOIN_TARGET},
	ON_LOCK("raw-futex", "futex", lock_raw_futex, wait_raw_futex, NOBODY, false),
	{.name = "futex-waitv",
	 .kind = "futex",
	 .lock = "lock_waitv",
	 .block = wait_waitv,
	 .address = &lock_waitv,
	 .needs = &have_waitv},
	ON_LOCK("mutex-timed", "mutex", lock_normal, wait_timed, NOTED, true),
	ON_LOCK("semaphore-timed", "semaphore", lock_semaphore, wait_semaphore_timed, NOBODY, true),
	ON_PLACE("member-mutex", "mutex", "lock_members+24", wait_member, member_mutex, NOTED),
	ON_PLACE("member-rwlock", "rwlock-read", "lock_members+128", wait_member_rwlock, member_rwlock,
		 NOTED),
	ON_PLACE("member-cond", "condvar", "lock_members+192", wait_member_cond, member_cond, NOBODY),
	ON_PLACE("heap-mutex", "mutex", NULL, wait_heap, heap_mutex, NOTED),
	ON_PLACE("heap-rwlock", "rwlock-write", NULL, wait_heap_rwlock, heap_rwlock, NOTED),
	ON_PLACE("heap-cond", "condvar", NULL, wait_heap_cond, heap_cond, NOBODY),
	{.name = "read", .kind = "read", .block = wait_read, .fd = &empty_pipe[0]},
	{.name = "write", .kind = "write", .block = wait_write, .fd = &full_pipe[1]},
	{.name = "poll", .kind = "poll", .block = wait_poll},
	{.name = "poll-timed", .kind = "poll", .block = wait_poll_timed, .timed = true},
	{.name = "epoll", .kind = "poll", .block = wait_epoll},
	{.name = "epoll-timed", .kind = "poll", .block = wait_epoll_timed, .timed = true},
	{.name = "select", .kind = "poll", .block = wait_select},
	{.name = "select-timed", .kind = "poll", .block = wait_select_timed, .timed = true},
	{.name = "sleep", .kind = "sleep", .block = wait_sleep},
	{.name = "accept", .kind = "accept", .block = wait_accept, .fd = &listener},
	{.name = "connect", .kind = "connect", .block = wait_connect},
	{.name = "wait-child", .kind = "wait-child", .block = wait_child},
	{.name = "sigwait", .kind = "signal", .block = wait_signal},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static pid_t owners[4];

static bool possible(const struct kind *k)
{
	return !k->needs || *k->needs;
}

static void *hold_locks(void *arg)
{
	(void)arg;
	set_name("lock-owner");
	owners[LOCK_OWNER] = my_tid();
	pthread_mutex_lock(&lock_normal);
	pthread_mutex_lock(&lock_recursive);
	pthread_mutex_lock(&lock_errorcheck);
	pthread_mutex_lock(&lock_adaptive);
	pthread_mutex_lock(&lock_robust);
	have_pi = !pthread_mutex_lock(&lock_pi);
	pthread_rwlock_wrlock(&lock_rwlock_read);
	pthread_rwlock_wrlock(&lock_rwlock_write);
	pthread_mutex_lock(&lock_members.mutex);
	pthread_rwlock_wrlock(&lock_members.rwlock);
	pthread_mutex_lock(&heap->mutex);
	pthread_rwlock_wrlock(&heap->rwlock);
	holding++;
	return sleep_for_ever();
}

static void *hold_read_lock(void *arg)
{
	(void)arg;
	set_name("read-owner");
	owners[READ_OWNER] = my_tid();
	pthread_rwlock_rdlock(&lock_rwlock_readers);
	holding++;
	return sleep_for_ever();
}

static void *be_joined(void *arg)
{
	(void)arg;
	set_name("join-target");
	owners[JOIN_TARGET] = my_tid();
	holding++;
	return sleep_for_ever();
}

static void *run_kind(void *arg)
{
	struct kind *k = arg;

	set_name(k->name);
	k->tid = my_tid();
	k->since_ns = wall_ns();
	k->started = true;
	k->block();
	KEEP_FRAME();
	fprintf(stderr, "waits: %s did not wait\n", k->name);
	exit(1);
}

static void make_mutex(pthread_mutex_t *mutex, int type, bool robust, bool pi)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, type);
	if (robust)
		pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (pi)
		pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(mutex, &attr);
}

static int listen_on_unix(struct sockaddr_un *address, socklen_t *len)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	address->sun_family = AF_UNIX;
	/* The family alone: the kernel picks an abstract name */
	if (fd < 0 || bind(fd, (struct sockaddr *)address, sizeof(sa_family_t)) || listen(fd, 0) ||
	    getsockname(fd, (struct sockaddr *)address, len))
		die("listen");
	return fd;
}

static void fill_backlog(void)
{
	int fd;

	do {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	} while (!connect(fd, (struct sockaddr *)&full_address, full_address_len));
	close(fd);
}

static void fill_pipe(void)
{
	char block[4096] = {0};

	if (pipe(empty_pipe) || pipe(full_pipe))
		die("pipe");
	fcntl(full_pipe[1], F_SETFL, O_NONBLOCK);
	while (write(full_pipe[1], block, sizeof(block)) > 0)
		;
	fcntl(full_pipe[1], F_SETFL, 0);
}

static void prepare(void)
{
	struct sockaddr_un address;
	socklen_t len = sizeof(address);
	struct epoll_event e = {.events = EPOLLIN};
	sigset_t set;

	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		sleep_for_ever();
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	make_mutex(&lock_recursive, PTHREAD_MUTEX_RECURSIVE, false, false);
	make_mutex(&lock_errorcheck, PTHREAD_MUTEX_ERRORCHECK, false, false);
	make_mutex(&lock_adaptive, PTHREAD_MUTEX_ADAPTIVE_NP, false, false);
	make_mutex(&lock_robust, PTHREAD_MUTEX_NORMAL, true, false);
	make_mutex(&lock_pi, PTHREAD_MUTEX_NORMAL, false, true);
	pthread_barrier_init(&lock_barrier, NULL, 2);
	sem_init(&lock_semaphore, 0, 0);
	heap = calloc(1, sizeof(*heap)); /* all zero is unlocked */
	lock_list[0] = (struct futex_waitv){.uaddr = (uintptr_t)&lock_waitv, .flags = FUTEX_32};
	lock_list[1] = (struct futex_waitv){.uaddr = (uintptr_t)&lock_waitv_other, .flags = FUTEX_32};
	have_waitv = syscall(SYS_futex_waitv, NULL, 0, 0, NULL, 0) < 0 && errno != ENOSYS;
	fill_pipe();
	listener = listen_on_unix(&address, &len);
	full_listener = listen_on_unix(&full_address, &full_address_len);
	fill_backlog();
	epoll = epoll_create1(0);
	epoll_ctl(epoll, EPOLL_CTL_ADD, empty_pipe[0], &e);
	start_thread(hold_locks, NULL, 65536);
	start_thread(hold_read_lock, NULL, 65536);
	join_target = start_thread(be_joined, NULL, 65536);
	while (holding < 3)
		sleep_ns(1000000);
}

static void describe(FILE *out)
{
	const char *comma = "";

	fprintf(out, "{\"pid\":%d,\"waits\":{", (int)getpid());
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];

		if (!k->tid)
			continue;
		fprintf(out, "%s\"%s\":{\"tid\":%d,\"kind\":\"%s\",\"timed\":%s,\"since_ns\":%llu", comma,
			k->name, (int)k->tid, k->kind, k->timed ? "true" : "false",
			(unsigned long long)k->since_ns);
		if (k->address || k->where)
			fprintf(out, ",\"address\":\"%p\"", k->where ? k->where() : k->address);
		if (k->lock)
			fprintf(out, ",\"lock\":\"%s\"", k->lock);
		if (k->owner)
			fprintf(out, ",\"owner_tid\":%d", (int)owners[k->owner]);
		if (k->fd)
			fprintf(out, ",\"fd\":%d", *k->fd);
		fputc('}', out);
		comma = ",";
	}
	fprintf(out, "}}");
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "");
	size_t len;
	char *text;
	FILE *out = open_memstream(&text, &len);

	prepare();
	for (size_t i = 0; i < KINDS; i++)
		if (possible(&kinds[i]))
			start_thread(run_kind, &kinds[i], 65536);
	for (size_t i = 0; i < KINDS; i++) {
		if (!possible(&kinds[i]))
			continue;
		while (!kinds[i].started)
			sleep_ns(1000000);
		wait_until_blocked(kinds[i].tid);
	}
	describe(out);
	fclose(out);
	announce(&w, text);
	stay(&w);
	return 0;
}
