/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lease FILE: "lessee" has a lease of the file (fcntl F_SETLEASE), as a file server has for a client, and
 * does not hear that it is to give it up. Two threads of this process, "opener" and "cutter", wait for that:
 * open for writing, and truncate.
 *
 * Perfect: who has the lease of which file, and what that process does.
 */
#include "case.h"

static const char *file;
static int done[2];

static void keep_lease(void)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	signal(SIGIO, SIG_IGN);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_RDLCK))
		die("F_SETLEASE");
	if (write(done[1], "x", 1) != 1)
		die("write");
	sleep_on();
}

static void open_it(void)
{
	open(file, O_WRONLY | O_CLOEXEC);
}

static void cut_it(void)
{
	truncate(file, 0);
}

int main(int argc, char **argv)
{
	pid_t lessee;
	char byte;
	int fd;

	if (argc != 2)
		return 2;
	file = argv[1];
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || pipe(done))
		die(file);
	close(fd);
	lessee = start_child("lessee", keep_lease);
	if (read(done[0], &byte, 1) != 1)
		die("read");
	start_blocked("opener", open_it);
	start_blocked("cutter", cut_it);
	sleep_ns(1100000000);
	tell("ready lessee=%d", (int)lessee);
	sleep_on();
}
