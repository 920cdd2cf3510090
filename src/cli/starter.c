// SPDX-License-Identifier: GPL-2.0-or-later
/* The viewer's side. */
#include "cli/starter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/starter_private.h"
#include "util/fd_message.h"

#define PIPE_ROOM (1 << 20) /* a sample of 10,000 threads; more are written in parts */
#define ANSWER_MS 5000      /* for what a key waits for */

int starter__start(const struct options *o, bool screen, struct starter *ret)
{
	int ends[2];
	pid_t pid;

	*ret = (struct starter){.fd = -1};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	if (!pid) {
		close(ends[0]);
		starter__run(o, screen, ends[1]);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -EAGAIN;
	}
	ret->fd = ends[0];
	return 0;
}

void starter__close(struct starter *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* ---- what is started ------------------------------------------------------------------------------- */

enum { SAMPLES, SNAPSHOTS, MESSAGES, REQUESTS, PIPES };

static void close_all(const int fds[PIPES])
{
	for (int i = 0; i < PIPES; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static int open_pipes(int ours[PIPES], int theirs[PIPES])
{
	int ends[2];

	for (int i = 0; i < PIPES; i++)
		ours[i] = theirs[i] = -1;
	for (int i = 0; i < PIPES; i++) {
		bool to_them = i == REQUESTS;

		if (pipe2(ends, O_CLOEXEC)) {
			int err = -errno;

			close_all(ours);
			close_all(theirs);
			return err;
		}
		ours[i] = ends[to_them];
		theirs[i] = ends[!to_them];
	}
	fcntl(ours[SAMPLES], F_SETPIPE_SZ, PIPE_ROOM); /* above the limit it stays as it is */
	return 0;
}

int starter__collector(struct starter *s, pid_t only, unsigned record, const int outputs[2],
		       struct feed_pipes *ret, unsigned *ret_number)
{
	struct starter_request r = {
		.wish = STARTER_COLLECTOR, .number = ++s->last, .record = record, .pid = only};
	int ours[PIPES], theirs[STARTER_FDS] = {-1, -1, -1, -1, outputs[0], outputs[1]};
	int err = open_pipes(ours, theirs);

	if (err)
		return err;
	err = fd_message__send_all(s->fd, &r, sizeof(r), theirs, outputs[0] >= 0 ? STARTER_FDS : PIPES);
	close_all(theirs);
	if (err) {
		close_all(ours);
		return err;
	}
	*ret = (struct feed_pipes){.samples = ours[SAMPLES],
				   .snapshots = ours[SNAPSHOTS],
				   .messages = ours[MESSAGES],
				   .requests = ours[REQUESTS]};
	*ret_number = r.number;
	return 0;
}

int starter__next(struct starter *s, const int ends[STARTER_ENDS], uint64_t count, uint64_t duration_ns,
		  unsigned *ret_number)
{
	struct starter_request r = {
		.wish = STARTER_NEXT, .number = ++s->last, .count = count, .duration_ns = duration_ns};
	int err = fd_message__send_all(s->fd, &r, sizeof(r), ends, STARTER_ENDS);

	if (!err)
		*ret_number = r.number;
	return err;
}

int starter__events(struct starter *s, pid_t pid, int out, unsigned *ret_number)
{
	struct starter_request r = {.wish = STARTER_EVENTS, .number = ++s->last, .pid = pid};

	*ret_number = r.number;
	return fd_message__send(s->fd, &r, sizeof(r), out);
}

bool starter__ended(struct starter *s, unsigned *ret_number, int *ret_status)
{
	struct starter_end e;
	ssize_t n = s->fd < 0 ? -1 : recv(s->fd, &e, sizeof(e), MSG_DONTWAIT);

	if (s->fd < 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return false;
	if (n != (ssize_t)sizeof(e))
		e = (struct starter_end){0};
	*ret_number = e.number;
	*ret_status = e.status;
	return true;
}

void starter__kill(struct starter *s, unsigned number)
{
	struct starter_request r = {.wish = STARTER_KILL, .number = number};

	fd_message__send(s->fd, &r, sizeof(r), -1);
}

/* ---- what is answered --------------------------------------------------------------------------- */

/* The answer, or a negative errno. ms: at most; -1: as long as it takes. */
static int ask(struct starter *s, enum starter_wish wish, const char *text, int with, int ms, int *ret_fd)
{
	struct starter_request r = {.wish = wish};
	int ends[2], answer, err;
	struct pollfd f;

	*ret_fd = -1;
	if (strlen(text) >= sizeof(r.text))
		return -ENAMETOOLONG;
	memcpy(r.text, text, strlen(text));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	err = fd_message__send_all(s->fd, &r, sizeof(r), (int[]){ends[1], with}, with >= 0 ? 2 : 1);
	close(ends[1]);
	f = (struct pollfd){ends[0], POLLIN, 0};
	if (!err && poll(&f, 1, ms) <= 0)
		err = -ETIMEDOUT;
	if (!err && fd_message__receive(ends[0], &answer, sizeof(answer), ret_fd) != (ssize_t)sizeof(answer))
		err = -EPIPE;
	close(ends[0]);
	return err ? err : answer;
}

int starter__create(struct starter *s, const char *path, int *ret_fd)
{
	int err = ask(s, STARTER_CREATE, path, -1, -1, ret_fd);

	return !err && *ret_fd < 0 ? -EMFILE : err;
}

int starter__settings(struct starter *s, int text)
{
	int none;

	return ask(s, STARTER_SETTINGS, "", text, ANSWER_MS, &none);
}

int starter__named(struct starter *s, const char *comm, pid_t *ret)
{
	int none, answer = ask(s, STARTER_NAMED, comm, -1, ANSWER_MS, &none);

	*ret = answer > 0 ? answer : 0;
	return answer > 0 ? 0 : answer;
}
