/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ends of a pseudoterminal. */
#include "test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "target/terminals.h"

TEST(numbers_of_slaves)
{
	static const char *const OTHERS[] = {"",
					     "/dev/pts/",
					     "/dev/pts/ptmx",
					     "/dev/pts/3x",
					     "/dev/pts/-1",
					     "/dev/pts/1 (deleted)",
					     "/dev/pts/1/2",
					     "/dev/pts/12345678901234567890",
					     "/dev/tty1",
					     "pipe:[3]"};
	uint64_t number = 77;

	for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++)
		CHECK(!terminal__of_slave(OTHERS[i], &number));
	CHECK_EQ(number, 77);
	CHECK(terminal__of_slave("/dev/pts/0", &number));
	CHECK_EQ(number, 0);
	CHECK(terminal__of_slave("/dev/pts/123456789", &number));
	CHECK_EQ(number, 123456789);
}

TEST(both_ends_of_one_terminal)
{
	struct open_end master = {getpid(), posix_openpt(O_RDWR | O_NOCTTY)}, slave = {getpid(), -1};
	struct open_end none = {getpid(), open("/dev/null", O_RDONLY)}, wrong = {getpid(), 9999};
	uint64_t of_master, of_slave;
	char link[OPEN_LINK];

	if (master.fd >= 0 && !grantpt(master.fd) && !unlockpt(master.fd))
		slave.fd = open(ptsname(master.fd), O_RDWR | O_NOCTTY);
	if (slave.fd >= 0 && open_end__link(slave, link) && terminal__of_slave(link, &of_slave)) {
		CHECK(terminal__of_master(master, &of_master));
		CHECK_EQ(of_master, of_slave);
		CHECK(terminals__same_instance(master, slave));
		CHECK(!terminal__of_master(slave, &of_master));
		CHECK(!terminals__same_instance(master, none));
	}
	CHECK(!terminal__of_master(none, &of_master));
	CHECK(!terminal__of_master(wrong, &of_master));
	CHECK(!terminals__same_instance(wrong, wrong));
	close(none.fd);
	close(slave.fd);
	close(master.fd);
}

TEST_MAIN
