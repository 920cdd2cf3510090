// SPDX-License-Identifier: GPL-2.0-or-later
#include "probes/run_time.h"

#include <bpf/bpf.h>
#include <unistd.h>

static struct {
	int (*fn)(void *arg, bool on);
	void *arg;
	int fd; /* while this process counts, plus 1 */
} by;

int run_time__count(void)
{
	return bpf_enable_stats(BPF_STATS_RUN_TIME);
}

void run_time__by(int (*fn)(void *arg, bool on), void *arg)
{
	by.fn = fn;
	by.arg = arg;
}

int run_time__switch(bool on)
{
	int fd;

	if (by.fn)
		return by.fn(by.arg, on);
	if (by.fd)
		close(by.fd - 1);
	by.fd = 0;
	fd = on ? run_time__count() : 0;
	if (on && fd >= 0)
		by.fd = fd + 1;
	return fd < 0 ? fd : 0;
}
