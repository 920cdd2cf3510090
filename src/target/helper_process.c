// SPDX-License-Identifier: GPL-2.0-or-later
#include "target/helper_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* Probes stay attached, and readers of the output wait, as long as a process has their descriptors. */
static void keep_only(int fd)
{
	int hole[2], above = 2 * HELPER_SOCKET, socket, nowhere;

	/* What is printed by mistake must not reach a file: this end of a pipe takes nothing. */
	if (pipe(hole))
		_exit(1);
	socket = fcntl(fd, F_DUPFD, above);
	nowhere = fcntl(hole[0], F_DUPFD, above);
	if (socket < 0 || nowhere < 0 || dup2(socket, HELPER_SOCKET) < 0)
		_exit(1);
	for (int i = 0; i < HELPER_SOCKET; i++)
		dup2(nowhere, i);
	if (syscall(SYS_close_range, HELPER_SOCKET + 1, ~0u, 0)) /* Linux 5.9 */
		for (int i = HELPER_SOCKET + 1; i < 65536; i++)
			close(i);
}

pid_t helper_process__start(void (*serve)(void), int *ret_fd)
{
	pid_t parent = getpid(), pid;
	int ends[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	err = pid < 0 ? -errno : 0;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		keep_only(ends[1]);
		serve();
		_exit(0);
	}
	close(ends[1]);
	if (err) {
		close(ends[0]);
		return err;
	}
	*ret_fd = ends[0];
	return pid;
}
