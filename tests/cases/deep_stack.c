/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deep_stack FRAMES: a recursion that deep, and at its bottom a wait; "outermost" began it, "innermost"
 * waits.
 *
 * Perfect: both ends of the stack, and how many frames are left out between them.
 */
#include "case.h"
#include <signal.h>

static volatile bool done;

/* A child says it, once its parent waits. */
static void tell_when_blocked(void)
{
	pid_t waits = getpid();

	signal(SIGCHLD, SIG_IGN);
	if (fork())
		return;
	wait_until_blocked(waits);
	tell("ready");
	_exit(0);
}

FRAME void innermost(void)
{
	tell_when_blocked();
	while (!done)
		pause();
}

FRAME int go_down(int left)
{
	volatile int here = left;

	if (left)
		go_down(left - 1);
	else
		innermost();
	return here;
}

FRAME void outermost(int frames)
{
	volatile int here = go_down(frames - 1);

	(void)here;
}

int main(int argc, char **argv)
{
	outermost(argc > 1 ? atoi(argv[1]) : 1);
	return 0;
}
