// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "util/append.h"
#include "words/describe.h"

const char *signal_name(int number, char dst[SIGNAL_NAME])
{
	const char *name = number > 0 && number < SIGRTMIN ? sigabbrev_np(number) : NULL;
	size_t used = 0;

	*dst = '\0';
	if (name)
		append(dst, SIGNAL_NAME, &used, "SIG%s", name);
	else
		append(dst, SIGNAL_NAME, &used, "signal %d", number);
	return dst;
}

char *describe_end(char *dst, size_t size, bool known, int wait_status)
{
	char name[SIGNAL_NAME];
	size_t used = 0;

	*dst = '\0';
	if (!known)
		append(dst, size, &used, "ended");
	else if (WIFSIGNALED(wait_status))
		append(dst, size, &used, "killed by %s", signal_name(WTERMSIG(wait_status), name));
	else
		append(dst, size, &used, "exited with status %d", WEXITSTATUS(wait_status));
	return dst;
}
