/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * terminal_full: "logger" writes its log to a terminal, as below docker run -t or script. "terminal", which
 * has the master, no longer reads. Another process has another terminal's master.
 *
 * Perfect: who has the terminal's master, and what that process does.
 */
#include "case.h"

static int master, slave;

static void open_terminal(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master))
		die("posix_openpt");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0)
		die("open");
}

static void have_another(void)
{
	close(master);
	close(slave);
	open_terminal();
	sleep_on();
}

static void write_log(void)
{
	static const char line[] = "a line of the log\n";

	while (write(slave, line, sizeof(line) - 1) > 0)
		;
}

static void be_logger(void)
{
	close(master);
	start_blocked("log-writer", write_log);
	sleep_ns(1100000000);
	tell("ready pid=%d terminal=%d", (int)getpid(), (int)getppid());
	sleep_on();
}

int main(void)
{
	set_name("terminal");
	open_terminal();
	start_child("another", have_another);
	start_child("logger", be_logger);
	close(slave);
	sleep_on();
}
