/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors in messages. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/fd_message.h"

static void open_pair(int ends[2])
{
	CHECK_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

static int next_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

TEST(several_descriptors_arrive_in_order)
{
	int ends[2], pipes[2][2], got[6];
	size_t count;
	char byte = 'x';

	open_pair(ends);
	CHECK(!pipe(pipes[0]) && !pipe(pipes[1]));
	CHECK_EQ(fd_message__send_all(ends[0], &byte, 1, (int[]){pipes[0][1], pipes[1][1]}, 2), 0);
	byte = 0;
	CHECK_EQ(fd_message__receive_all(ends[1], &byte, 1, got, 6, &count), 1);
	CHECK(byte == 'x' && count == 2);
	CHECK(write(got[1], "b", 1) == 1 && read(pipes[1][0], &byte, 1) == 1 && byte == 'b');
	CHECK(fcntl(got[0], F_GETFD) & FD_CLOEXEC);
	close(got[0]);
	close(got[1]);
	/* None, and the other end closed. */
	CHECK_EQ(fd_message__send_all(ends[0], "y", 1, NULL, 0), 0);
	CHECK_EQ(fd_message__receive_all(ends[1], &byte, 1, got, 6, &count), 1);
	CHECK_EQ(count, 0);
	close(ends[0]);
	CHECK_EQ(fd_message__receive_all(ends[1], &byte, 1, got, 6, &count), 0);
	CHECK_EQ(count, 0);
	close(ends[1]);
	for (int i = 0; i < 4; i++)
		close(pipes[i / 2][i % 2]);
}

TEST(more_than_there_is_room_for_are_closed)
{
	int ends[2], got[FD_MESSAGE_MOST], one, before;
	size_t count;
	char byte;

	open_pair(ends);
	before = next_free();
	CHECK_EQ(fd_message__send_all(ends[0], "x", 1, (int[]){0, 1, 2}, 3), 0);
	CHECK_EQ(fd_message__receive(ends[1], &byte, 1, &one), 1);
	CHECK_EQ(one, before);
	close(one);
	CHECK_EQ(next_free(), before);
	CHECK_EQ(fd_message__send_all(ends[0], "x", 1, (int[]){0, 1, 2}, 3), 0);
	CHECK_EQ(fd_message__receive_all(ends[1], &byte, 1, got, 2, &count), 1);
	CHECK_EQ(count, 2);
	close(got[0]);
	close(got[1]);
	CHECK_EQ(next_free(), before);
	CHECK_EQ(fd_message__send_all(ends[0], "x", 1, got, FD_MESSAGE_MOST + 1), -EINVAL);
	CHECK_EQ(fd_message__receive_all(ends[1], &byte, 1, got, FD_MESSAGE_MOST + 1, &count), -EINVAL);
	close(ends[0]);
	close(ends[1]);
}

TEST_MAIN
