/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes to --path by the calls that move data between descriptors, and to sockets and a pipe whose other
 * ends are known; prints how many calls and bytes of each.
 */
#include "workload.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#define BLOCK 1000

static int fd_out, fd_in;

static int temporary(const char *path)
{
	char name[PATH_MAX];
	int fd;

	snprintf(name, sizeof(name), "%s.source", path);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, 100 * BLOCK))
		die(name);
	return fd;
}

static void check(ssize_t n, size_t wanted, const char *what)
{
	if (n != (ssize_t)wanted)
		die(what);
}

static void move_data(void)
{
	int ends[2];

	if (pipe(ends))
		die("pipe");
	for (int i = 0; i < 3; i++)
		check(sendfile(fd_out, fd_in, NULL, BLOCK), BLOCK, "sendfile");
	for (int i = 0; i < 2; i++)
		check(copy_file_range(fd_in, NULL, fd_out, NULL, BLOCK, 0), BLOCK, "copy_file_range");
	for (int i = 0; i < 4; i++) {
		check(sendfile(ends[1], fd_in, NULL, BLOCK), BLOCK, "sendfile to a pipe");
		check(splice(ends[0], NULL, fd_out, NULL, BLOCK, 0), BLOCK, "splice");
	}
	if (syncfs(fd_out))
		die("syncfs");
}

/* Two datagrams a call, to a name that another process would have. */
static int send_messages(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	char text[BLOCK] = {0};
	struct iovec part = {text, BLOCK};
	struct mmsghdr two[2] = {{.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}},
				 {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}}};
	int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (bind(receiver, (struct sockaddr *)&to, sizeof(to)) ||
	    connect(sender, (struct sockaddr *)&to, sizeof(to)))
		die(path);
	for (int i = 0; i < 3; i++) {
		check(sendmmsg(sender, two, 2, 0), 2, "sendmmsg");
		check(recv(receiver, text, BLOCK, 0), BLOCK, "recv");
		check(recv(receiver, text, BLOCK, 0), BLOCK, "recv");
	}
	return sender;
}

static int connect_to_self(int *ret_port)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(here);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (struct sockaddr *)&here, size) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&here, &size) ||
	    connect(fd, (struct sockaddr *)&here, size))
		die("connect");
	check(write(fd, "line\n", 5), 5, "write");
	*ret_port = ntohs(here.sin_port);
	return fd;
}

/* A child reads it. */
static int write_to_child(pid_t *ret_child)
{
	int ends[2];

	if (pipe(ends))
		die("pipe");
	*ret_child = fork();
	if (!*ret_child) {
		char text[16];

		set_name("pipe-reader");
		close(ends[1]);
		while (read(ends[0], text, sizeof(text)) > 0)
			;
		_exit(0);
	}
	close(ends[0]);
	check(write(ends[1], "line\n", 5), 5, "write");
	return ends[1];
}

int main(int argc, char **argv)
{
	struct workload w = workload_begin(argc, argv, "path socket");
	const char *path = option(argc, argv, "path", "/tmp/log_calls.log");
	const char *name = option(argc, argv, "socket", "/tmp/log_calls.socket");
	int messages_fd, tcp_fd, pipe_fd, port;
	pid_t child;

	wait_for_go(&w);
	fd_in = temporary(path);
	fd_out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd_out < 0)
		die(path);
	move_data();
	messages_fd = send_messages(name);
	tcp_fd = connect_to_self(&port);
	pipe_fd = write_to_child(&child);
	announcef(&w,
		  "{\"pid\":%d,\"path\":\"%s\",\"writes\":9,\"bytes\":%d,\"fsyncs\":1,\"socket_fd\":%d,"
		  "\"socket\":\"%s\",\"socket_writes\":3,\"socket_bytes\":%d,\"tcp_fd\":%d,\"port\":%d,"
		  "\"pipe_fd\":%d,\"reader\":%d}",
		  (int)getpid(), path, 9 * BLOCK, messages_fd, name, 6 * BLOCK, tcp_fd, port, pipe_fd,
		  (int)child);
	wait_for_file(w.stop);
	close(pipe_fd);
	waitpid(child, NULL, 0);
	return 0;
}
