/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes and syncs by io_uring, by its system calls alone, whose figures are known. --mode:
 *   calls  each kind of request a known number of times: on --path (appending), on a socket, on /dev/full
 *   pipe   --writes blocks into a pipe that is drained every --every-us; each timed from before its
 *          submission until its completion is seen
 *   hang   a request that waits for a full pipe
 * --sqpoll 1: a kernel thread takes the submissions. --same 1: all requests have the same user_data.
 * If the kernel allows no ring, it says so in its facts: {"ring": false}.
 */
#include "workload.h"
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <inttypes.h>
#include <sys/uio.h>

#define ENTRIES 64
#define BLOCK   65536

struct ring {
	int fd;
	bool sqpoll, same;
	uint64_t next_user_data;
	unsigned put;     /* not yet the kernel's */
	unsigned pending; /* not yet told of by a call */
	_Atomic unsigned *sq_tail, *sq_flags, *cq_head, *cq_tail;
	unsigned sq_mask, cq_mask, *sq_array;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static bool ring_open(struct ring *r, bool sqpoll, bool same)
{
	struct io_uring_params p = {.flags = sqpoll ? IORING_SETUP_SQPOLL : 0, .sq_thread_idle = 2000};
	size_t bytes;
	char *sq, *cq;

	*r = (struct ring){
		.fd = (int)syscall(__NR_io_uring_setup, ENTRIES, &p), .sqpoll = sqpoll, .same = same};
	if (r->fd < 0)
		return false;
	bytes = p.sq_off.array + p.sq_entries * sizeof(unsigned);
	sq = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_SQ_RING);
	bytes = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	cq = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_CQ_RING);
	r->sqes = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || r->sqes == MAP_FAILED)
		die("mmap of the ring");
	r->sq_tail = (void *)(sq + p.sq_off.tail);
	r->sq_flags = (void *)(sq + p.sq_off.flags);
	r->sq_mask = *(unsigned *)(sq + p.sq_off.ring_mask);
	r->sq_array = (void *)(sq + p.sq_off.array);
	r->cq_head = (void *)(cq + p.cq_off.head);
	r->cq_tail = (void *)(cq + p.cq_off.tail);
	r->cq_mask = *(unsigned *)(cq + p.cq_off.ring_mask);
	r->cqes = (void *)(cq + p.cq_off.cqes);
	return true;
}

static struct io_uring_sqe *ring_put(struct ring *r, int op, int fd, const void *address, unsigned len)
{
	unsigned at = atomic_load(r->sq_tail) + r->put, slot = at & r->sq_mask;
	struct io_uring_sqe *s = &r->sqes[slot];

	memset(s, 0, sizeof(*s));
	s->opcode = (uint8_t)op;
	s->fd = fd;
	s->addr = (uintptr_t)address;
	s->len = len;
	s->off = (uint64_t)-1;
	s->user_data = r->same ? 7 : ++r->next_user_data;
	r->sq_array[slot] = slot;
	r->put++;
	r->pending++;
	return s;
}

/* The entries put are the kernel's from now on, all at once: linked ones must not be found one by one. */
static void ring_publish(struct ring *r)
{
	atomic_fetch_add(r->sq_tail, r->put);
	r->put = 0;
}

static void ring_enter(struct ring *r, unsigned wait)
{
	unsigned flags = wait ? IORING_ENTER_GETEVENTS : 0, count = r->pending;

	if (r->sqpoll) {
		count = 0;
		if (atomic_load(r->sq_flags) & IORING_SQ_NEED_WAKEUP)
			flags |= IORING_ENTER_SQ_WAKEUP;
	}
	r->pending = 0;
	while (syscall(__NR_io_uring_enter, r->fd, count, wait, flags, NULL, 0) < 0)
		if (errno != EINTR)
			die("io_uring_enter");
}

/* The next completion's result. */
static int ring_take(struct ring *r)
{
	unsigned head = atomic_load(r->cq_head);
	int result;

	while (head == atomic_load(r->cq_tail))
		ring_enter(r, 1);
	result = r->cqes[head & r->cq_mask].res;
	atomic_store(r->cq_head, head + 1);
	return result;
}

