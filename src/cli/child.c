// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/inherited.h"

/* In the child: a byte opens the gate. End of file means that the parent has given up. */
static void run(int gate, const int outputs[2], char **argv)
{
	char byte;
	int err;

	inherited__give_back();
	if (outputs[0] >= 0 && dup2(outputs[0], STDOUT_FILENO) < 0)
		_exit(126);
	if (outputs[1] >= 0 && dup2(outputs[1], STDERR_FILENO) < 0)
		_exit(126);
	if (read(gate, &byte, 1) != 1)
		_exit(125);
	execvp(argv[0], argv);
	/* Tells the parent why. On success exec closes the socket, without data. */
	err = errno;
	if (write(gate, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

int child__prepare(char **argv, const int outputs[2], pid_t *ret_pid, int *ret_gate)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	if (pid < 0) {
		int err = -errno;

		close(ends[0]);
		close(ends[1]);
		return err;
	}
	if (!pid) {
		close(ends[0]);
		run(ends[1], outputs, argv);
	}
	close(ends[1]);
	*ret_pid = pid;
	*ret_gate = ends[0];
	return 0;
}

int child__release(int *gate, pid_t pid)
{
	int err = 0;
	ssize_t n;

	if (write(*gate, "", 1) != 1)
		err = errno;
	do
		n = read(*gate, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(*gate);
	*gate = -1;
	if (err)
		waitpid(pid, NULL, 0);
	return -err;
}

void child__abandon(int *gate, pid_t pid, bool ended)
{
	if (*gate < 0)
		return;
	close(*gate);
	*gate = -1;
	if (pid && !ended)
		waitpid(pid, NULL, 0);
}

int child__exit_status(int wait_status)
{
	if (WIFEXITED(wait_status))
		return WEXITSTATUS(wait_status);
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : 1;
}
