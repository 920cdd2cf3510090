// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * socket_spoof DIR: a thread waits in accept on DIR/real.sock. A program of another user has bound sockets
 * whose names hold a line break, and then a line as of /proc/net/unix that gives the first one's inode
 * another name.
 *
 * Perfect: accept on DIR/real.sock.
 */
#include "case.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define FORGED 200

static int bound_to(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 1))
		die(path);
	return fd;
}

static void forge(uint64_t inode, int done)
{
	if (setgid(65534) || setuid(65534) || chdir("forged"))
		die("another user");
	for (int i = 0; i < FORGED; i++) {
		char name[100];

		snprintf(name, sizeof(name), "s%d\nx: 2 0 0 1 1 %llu mysqld.sock", i,
			 (unsigned long long)inode);
		bound_to(name);
	}
	if (write(done, "", 1) != 1)
		die("done");
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	char path[100];
	struct stat st;
	int fd, done[2];
	char byte;

	if (argc < 2 || chdir(argv[1]))
		return 2;
	snprintf(path, sizeof(path), "%s/real.sock", argv[1]);
	fd = bound_to(path);
	if (fstat(fd, &st) || mkdir("forged", 0777) || chmod("forged", 0777) || chmod(argv[1], 0755))
		die("forged");
	if (pipe(done))
		die("pipe");
	if (!fork())
		forge(st.st_ino, done[1]);
	if (read(done[0], &byte, 1) != 1)
		die("forged");
	tell("ready");
	accept(fd, NULL, NULL);
	return 0;
}