static int ring_one(struct ring *r)
{
	ring_publish(r);
	ring_enter(r, 1);
	return ring_take(r);
}

/* ---- calls ---------------------------------------------------------------------- */

struct figures {
	unsigned long writes, bytes, fsyncs;
};

static void count(struct figures *f, int n, int asked)
{
	if (n != asked) {
		errno = n < 0 ? -n : 0;
		die("io_uring write");
	}
	f->writes++;
	f->bytes += (unsigned long)n;
}

static void count_sync(struct figures *f, int n)
{
	if (n) {
		errno = -n;
		die("io_uring sync");
	}
	f->fsyncs++;
}

static void make_file_calls(struct ring *r, int fd, char *block, struct figures *f)
{
	struct iovec parts[2] = {{block, 60}, {block + 60, 40}}, buffer = {block, BLOCK};

	if (syscall(__NR_io_uring_register, r->fd, IORING_REGISTER_FILES, &fd, 1) ||
	    syscall(__NR_io_uring_register, r->fd, IORING_REGISTER_BUFFERS, &buffer, 1))
		die("io_uring_register");
	for (int i = 0; i < 7; i++) {
		ring_put(r, IORING_OP_WRITE, fd, block, 100);
		count(f, ring_one(r), 100);
	}
	for (int i = 0; i < 6; i++) {
		ring_put(r, IORING_OP_WRITEV, fd, parts, 2);
		count(f, ring_one(r), 100);
	}
	for (int i = 0; i < 5; i++) {
		ring_put(r, IORING_OP_WRITE_FIXED, fd, block, 100);
		count(f, ring_one(r), 100);
	}
	for (int i = 0; i < 4; i++) {
		ring_put(r, IORING_OP_WRITE, 0, block, 100)->flags = IOSQE_FIXED_FILE;
		count(f, ring_one(r), 100);
	}
	for (int i = 0; i < 2; i++) {
		ring_put(r, IORING_OP_FSYNC, fd, NULL, 0)->off = 0;
		count_sync(f, ring_one(r));
	}
	for (int i = 0; i < 2; i++) {
		struct io_uring_sqe *s = ring_put(r, IORING_OP_SYNC_FILE_RANGE, fd, NULL, 100);

		s->off = 0;
		s->sync_range_flags = SYNC_FILE_RANGE_WRITE;
		count_sync(f, ring_one(r));
	}
	/* The sync begins when the write has ended: nothing is left to sync. */
	for (int i = 0; i < 3; i++) {
		ring_put(r, IORING_OP_WRITE, fd, block, 100)->flags = IOSQE_IO_LINK;
		ring_put(r, IORING_OP_FSYNC, fd, NULL, 0)->off = 0;
		count(f, ring_one(r), 100);
		count_sync(f, ring_take(r));
	}
}

