// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/open_helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/helper_process.h"
#include "target/helper_rights.h"
#include "target/patience.h"
#include "target/task_look.h"
#include "util/clock.h"
#include "util/fd_message.h"

#define PATH_ROOM 4200
#define SLICE_NS  20000000ull
#define BUSY_NS   10000000000ull /* for how long it may lack a CPU */

/* As it is sent, up to the path's end. The helper is a copy of this process, so that find is the same there.
 */
struct wire_request {
	struct open_request r;
	uint64_t number;
	char path[PATH_ROOM];
};

#define WIRE_LEAST (offsetof(struct wire_request, path) + 1)

struct wire_reply {
	struct open_reply r;
	uint64_t number;
};

static struct {
	int fd; /* a socket; valid if pid is set */
	pid_t pid, owner;
	uint64_t sent, answered; /* numbers of requests */
	struct helper_room *room;
	pid_t ended; /* by open_helper__stop, and not reaped yet; 0: none */
	pid_t left[OPEN_HELPERS_LEFT];
	unsigned left_count;
	uint64_t left_cpu_ns;
} helper;

/* ---- the helper ---------------------------------------------------------------------- */

static void do_request(const struct open_request *r, struct open_reply *ret)
{
	*ret = (struct open_reply){.file = {.fd = -1}};
	if (r->memory.count)
		helper_room__read(helper.room, &r->memory);
	else
		open_request__run(r, ret);
}

static _Noreturn void serve(void)
{
	struct wire_request *in = malloc(sizeof(*in));
	int fd;

	prctl(PR_SET_NAME, "threadscope-fil");
	helper_rights__give_up();
	while (in && fd_message__receive(HELPER_SOCKET, in, sizeof(*in), &fd) >= (ssize_t)WIRE_LEAST) {
		struct wire_reply out = {.number = in->number};

		in->path[PATH_ROOM - 1] = '\0';
		in->r.of.path = in->path;
		in->r.fd = fd;
		do_request(&in->r, &out.r);
		fd_message__send(HELPER_SOCKET, &out, sizeof(out), out.r.file.fd);
		if (out.r.file.fd >= 0)
			close(out.r.file.fd);
		if (fd >= 0)
			close(fd);
	}
	_exit(0);
}

/* A parent that does not reap what it inherits (PID 1 of a container) would be left with it. */
static void reap_ended(void)
{
	if (helper.ended)
		waitpid(helper.ended, NULL, 0);
	helper.ended = 0;
}

static void end_helper(void)
{
	if (helper.owner != getpid())
		return;
	open_helper__stop();
	reap_ended();
}

