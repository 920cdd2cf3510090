// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/commands.h"

#include <string.h>

#include "cli/apart.h"
#include "cli/exports.h"
#include "cli/screen_run.h"
#include "cli/session.h"
#include "cli/top_collector.h"
#include "cli/top_viewer.h"
#include "util/heap.h"

static int run(const struct options *o)
{
	struct apart a;
	int err = apart__fork(&a, o, !o->child); /* a command cannot be started again */

	if (err)
		return complain(STATUS_FAILED, "cannot start: %s", strerror(-err));
	return a.collects ? top_collector__run(o, &a) : top_viewer__run(o, &a);
}

int command_top(const struct options *o)
{
	int status = exports__check_apart(o);

	heap__give_back();
	if (status)
		return status;
	if (screen_run__possible(o) && o->calls)
		return complain(STATUS_USAGE, "the full screen does not show --calls; add --batch or --json");
	return screen_run__possible(o) ? screen_run__live(o) : run(o);
}

int command_logs(const struct options *o)
{
	heap__give_back();
	return screen_run__possible(o) ? screen_run__live(o) : run(o);
}