static void make_socket_calls(struct ring *r, int fd, int other, char *block, struct figures *f)
{
	struct iovec parts[2] = {{block, 60}, {block + 60, 40}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	for (int i = 0; i < 3; i++) {
		ring_put(r, IORING_OP_SEND, fd, block, 100)->off = 0;
		count(f, ring_one(r), 100);
		recv(other, block, 100, 0);
	}
	for (int i = 0; i < 2; i++) {
		ring_put(r, IORING_OP_SENDMSG, fd, &message, 1)->off = 0;
		count(f, ring_one(r), 100);
		recv(other, block, 100, 0);
	}
}

static void calls(const struct workload *w, struct ring *r, const char *path)
{
	struct figures file = {0}, sock = {0};
	char *block = mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600),
	    full = open("/dev/full", O_WRONLY), pair[2];

	if (fd < 0 || full < 0 || block == MAP_FAILED || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		die(path);
	memset(block, 'x', BLOCK);
	block[99] = '\n';
	make_file_calls(r, fd, block, &file);
	make_socket_calls(r, pair[0], pair[1], block, &sock);
	for (int i = 0; i < 2; i++) {
		ring_put(r, IORING_OP_WRITE, full, block, 100);
		if (ring_one(r) != -ENOSPC)
			die("/dev/full");
	}
	announcef(w,
		  "{\"ring\":true,\"pid\":%d,\"path\":\"%s\",\"fd\":%d,\"writes\":%lu,\"bytes\":%lu,"
		  "\"fsyncs\":%lu,"
		  "\"socket_fd\":%d,\"socket_writes\":%lu,\"socket_bytes\":%lu,\"full_fd\":%d,\"full_"
		  "errors\":2}",
		  (int)getpid(), path, fd, file.writes, file.bytes, file.fsyncs, pair[0], sock.writes,
		  sock.bytes, full);
}

static const char *name_of(int fd)
{
	static char name[PATH_MAX];
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	if (n < 0)
		die(link);
	name[n] = '\0';
	return name;
}

/* ---- pipe ------------------------------------------------------------------------- */

struct drain {
	int fd;
	uint64_t every_ns;
};

static void *drain(void *arg)
{
	struct drain *d = arg;
	char *block = malloc(BLOCK);
	size_t have = 0;
	ssize_t n;

	for (uint64_t at = now_ns();; have = 0) {
		uint64_t now = now_ns();

		at = at + d->every_ns > now ? at + d->every_ns : now;
		if (at > now)
			sleep_ns(at - now);
		while (have < BLOCK && (n = read(d->fd, block + have, BLOCK - have)) > 0)
			have += (size_t)n;
		if (have < BLOCK)
			return NULL;
	}
}

static void through_pipe(const struct workload *w, struct ring *r, size_t writes, uint64_t every_ns)
{
	struct calls calls = calls_new(writes);
	char *block = calloc(1, BLOCK);
	struct drain d = {.every_ns = every_ns};
	int ends[2];

	if (pipe(ends))
		die("pipe");
	d.fd = ends[0];
	start_thread(drain, &d, 0);
	for (size_t i = 0; i < writes; i++) {
		call_begins(&calls);
		ring_put(r, IORING_OP_WRITE, ends[1], block, BLOCK);
		if (ring_one(r) != BLOCK)
			die("short write to a pipe");
		call_ended(&calls);
	}
	announcef(w, "{\"ring\":true,\"pid\":%d,\"fd\":%d,\"path\":\"%s\",\"count\":%zu,\"bytes\":%zu,%s}",
		  (int)getpid(), ends[1], name_of(ends[1]), writes, writes * BLOCK, calls_json(&calls));
}

/* ---- hang ---------------------------------------------------------------------------- */

static void hang(const struct workload *w, struct ring *r)
{
	char *block = calloc(1, BLOCK);
	uint64_t since;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) || write(ends[1], block, BLOCK) != BLOCK)
		die("pipe");
	since = wall_ns();
	ring_put(r, IORING_OP_WRITE, ends[1], block, 100);
	ring_publish(r);
	ring_enter(r, 0);
	announcef(w, "{\"ring\":true,\"pid\":%d,\"fd\":%d,\"path\":\"%s\",\"since_ns\":%" PRIu64 "}",
		  (int)getpid(), ends[1], name_of(ends[1]), since);
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "mode path writes every-us sqpoll same");
	const char *mode = option(argc, argv, "mode", "calls");
	const char *path = option(argc, argv, "path", "/dev/null");
	size_t writes = (size_t)option_number(argc, argv, "writes", 100);
	uint64_t every_ns = (uint64_t)option_number(argc, argv, "every-us", 10000) * 1000;
	struct ring r;

	set_name("uring-writer");
	wait_for_go(&w);
	if (!ring_open(&r, option_number(argc, argv, "sqpoll", 0), option_number(argc, argv, "same", 0)))
		announcef(&w, "{\"ring\":false,\"reason\":\"%s\"}", strerror(errno));
	else if (!strcmp(mode, "calls"))
		calls(&w, &r, path);
	else if (!strcmp(mode, "pipe"))
		through_pipe(&w, &r, writes, every_ns);
	else if (!strcmp(mode, "hang"))
		hang(&w, &r);
	else
		die(mode);
	stay(&w);
	return 0;
}
