/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An event loop of libevent. "read": a callback reads a pipe into which nobody writes. "idle": healthy, none
 * has anything to do.
 *
 * Perfect: the event loop of libevent in loop_libevent has been in read(pipe) for T, called in on_timer:
 * nothing else of it runs meanwhile.
 */
#include "case.h"
#include <event2/event.h>

static int ends[2];

FRAME void on_timer(evutil_socket_t fd, short what, void *arg)
{
	char byte;

	(void)fd;
	(void)what;
	(void)arg;
	if (read(ends[0], &byte, 1) < 0)
		die("read");
}

int main(int argc, char **argv)
{
	struct event_base *base = event_base_new();
	struct timeval soon = {.tv_usec = 1000}, late = {.tv_sec = 1000};
	bool idle = argc > 1 && !strcmp(argv[1], "idle");

	if (!base || pipe(ends) || evtimer_add(evtimer_new(base, on_timer, NULL), idle ? &late : &soon))
		return 2;
	tell("ready");
	event_base_dispatch(base);
}
