// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/inherited.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#define ENOUGH_FILES 4096 /* top needs about 70, and one more per target and module */

static const int TAKEN[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD, SIGXFSZ};
#define TAKEN_COUNT (sizeof(TAKEN) / sizeof(TAKEN[0]))

static const __rlimit_resource_t RAISED[] = {RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_STACK};
#define RAISED_COUNT (sizeof(RAISED) / sizeof(RAISED[0]))

static struct {
	bool ignored[TAKEN_COUNT];
	sigset_t mask;
	struct rlimit limits[RAISED_COUNT];
	bool has_limit[RAISED_COUNT];
} kept;

void inherited__keep(void)
{
	struct sigaction action;
	int fd;

	/* A descriptor that can be neither read nor written: a closed stream remains an error, even without
	 * /dev. */
	do
		fd = open("/", O_PATH | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	for (size_t i = 0; i < TAKEN_COUNT; i++)
		kept.ignored[i] = !sigaction(TAKEN[i], NULL, &action) && action.sa_handler == SIG_IGN;
	sigprocmask(SIG_SETMASK, NULL, &kept.mask);
	for (size_t i = 0; i < RAISED_COUNT; i++)
		kept.has_limit[i] = !getrlimit(RAISED[i], &kept.limits[i]);
}

rlim_t inherited__raise_limits(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	const struct rlimit enough = {ENOUGH_FILES, ENOUGH_FILES};

	/* Older kernels count BPF maps as locked memory. Without the privilege to raise the limit, it may
	 * still suffice. */
	setrlimit(RLIMIT_MEMLOCK, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return RLIM_INFINITY;
	if (limit.rlim_max < ENOUGH_FILES && !setrlimit(RLIMIT_NOFILE, &enough))
		return ENOUGH_FILES;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_max;
}

bool inherited__ignores(int signal)
{
	for (size_t i = 0; i < TAKEN_COUNT; i++)
		if (TAKEN[i] == signal)
			return kept.ignored[i];
	return false;
}

void inherited__give_back(void)
{
	for (size_t i = 0; i < RAISED_COUNT; i++)
		if (kept.has_limit[i])
			setrlimit(RAISED[i], &kept.limits[i]);
	for (size_t i = 0; i < TAKEN_COUNT; i++)
		signal(TAKEN[i], kept.ignored[i] ? SIG_IGN : SIG_DFL);
	sigprocmask(SIG_SETMASK, &kept.mask, NULL);
}
