// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/privileges.h"
#include "cli/ready_file.h"
#include "cli/whole_file.h"
#include "probes/run_time.h"
#include "util/fd_message.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define PIECE (64 << 10)

enum wish { WISH_READY, WISH_COUNT, WISH_NO_COUNT, WISH_FILE };

struct request {
	enum wish wish;
	enum monitor_file file;
};

/* ---- the process ------------------------------------------------------------------------------- */

static int copy(FILE *out, const void *arg)
{
	const int *from = arg;
	char *piece = malloc(PIECE);
	ssize_t n = piece ? 0 : -1;

	lseek(*from, 0, SEEK_SET);
	while (piece && (n = read(*from, piece, PIECE)) > 0)
		if (fwrite(piece, 1, (size_t)n, out) != (size_t)n)
			n = 0;
	free(piece);
	if (n < 0)
		return piece ? -errno : -ENOMEM;
	return ferror(out) ? -(errno ? errno : EIO) : 0;
}

static const char *path_of(const struct options *o, enum monitor_file which)
{
	return which == MONITOR_PPROF        ? o->pprof_file
	       : which == MONITOR_FLAMEGRAPH ? o->flamegraph_file
					     : NULL;
}

static int do_request(const struct options *o, const struct request *r, int fd, bool of_viewer)
{
	static int counting = -1;

	if (of_viewer)
		return r->wish == WISH_FILE && fd >= 0 && path_of(o, r->file)
			       ? whole_file__write(path_of(o, r->file), copy, &fd)
			       : -EINVAL;
	if (counting >= 0)
		close(counting);
	counting = -1;
	switch (r->wish) {
	case WISH_READY:
		return o->ready_file ? ready_file__make(o->ready_file) : -EINVAL;
	case WISH_COUNT:
		counting = run_time__count();
		return counting < 0 ? counting : 0;
	case WISH_NO_COUNT:
		return 0;
	default:
		return -EINVAL;
	}
}

static bool serve(const struct options *o, int fd, bool of_viewer)
{
	struct request r;
	int with, answer;

	if (fd_message__receive(fd, &r, sizeof(r), &with) != (ssize_t)sizeof(r))
		return false;
	answer = do_request(o, &r, with, of_viewer);
	if (with >= 0)
		close(with);
	return send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) >= 0;
}

/* It holds nothing of what is open: neither probes nor the output, for whose end others wait. */
static void become_alone(int ends[2])
{
	static const int IGNORED[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};
	int nowhere = open("/", O_PATH | O_CLOEXEC);

	for (size_t i = 0; i < sizeof(IGNORED) / sizeof(*IGNORED); i++)
		signal(IGNORED[i], SIG_IGN);
	prctl(PR_SET_NAME, "ts-monitor");
	/* Both are above 4 then. */
	ends[0] = fcntl(ends[0], F_DUPFD, 5);
	ends[1] = fcntl(ends[1], F_DUPFD, 5);
	if (ends[0] < 0 || ends[1] < 0) /* a low limit: else it would wait for others' descriptors */
		_exit(1);
	dup2(ends[0], 3);
	dup2(ends[1], 4);
	for (int i = 0; i < 3; i++)
		dup2(nowhere, i);
	if (syscall(SYS_close_range, 5u, ~0u, 0u)) /* Linux 5.9 */
		for (int i = 5; i < 65536; i++)
			close(i);
}

static _Noreturn void run(const struct options *o, int ends[2], bool counts, bool writes)
{
	struct pollfd fds[] = {{3, POLLIN, 0}, {4, POLLIN, 0}};

	become_alone(ends);
	privileges__keep_for_monitor(counts, writes);
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents && !serve(o, 4, false)) {
			do_request(o, &(struct request){.wish = WISH_NO_COUNT}, -1, false);
			fds[1].fd = -1;
		}
		if (fds[0].revents && !serve(o, 3, true))
			_exit(0);
	}
}

int monitor__start(const struct options *o, int ret_ends[2], pid_t *ret_pid)
{
	bool counts = o->command->counts_bpf_time,
	     writes = o->ready_file || o->pprof_file || o->flamegraph_file;
	int viewer[2], collector[2], err;
	pid_t pid;

	if (!counts && !writes)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, viewer))
		return -errno;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, collector)) {
		err = -errno;
		close(viewer[0]);
		close(viewer[1]);
		return err;
	}
	pid = fork();
	err = pid < 0 ? -errno : 0;
	if (!pid)
		run(o, (int[2]){viewer[1], collector[1]}, counts, writes);
	close(viewer[1]);
	close(collector[1]);
	if (err) {
		close(viewer[0]);
		close(collector[0]);
		return err;
	}
	ret_ends[0] = viewer[0];
	ret_ends[1] = collector[0];
	*ret_pid = pid;
	return 0;
}

/* ---- those who ask ----------------------------------------------------------------------------- */

static int ask(int monitor, const struct request *r, int fd)
{
	int answer, err = fd_message__send(monitor, r, sizeof(*r), fd);
	ssize_t n;

	if (err)
		return err;
	do
		n = recv(monitor, &answer, sizeof(answer), 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(answer) ? answer : -EPIPE;
}

int monitor__write(int monitor, enum monitor_file which, int (*write)(FILE *out, const void *arg),
		   const void *arg)
{
	struct request r = {.wish = WISH_FILE, .file = which};
	int fd = memfd_create("threadscope", MFD_CLOEXEC), err;
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!out) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	err = write(out, arg);
	errno = 0;
	if (!err && fflush(out))
		err = errno ? -errno : -EIO;
	if (!err)
		err = ask(monitor, &r, fd);
	fclose(out);
	return err;
}

int monitor__ready(int monitor)
{
	return ask(monitor, &(struct request){.wish = WISH_READY}, -1);
}

int monitor__count_bpf_time(int monitor, bool on)
{
	return ask(monitor, &(struct request){.wish = on ? WISH_COUNT : WISH_NO_COUNT}, -1);
}