/* The one before may have been given up, and may still write into its own. */
static int make_room(void)
{
	void *room;

	if (helper.room)
		return 0;
	room = mmap(NULL, sizeof(*helper.room), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return -errno;
	helper.room = room;
	return 0;
}

static int start(void)
{
	int err = make_room(), fd;
	pid_t pid;

	if (err)
		return err;
	pid = helper_process__start(serve, &fd);
	if (pid < 0)
		return pid;
	if (!helper.owner)
		atexit(end_helper);
	helper.owner = getpid();
	helper.fd = fd;
	helper.pid = pid;
	helper.answered = helper.sent;
	return 0;
}

/* ---- this process ------------------------------------------------------------------- */

static void reap(void)
{
	for (unsigned i = 0; i < helper.left_count;) {
		if (waitpid(helper.left[i], NULL, WNOHANG))
			helper.left[i] = helper.left[--helper.left_count];
		else
			i++;
	}
}

unsigned open_helper__left(void)
{
	if (helper.left_count)
		reap();
	return helper.left_count;
}

uint64_t open_helper__cpu_ns(void)
{
	bool runs = helper.pid && helper.owner == getpid();

	return helper.left_cpu_ns + (runs ? process_cpu_ns(helper.pid) : 0);
}

/* Returns its PID. */
static pid_t end_it(void)
{
	pid_t pid = helper.pid;

	helper.left_cpu_ns += process_cpu_ns(pid);
	close(helper.fd);
	kill(pid, SIGKILL);
	helper.pid = 0;
	helper.answered = helper.sent;
	munmap(helper.room, sizeof(*helper.room));
	helper.room = NULL;
	return pid;
}

static void give_up(void)
{
	helper.left[helper.left_count++] = end_it();
}

void open_helper__stop(void)
{
	if (!helper.pid || helper.owner != getpid())
		return;
	reap_ended();
	helper.ended = end_it();
}

/* Waits for one slice of time at most. */
static bool comes_within(uint64_t slice_ns)
{
	struct pollfd f = {helper.fd, POLLIN, 0};

	/* A signal ends the slice, no more: a termination signal waits that long, too. */
	return poll(&f, 1, (int)(slice_ns / 1000000) + 1) > 0;
}

/*
 * On a busy machine the helper may be short of CPU: that is no silence of a file server, up to a bound. Nor
 * is it silence if it gets on slowly, page by page; but that may not cost more than all that may be spent.
 */
static bool answers_within(uint64_t limit_ns)
{
	uint64_t begun = monotonic_ns(), silent = 0, waited = 0, before = begun, now;
	uint64_t most_ns = limit_ns > PATIENCE_NS ? limit_ns : PATIENCE_NS;
	uint32_t progress = atomic_load(&helper.room->progress), is;

	while (silent < limit_ns && waited < most_ns && before - begun < most_ns + BUSY_NS) {
		if (comes_within(limit_ns - silent < SLICE_NS ? limit_ns - silent : SLICE_NS))
			return true;
		now = monotonic_ns();
		is = atomic_load(&helper.room->progress);
		if (is != progress)
			silent = 0;
		/* One that runs has work, and at most lacks a CPU. */
		if (task__state(helper.pid) != 'R') {
			waited += now - before;
			silent += is == progress ? now - before : 0;
		}
		progress = is;
		before = now;
	}
	return false;
}

static int send_request(const struct open_request *r)
{
	size_t path = r->of.path ? strlen(r->of.path) : 0;
	struct wire_request out;

	if (path >= PATH_ROOM)
		return -ENAMETOOLONG;
	memset(&out, 0, WIRE_LEAST);
	out.r = *r;
	out.number = ++helper.sent;
	if (path)
		memcpy(out.path, r->of.path, path);
	out.path[path] = '\0';
	return fd_message__send(helper.fd, &out, WIRE_LEAST + path, r->fd);
}

static int receive_reply(uint64_t limit_ns, struct open_reply *ret)
{
	struct wire_reply in;
	int fd;

	if (!answers_within(limit_ns))
		return -ETIMEDOUT;
	if (fd_message__receive(helper.fd, &in, sizeof(in), &fd) < (ssize_t)sizeof(in) ||
	    in.number != ++helper.answered)
		return -EPIPE;
	*ret = in.r;
	ret->file.fd = fd;
	return 0;
}

/* A child of this process that is one itself must not share its parent's helper. */
static int have_helper(void)
{
	if (helper.pid && helper.owner == getpid())
		return 0;
	if (helper.pid) {
		close(helper.fd);
		helper.room = NULL; /* the parent's */
		helper.pid = 0;
		helper.left_count = 0;
	}
	return start();
}

struct helper_room *open_helper__room(void)
{
	return open_helper__left() < OPEN_HELPERS_LEFT && !have_helper() ? helper.room : NULL;
}

bool open_helper__any(void)
{
	return helper.pid || helper.left_count == OPEN_HELPERS_LEFT;
}

int open_helper__begin(const struct open_request *r)
{
	int err;

	if (open_helper__left() == OPEN_HELPERS_LEFT)
		return -ETIMEDOUT;
	err = have_helper();
	if (err)
		return err;
	err = send_request(r);
	if (err && err != -ENAMETOOLONG)
		give_up();
	return err;
}

int open_helper__end(uint64_t limit_ns, struct open_reply *ret)
{
	int err = helper.sent != helper.answered ? receive_reply(limit_ns, ret) : -EPIPE;

	if (err && helper.pid)
		give_up();
	return err;
}

int open_helper__ask(const struct open_request *r, uint64_t limit_ns, struct open_reply *ret)
{
	int err = open_helper__begin(r);

	if (!err)
		err = open_helper__end(limit_ns, ret);
	if (!err && !ret->error && ret->file.fd < 0 && !r->memory.count)
		ret->error = -EMFILE; /* this process may have no more descriptors */
	return err;
}
